"""What the clinic has not said or done yet: details, law, people, deliveries, things to sell."""

import re
from datetime import datetime
from typing import Final

from django.contrib.auth.models import Group
from django.db.models import Exists, F, OuterRef, QuerySet

from accounts import staffing
from accounts.access import has_second_factor
from accounts.roles import Role
from catalog.models import Picture, PriceChange, Product, Stock, Variant, VatRate
from catalog.vocabulary import ProductStatus
from clinic import details, revision
from clinic.models import Clinic, OpeningHours, Place
from clinic.vocabulary import LegalKind
from kernel.animals import Language
from orders.models import SlotRule, ZoneRate
from shop.doctor.checking import Check, Severity

_NEEDED: Final = (
    *("name", "legal_name", "siret", "email", "phone", "emergency_phone", "mediator"),
)
_BY_LAW: Final = (
    LegalKind.TERMS_OF_SALE,
    LegalKind.PRIVACY,
    LegalKind.LEGAL_NOTICE,
    LegalKind.WITHDRAWAL,
)
_ASIDE: Final = (LegalKind.GUARANTEES, LegalKind.RANKING)
#: What a text holds that nobody finished.
_UNFINISHED: Final = re.compile(
    r"\b(?:lorem ipsum|todo|tbd|xxx+|à compléter|à remplacer|to be replaced|to be completed)\b"
    r"|^d[ée]monstration\b|\[[^\]]{2,60}\](?!\()",
    re.IGNORECASE,
)


def role_groups(_at: datetime) -> str:
    there = set(Group.objects.values_list("name", flat=True))
    missing = [role for role in Role if role not in there]
    return f"Roles without a group: {', '.join(missing)}." if missing else ""


def manager(_at: datetime) -> str:
    return "" if staffing.managers().exists() else "Nobody is a manager of the back office."


def manager_factor(_at: datetime) -> str:
    known = list(staffing.managers())
    if not known or any(has_second_factor(login) for login in known):
        return ""
    return f"No manager has a second factor yet: {', '.join(login.email for login in known)}."


def clinic_details(_at: datetime) -> str:
    clinic = Clinic.objects.first()
    if clinic is None:
        return "Nothing is known of the clinic."
    missing = [name for name in _NEEDED if not getattr(clinic, name).strip("0 ")]
    return f"The clinic lacks: {', '.join(missing)}." if missing else ""


def vat_number(_at: datetime) -> str:
    number = Clinic.objects.values_list("vat_number", flat=True).first() or ""
    return "" if number.strip("FR0 ") else "The clinic has no VAT number, which invoices show."


def places(_at: datetime) -> str:
    active = Place.objects.filter(is_active=True)
    if not active.exists():
        return "No place is open to the public."
    hours = OpeningHours.objects.filter(place=OuterRef("pk"))
    closed = active.filter(~Exists(hours)).values_list("name", flat=True)
    return f"No opening hours: {', '.join(closed)}." if closed else ""


def legal_texts(at: datetime) -> str:
    return _texts_lacking(_BY_LAW, at)


def other_texts(at: datetime) -> str:
    return _texts_lacking(_ASIDE, at)


def _texts_lacking(kinds: tuple[LegalKind, ...], at: datetime) -> str:
    known = details.public_details(revision.current())
    found = {
        (text.kind, text.language): text for text in details.legal_texts_in_force(known, at=at)
    }
    wrong = []
    for kind in kinds:
        for language in Language:
            text = found.get((kind, language))
            if text is None:
                wrong.append(f"{kind} {language} is missing")
            elif unfinished := _UNFINISHED.search(text.body):
                wrong.append(f"{kind} {language} is not finished ({unfinished[0]!r})")
    return f"Legal texts: {', '.join(wrong)}." if wrong else ""


def delivery(_at: datetime) -> str:
    sends = ZoneRate.objects.filter(zone__is_active=True, zone__place__is_active=True).exists()
    hands_over = SlotRule.objects.filter(place__is_active=True).exists()
    return "" if sends or hands_over else "Nothing can be delivered: no zone, no slot."


def catalogue(_at: datetime) -> str:
    return "" if _published().exists() else "No product is published."


def prices(at: datetime) -> str:
    priced = PriceChange.objects.filter(variant=OuterRef("pk"), effective_from__lte=at)
    return _packs_without("a price", Exists(priced))


def vat_rates(at: datetime) -> str:
    rated = VatRate.objects.filter(variant=OuterRef("pk"), effective_from__lte=at.date())
    return _packs_without("a VAT rate", Exists(rated))


def pictures(_at: datetime) -> str:
    drawn = Picture.objects.filter(product=OuterRef("pk"))
    bare = _published().filter(~Exists(drawn))
    count = bare.count()
    if not count:
        return ""
    return f"{count} published products have no picture, such as {bare.order_by('pk')[0].slug}."


def stock(_at: datetime) -> str:
    if not _on_sale().exists():
        return ""
    left = Stock.objects.filter(variant__in=_on_sale(), on_hand__gt=F("reserved"))
    return "" if left.exists() else "Nothing is in stock: nobody can buy."


def _published() -> QuerySet[Product]:
    return Product.objects.filter(status=ProductStatus.PUBLISHED)


def _on_sale() -> QuerySet[Variant]:
    return Variant.objects.filter(is_active=True, product__status=ProductStatus.PUBLISHED)


def _packs_without(what: str, has_it: Exists) -> str:
    packs = _on_sale().filter(~has_it)
    count = packs.count()
    if not count:
        return ""
    return f"{count} packs on sale lack {what}, such as {packs.order_by('pk')[0].sku}."


_IN_THE_BACK_OFFICE: Final = "Back office, Clinic; or manage.py open_clinic."
_IN_THE_LEGAL_TEXTS: Final = (
    "Back office, Legal texts; or manage.py open_clinic with a folder of them."
)

CLINIC: Final = (
    Check("roles", Severity.ERROR, role_groups, "manage.py prepare_roles"),
    Check("manager", Severity.ERROR, manager, "manage.py open_clinic --manager ADDRESS"),
    Check(
        "manager-factor",
        Severity.ERROR,
        manager_factor,
        "The manager signs in on PUBLIC_URL/admin/ and follows the page that opens.",
    ),
    Check("clinic", Severity.ERROR, clinic_details, _IN_THE_BACK_OFFICE),
    Check("vat-number", Severity.WARNING, vat_number, _IN_THE_BACK_OFFICE),
    Check("places", Severity.ERROR, places, _IN_THE_BACK_OFFICE),
    Check(
        "legal-texts",
        Severity.ERROR,
        legal_texts,
        _IN_THE_LEGAL_TEXTS,
    ),
    Check(
        "other-texts",
        Severity.WARNING,
        other_texts,
        _IN_THE_LEGAL_TEXTS,
    ),
    Check(
        "delivery",
        Severity.ERROR,
        delivery,
        "Back office, Delivery zones and Slots; or manage.py open_clinic with a file.",
    ),
    Check("catalogue", Severity.ERROR, catalogue, "manage.py import_catalogue FOLDER"),
    Check("prices", Severity.ERROR, prices, "Back office, Packs: set their prices."),
    Check("vat-rates", Severity.ERROR, vat_rates, "Back office, Packs: set their VAT rates."),
    Check("pictures", Severity.WARNING, pictures, "Back office, Products: add pictures."),
    Check("stock", Severity.WARNING, stock, "Back office, Packs: receive stock."),
)
