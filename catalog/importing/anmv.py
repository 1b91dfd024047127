"""The official list of authorised veterinary medicines (ANMV), streamed into a reference table."""

from collections.abc import Iterator
from itertools import batched
from pathlib import Path
from typing import Any

from defusedxml.ElementTree import ParseError, iterparse
from django.db import transaction
from stdnum import ean

from catalog import regulation
from catalog.importing.reading import FileRefused, Problem
from catalog.models import MedicinePack

_CHUNK = 500
_GTIN_LENGTH = 14
_FIELDS = ("medicine", "pack", "authorisation", "delivery_code", "atcvet", "regulatory_class")


def import_medicines(path: Path) -> tuple[int, int]:
    """Take the packs of an ANMV file in; (packs known, codes refused for a wrong check digit).

    The file is the whole list: packs that it no longer has are forgotten.

    Raises:
        FileRefused: not such a file.
    """
    taken: set[str] = set()
    refused = 0
    with transaction.atomic():
        for batch in batched(packs(path), _CHUNK, strict=False):
            sound = {pack.gtin: pack for pack in batch if ean.is_valid(pack.gtin)}
            refused += len([pack for pack in batch if not ean.is_valid(pack.gtin)])
            MedicinePack.objects.bulk_create(
                sound.values(),
                update_conflicts=True,
                unique_fields=["gtin"],
                update_fields=_FIELDS,
            )
            taken |= set(sound)
        MedicinePack.objects.exclude(gtin__in=taken).delete()
    return len(taken), refused


def packs(path: Path) -> Iterator[MedicinePack]:
    """Every pack that has a GTIN, one medicine in memory at a time. Raises: FileRefused."""
    found = False
    try:
        for _event, element in iterparse(str(path), events=("end",), forbid_dtd=True):
            if element.tag == "medicinal-product":
                found = True
                yield from packs_of(element)
                element.clear()
    except ParseError as error:
        raise FileRefused(Problem(path.name, 1, "", str(error), "well-formed XML")) from None
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
        known = codes.get(label, set())
        delivery = next(iter(known)) if len(known) == 1 else ""
        yield MedicinePack(
            gtin=gtin.zfill(_GTIN_LENGTH),
            medicine=_text(medicine, "nom")[:200],
            pack=label[:300],
            authorisation=_text(coded, "num-amm")[:60],
            delivery_code=delivery,
            atcvet=atcvet[:80],
            regulatory_class=regulation.class_of_medicine(delivery_code=delivery, atcvet=atcvet),
        )


def _text(element: Any, name: str) -> str:
    return " ".join((element.findtext(name) or "").split())
