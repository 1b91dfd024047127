"""What staff read for the catalogue's codes, in their language."""

from collections.abc import Callable, Iterable
from datetime import date, datetime
from enum import StrEnum

from django.utils import formats, timezone
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext, ngettext
from django.utils.translation import gettext_lazy as _

from catalog.vocabulary import (
    FORM_LABELS,
    SITUATION_LABELS,
    Availability,
    Form,
    ProductStatus,
    RegulatoryClass,
    Situation,
    Unit,
)
from kernel import animals
from kernel.animals import Language
from kernel.money import Money

type Choices = list[tuple[str, str | Promise]]

STATUSES: dict[ProductStatus, str | Promise] = {
    ProductStatus.DRAFT: _("Draft"),
    ProductStatus.PUBLISHED: _("Published"),
    ProductStatus.WITHDRAWN: _("Withdrawn"),
}
#: unfold's colour of a badge, by what it says.
STATUS_COLOURS = {"Draft": "warning", "Published": "success", "Withdrawn": "danger"}

CLASSES: dict[RegulatoryClass, str | Promise] = {
    RegulatoryClass.FOOD: _("Food"),
    RegulatoryClass.TREAT: _("Treat"),
    RegulatoryClass.DIETETIC_FOOD: _("Dietetic food"),
    RegulatoryClass.ANTIPARASITIC_EXTERNAL: _("External antiparasitic (medicine)"),
    RegulatoryClass.MEDICINE_OTC: _("Medicine without prescription"),
    RegulatoryClass.MEDICINE_RX: _("Medicine on prescription"),
    RegulatoryClass.BIOCIDE: _("Biocide"),
    RegulatoryClass.CARE: _("Care"),
    RegulatoryClass.ACCESSORY: _("Accessory"),
    RegulatoryClass.UNKNOWN: _("Not classified: not sold"),
}

AVAILABILITIES: dict[Availability, str | Promise] = {
    Availability.IN_STOCK: _("In stock"),
    Availability.LOW: _("Low"),
    Availability.OUT: _("Out of stock"),
}

UNITS: dict[Unit, str | Promise] = {
    Unit.GRAM: _("g"),
    Unit.MILLILITRE: _("ml"),
    Unit.PIECE: _("pieces"),
}

#: What the trail of changes calls what was done.
ACTIONS: dict[str, str | Promise] = {
    "attribute.save": _("Property changed"),
    "brand.save": _("Brand changed"),
    "category.save": _("Category changed"),
    "demo.begun": _("Demonstration begun"),
    "demo.loaded": _("Demonstration loaded"),
    "pack.add": _("Pack added"),
    "pack.facts": _("Pack changed"),
    "picture.add": _("Picture added"),
    "picture.remove": _("Picture removed"),
    "price.set": _("Price set"),
    "product.attributes": _("Properties changed"),
    "product.facts": _("Product changed"),
    "product.nutrition": _("Nutrition changed"),
    "product.rations": _("Rations changed"),
    "product.slug": _("Address changed"),
    "product.start": _("Draft opened"),
    "product.status": _("Status changed"),
    "product.text": _("Texts changed"),
    "reduction.end": _("Reductions ended"),
    "reduction.start": _("Reduction started"),
    "stock.receive": _("Stock received"),
    "supplier_format.save": _("Supplier's format changed"),
    "synonyms.remove": _("Synonyms removed"),
    "synonyms.save": _("Synonyms changed"),
    "vat.set": _("VAT rate set"),
}

#: What `products.missing_particulars` may name.
PARTICULARS: dict[str, str | Promise] = {
    "the French name": _("the French name"),
    "a pack on sale": _("a pack on sale"),
    "a price": _("a price"),
    "the manufacturer's name and addresses": _("the manufacturer's name and addresses"),
    "the EU responsible person": _("the EU responsible person"),
    "a picture": _("a picture"),
    "the species": _("the species"),
    "the composition": _("the composition"),
    "the instructions": _("the instructions"),
    "the dietetic purpose": _("the dietetic purpose"),
}

_PICTURE = (
    '<img src="{}" alt="" loading="lazy" class="flex-none" '
    'style="border-radius: 6px; height: 48px; object-fit: cover; width: 48px">'
)
_SHOWN = (
    '<span class="flex gap-3 items-center">{}<span><b class="block font-medium text-important">'
    '{}</b><span class="text-subtle">{}</span></span></span>'
)

REASONS: dict[str, str | Promise] = {
    "set": _("set by hand"),
    "import": _("import"),
    "regular": _("import"),
    "reduction": _("reduction"),
    "received": _("received"),
    "opening": _("opening stock"),
}


def language() -> Language:
    """The language that the page is shown in."""
    return Language.EN if (get_language() or "").startswith("en") else Language.FR


def _in(labels: tuple[str, str]) -> str:
    return labels[language() is Language.EN]


def animal(word: StrEnum) -> str:
    return animals.label(word, language())


def form_name(form: Form) -> str:
    return _in(FORM_LABELS[form])


def situation(word: Situation) -> str:
    return _in(SITUATION_LABELS[word])


def choices[Word: StrEnum](
    words: Iterable[Word], label: Callable[[Word], str | Promise], *, blank: bool = False
) -> Callable[[], Choices]:
    """Choices worded when the form is shown, in the language of the moment."""

    def worded() -> Choices:
        none: Choices = [("", "—")] if blank else []
        return none + [(word.value, label(word)) for word in words]

    return worded


def particular(what: str) -> str:
    return str(PARTICULARS.get(what, what))


def shown(title: str, subtitle: str, picture: str = "") -> SafeString:
    """A row's name over what tells it from others, beside its picture."""
    image = format_html(_PICTURE, picture) if picture else ""
    return format_html(_SHOWN, image, title, subtitle)


def packs(count: int) -> str:
    return ngettext("%d pack", "%d packs", count) % count


def left(count: int) -> str:
    return gettext("%d left") % count


def products(count: int) -> str:
    return ngettext("%d product", "%d products", count) % count


def reason(code: str) -> str:
    return str(REASONS.get(code, code))


def euros(money: Money | None) -> str:
    """`12,90 €` or `€12.90`; a dash where there is none."""
    if money is None:
        return "—"
    amount = formats.number_format(money.amount, decimal_pos=2)
    return f"€{amount}" if language() is Language.EN else f"{amount}\u00a0€"


def moment(at: datetime | None) -> str:
    """A moment of the clinic's clock: `3 juin 2026 09:00`."""
    if at is None:
        return "—"
    return formats.date_format(timezone.localtime(at), "DATETIME_FORMAT")


def lot(code: str) -> str:
    return gettext("no lot number") if code in ("", "-") else gettext("lot %s") % code


def best_before(of: date | None) -> str:
    return gettext("no date") if of is None else gettext("best before %s") % day(of)


def day(of: date | None) -> str:
    return "—" if of is None else formats.date_format(of, "DATE_FORMAT")
