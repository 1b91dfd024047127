"""What staff read for the catalogue's codes, in their language."""

from datetime import date

from django.utils import formats
from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from accounts.admin import labels
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
from kernel.animals import Language
from kernel.money import Money

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
    "import.take_off": _("Taken off by an import"),
    "demo.begun": _("Demonstration begun"),
    "demo.loaded": _("Demonstration loaded"),
    "pack.add": _("Pack added"),
    "pack.facts": _("Pack changed"),
    "pet.diet": _("Diet changed"),
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
    "review.answer": _("Review answered"),
    "review.moderate": _("Review decided on"),
    "review.write": _("Review written"),
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

REASONS: dict[str, str | Promise] = {
    "set": _("set by hand"),
    "import": _("import"),
    "regular": _("import"),
    "reduction": _("reduction"),
    "received": _("received"),
    "opening": _("opening stock"),
}


animal = labels.animal
badge = labels.badge
choices = labels.choices
day = labels.day
language = labels.language
moment = labels.moment
shown = labels.shown


def _in(words: tuple[str, str]) -> str:
    return words[language() is Language.EN]


def form_name(form: Form) -> str:
    return _in(FORM_LABELS[form])


def situation(word: Situation) -> str:
    return _in(SITUATION_LABELS[word])


def particular(what: str) -> str:
    return str(PARTICULARS.get(what, what))


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


def lot(code: str) -> str:
    return gettext("no lot number") if code in ("", "-") else gettext("lot %s") % code


def best_before(of: date | None) -> str:
    return gettext("no date") if of is None else gettext("best before %s") % day(of)
