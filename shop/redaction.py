"""The last line of defence: what looks like a secret or like a person is taken out of a text.

Nothing secret or personal is meant to reach a log; this is for what comes along in the words of an
exception. Names have no shape of their own: they are kept out by never being told.
"""

import re
from collections.abc import Iterable
from typing import Final

SECRET: Final = "[secret]"  # noqa: S105  (what stands in its place)
_SHORTEST_LITERAL: Final = 8

#: Every rule needs one of these signs.
_SUSPECT: Final = r"[\d@%:=_ ]"
_RULES: Final = (
    # PostgreSQL tells the whole row that broke a constraint.
    (
        re.compile(
            r"DETAIL:.*?(?=\n(?:HINT|CONTEXT|LINE \d+)|\n\n(?:The above|During handling)|\Z)",
            re.DOTALL,
        ),
        "DETAIL: [not told]",
    ),
    (re.compile(r"(://[^\s:/@]{0,99}:)[^\s@]{1,200}(?=@)"), rf"\1{SECRET}"),
    (
        re.compile(
            r"(?i)\b((?:proxy-)?authorization|(?:set-)?cookie|stripe-signature)"
            r"(['\"]?\s*[:=]\s*).+"
        ),
        rf"\1\2{SECRET}",
    ),
    (re.compile(r"(?i)\b(bearer|basic)\s+[\w.~+/=-]{6,}"), rf"\1 {SECRET}"),
    (
        re.compile(
            r"(?i)((?:password|secret|token|api_?key|sessionid)['\"]?\s*[:=]\s*['\"]?)"
            r"[^\s'\",;&)}\]]{4,}"
        ),
        rf"\1{SECRET}",
    ),
    # Stripe's keys, client secrets, and the shop's tokens for machines.
    (re.compile(r"\b(?:[sr]k_(?:live|test)|whsec)_\w+|\b\w+_secret_\w+|\bvs_[\w-]{20,}"), SECRET),
    # Signed by Django; random ones in letters of both cases; keys of sessions.
    (re.compile(r"(?<![\w.-])[\w.-]{3,}:\w{4,8}:[\w-]{27,}"), SECRET),
    (re.compile(r"(?<![\w-])(?=[\w-]*\d)(?=[\w-]*[A-Z])(?=[\w-]*[a-z])[\w-]{40,}"), SECRET),
    (re.compile(r"(?<![\w-])(?=[a-z]*\d)[a-z0-9]{32,}(?![\w-])"), SECRET),
    (re.compile(r"(?<![\w.+'%-])[\w.+'%-]+(?:@|%40)(?:[\w-]{1,63}\.){1,8}\w{2,24}"), "[e-mail]"),
    (
        re.compile(
            r"(?<![\w.:+-])(?:(?:\+|00)[1-9]\d{0,2}(?:[ .()-]{0,2}\d){8,11}"
            r"|0[1-9](?:[ .-]?\d{2}){4})(?![\w-])"
        ),
        "[phone]",
    ),
)


class Redaction:
    """Takes out what its rules find, and these very words, wherever they stand."""

    def __init__(self, literals: Iterable[str] = ()) -> None:
        known = sorted({each for each in literals if len(each) >= _SHORTEST_LITERAL}, key=len)
        words = [re.escape(each) for each in reversed(known)]
        self._literals = re.compile("|".join(words)) if words else None
        self._suspect = re.compile("|".join([_SUSPECT, *words]))

    def __call__(self, text: str) -> str:
        if not self._suspect.search(text):
            return text
        if self._literals:
            text = self._literals.sub(SECRET, text)
        for pattern, stands_for in _RULES:
            text = pattern.sub(stands_for, text)
        return text
