"""French comes first: whatever the code says to people, the catalogue says in French."""

import ast
import gettext
import re
from pathlib import Path

import django
from django.conf import settings
from django.utils.translation import templatize

ROOT = Path(__file__).parent.parent
MESSAGES = ROOT / "shop" / "locale" / "fr" / "LC_MESSAGES"
FORMS = 3  # of a French plural, as Django counts them: one, whole millions, several
CALL = re.compile(r"""\b(?:_|n?p?gettext)\((?:[^'"()]|'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*")*\)""")
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%[ds%]|\{\w*\}")
SOFT_SPACE = re.compile(r"« |\S [:;?!»]| %(?![(ds])|\w[:;?!](?:\s|$)|\w'\w")


def sources(pattern):
    found = [path for app in settings.OUR_PACKAGES for path in (ROOT / app).rglob(pattern)]
    return sorted(path for path in found if "migrations" not in path.parts)


def names_given(tree):
    """What a module calls each function of Django's translation."""
    imports = [
        alias
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation"
        for alias in node.names
    ]
    return {alias.asname or alias.name: alias.name for alias in imports}


def keys(call, names):
    """Where the catalogue keeps the literal words of a call: `context\\x04words`, (words, form)."""
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    kind = names.get(name, name).removesuffix("_lazy").removesuffix("_noop")
    if kind not in {"gettext", "ngettext", "pgettext", "npgettext"}:
        return set()
    wanted = call.args[: 2 if "p" in kind else 1]
    literals = [each.value for each in wanted if isinstance(each, ast.Constant)]
    if not wanted or len(literals) < len(wanted):
        return set()
    key = "\x04".join(literals)
    return {(key, form) for form in range(FORMS)} if kind.startswith("n") else {key}


def marked_in_python(text):
    tree = ast.parse(text)
    names = names_given(tree)
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    return set().union(*(keys(call, names) for call in calls))


def marked_in_template(text):
    """By Django's own reading of a template, the one that makemessages goes by."""
    calls = [ast.parse(found, mode="eval").body for found in CALL.findall(templatize(text))]
    return set().union(*(keys(call, {"_": "gettext"}) for call in calls))


def po_entries():
    """Each entry as {msgctxt, msgid, msgid_plural, msgstr, msgstr[0]...}; the header has no id."""
    for block in (MESSAGES / "django.po").read_text().split("\n\n"):
        entry, field = {}, ""
        for line in block.splitlines():
            if line and not line.startswith("#"):
                name, _space, rest = line.partition(" ")
                field, quoted = (field, line) if line.startswith('"') else (name, rest)
                entry[field] = entry.get(field, "") + ast.literal_eval(quoted)
        if entry:
            yield entry


def words(entry):
    """The French of an entry, all its forms."""
    return [text for field, text in entry.items() if field.startswith("msgstr")]


def compiled(path=MESSAGES / "django.mo"):
    with path.open("rb") as file:
        return gettext.GNUTranslations(file)._catalog


def test_marks_are_found_whatever_a_module_calls_them():
    text = """
from django.utils import translation
from django.utils.translation import gettext as _t, ngettext, npgettext_lazy
from django.utils.translation import gettext_lazy as _, gettext_noop, pgettext_lazy
_("a" "b"); _t("c"); gettext_noop("d"); pgettext_lazy("ctx", "e"); translation.gettext("f")
ngettext("g", "gs", 2); npgettext_lazy("ctx", "h", "hs"); _(known); _t(f"{known}"); other("i")
"""
    single = {"ab", "c", "d", "ctx\x04e", "f"}
    plural = {(key, form) for key in ("g", "ctx\x04h") for form in range(FORMS)}
    assert marked_in_python(text) == single | plural


def test_marks_are_found_in_templates():
    text = """{% load i18n %}{% trans "it's" as words %}{% translate "b" context "ctx" %}
{% blocktranslate with x=y %}c {{ x }}{% endblocktranslate %}{{ title|default:_("d (e)") }}
{% blocktrans count n=x %}{{ n }} f{% plural %}{{ n }} fs{% endblocktrans %}{{ gettext }}"""
    single = {"it's", "ctx\x04b", "c %(x)s", "d (e)"}
    assert marked_in_template(text) == single | {("%(n)s f", form) for form in range(FORMS)}


def test_all_that_is_said_is_said_in_french():
    marked = {path: marked_in_python(path.read_text()) for path in sources("*.py")}
    marked |= {path: marked_in_template(path.read_text()) for path in sources("*.html")}
    french = compiled()
    untold = {
        str(path.relative_to(ROOT)): lost
        for path, found in marked.items()
        if (lost := [key for key in found if not french.get(key)])
    }
    assert untold == {}


def test_nothing_is_left_half_done():
    text = (MESSAGES / "django.po").read_text()
    assert re.findall(r"^#,.*fuzzy.*|^#~.*", text, re.MULTILINE) == []
    assert [entry for entry in po_entries() if not all(words(entry))] == []


def test_what_is_filled_in_is_the_same_in_both_languages():
    unlike = [
        entry
        for entry in po_entries()
        if entry["msgid"]
        for text in words(entry)
        if sorted(PLACEHOLDER.findall(text))
        != sorted(PLACEHOLDER.findall(entry.get("msgid_plural", entry["msgid"])))
    ]
    assert unlike == []


def test_the_compiled_catalogue_is_what_the_readable_one_says():
    readable = {}
    for entry in po_entries():
        key = "\x04".join(entry[field] for field in ("msgctxt", "msgid") if field in entry)
        if "msgid_plural" in entry:
            readable |= {(key, form): text for form, text in enumerate(words(entry))}
        else:
            readable[key] = entry["msgstr"]
    # msgfmt leaves the moment of extraction out.
    readable[""] = re.sub(r"POT-Creation-Date: .*\n", "", readable[""])
    assert compiled() == readable


def test_french_is_typeset_as_french_is():
    """Hard spaces before `: ; ? ! %` and inside « », and no typewriter apostrophe."""
    loose = [text for entry in po_entries() if entry["msgid"] for text in words(entry)]
    assert [text for text in loose if SOFT_SPACE.search(text)] == []


def test_words_of_django_keep_the_french_of_django():
    """Ours come first in every page, so a word of both would change Django's own screens."""
    ours = compiled()
    home = Path(django.__file__).parent
    theirs = [home / "conf", home / "contrib" / "admin", home / "contrib" / "auth"]
    unlike = {
        key: (words, ours[key])
        for place in theirs
        for key, words in compiled(place / "locale/fr/LC_MESSAGES/django.mo").items()
        if key and ours.get(key, words) != words
    }
    assert unlike == {}
