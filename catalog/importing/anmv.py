"""The official list of authorised veterinary medicines (ANMV), streamed into a reference table."""

from collections.abc import Iterator
from itertools import batched
from pathlib import Path
from typing import Any

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, iterparse
from django.db import transaction
from stdnum import ean

from catalog import regulation
from catalog.importing.reading import FileRefused, Problem, shown
from catalog.models import MedicinePack
from catalog.vocabulary import RegulatoryClass

_CHUNK = 500
_GTIN_LENGTH = 14
_FIELDS = ("medicine", "pack", "authorisation", "delivery_code", "atcvet", "regulatory_class")


def import_medicines(path: Path) -> tuple[int, int]:
    """Take the packs of an ANMV file in; (packs known, codes refused for a wrong check digit).

    The file is the whole list: packs that it no longer has are forgotten. A GTIN to which it gives
    two classes is not sold.

    Raises:
        FileRefused: not such a file.
    """
    taken: dict[str, str] = {}
    refused = 0
    with transaction.atomic():
        for batch in batched(packs(path), _CHUNK, strict=False):
            sound = [pack for pack in batch if ean.is_valid(pack.gtin)]
            refused += len(batch) - len(sound)
            for pack in sound:
                if taken.setdefault(pack.gtin, pack.regulatory_class) != pack.regulatory_class:
                    taken[pack.gtin] = pack.regulatory_class = RegulatoryClass.UNKNOWN
            MedicinePack.objects.bulk_create(
                {pack.gtin: pack for pack in sound}.values(),
                update_conflicts=True,
                unique_fields=["gtin"],
                update_fields=_FIELDS,
            )
        known = set(MedicinePack.objects.values_list("gtin", flat=True))
        for gone in batched(sorted(known - taken.keys()), _CHUNK, strict=False):
            MedicinePack.objects.filter(gtin__in=gone).delete()
    return len(taken), refused


def packs(path: Path) -> Iterator[MedicinePack]:
    """Every pack that has a GTIN, one medicine in memory at a time. Raises: FileRefused."""
    found = False
    try:
        events = iterparse(str(path), events=("start", "end"), forbid_dtd=True)
        _event, root = next(events)
        for event, element in events:
            if event == "end" and element.tag == "medicinal-product":
                found = True
                yield from packs_of(element)
                root.clear()
    except (ParseError, DefusedXmlException, LookupError, ValueError) as error:
        line = getattr(error, "position", (1, 0))[0]
        told = shown(str(error)) or type(error).__name__
        raise FileRefused(Problem(path.name, line, "", told, "well-formed XML")) from None
    if not found:
        raise FileRefused(Problem(path.name, 1, "", "no medicine", "the ANMV list"))


def packs_of(medicine: Any) -> Iterator[MedicinePack]:
    """Packs of one medicine. A pack has its delivery code under its label, and its GTIN under the
    same label elsewhere: a label with two codes, or none, joins nothing and is not sold.
    """
    codes: dict[str, set[str]] = {}
    for sold in medicine.iterfind("modele-destine-vente/mod-vte"):
        label = _text(sold, "lib-mod")
        codes.setdefault(label, set()).update(
            each.text.strip() for each in sold.iterfind("term-cd") if each.text
        )
    atcvet = "|".join(
        each.text.strip() for each in medicine.iterfind("atcvet-code/code-atcvet") if each.text
    )
    for coded in medicine.iterfind("mdv-codes-gtin/mod-vte"):
        gtin, label = _text(coded, "code-gtin"), _text(coded, "lib-mod")
        if not gtin:
            continue
        known = codes.get(label, set()) if label else set()
        delivery = next(iter(known)) if len(known) == 1 else ""
        yield MedicinePack(
            gtin=gtin.zfill(_GTIN_LENGTH),
            medicine=_text(medicine, "nom")[:200],
            pack=label[:300],
            authorisation=_text(coded, "num-amm")[:60],
            delivery_code=delivery[:10],
            atcvet=atcvet[:80],
            regulatory_class=regulation.class_of_medicine(delivery_code=delivery, atcvet=atcvet),
        )


def _text(element: Any, name: str) -> str:
    return " ".join((element.findtext(name) or "").split())
