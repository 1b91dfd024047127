"""What products are, say, feed and are called, changed by hand; catalog.packs does their packs."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from django.db import models, transaction
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from accounts import audit
from accounts.models import Person
from catalog import cards, naming, products, search
from catalog.models import (
    Attribute,
    Brand,
    Category,
    Nutrition,
    Product,
    ProductAttribute,
    ProductText,
    RationRow,
    SlugHistory,
    SupplierFormat,
    SynonymGroup,
)
from catalog.vocabulary import EnergyOrigin, Form, ProductStatus
from kernel.animals import Condition, IngredientGroup, Language, LifeStage, SizeClass, Species
from kernel.refusals import ErrorCode, Invalid, Refusal

type Changes = dict[str, list[object]]

_LONGEST_SLUG = 120
_FEWEST_SYNONYMS = 2
_WHOLE = Decimal(100)


class WouldLackParticular(Refusal):
    """A published product would no longer show what the law wants shown before the sale."""

    code = ErrorCode.NOT_PUBLISHABLE
    words = _("%(slug)s is published and would lack %(missing)s: withdraw it first, or add it.")


@dataclass(frozen=True, slots=True)
class ProductFacts:
    """What a product is; `ingredient_groups` is None when its composition is not known."""

    brand: Brand
    category: Category
    form: Form
    range_name: str = ""
    species: Sequence[Species] = ()
    life_stage: LifeStage | str = ""
    size_class: SizeClass | str = ""
    conditions: Sequence[Condition] = ()
    ingredient_groups: Sequence[IngredientGroup] | None = None
    google_category: str = ""
    needs_vet_approval: bool = False


@dataclass(frozen=True, slots=True)
class Analysis:
    """Constituents in percent of the food as fed; energy in kcal per 100 g."""

    protein: Decimal
    fat: Decimal
    fibre: Decimal
    ash: Decimal
    moisture: Decimal
    calcium: Decimal | None = None
    phosphorus: Decimal | None = None
    sodium: Decimal | None = None
    kcal_100g: Decimal | None = None


@dataclass(frozen=True, slots=True, order=True)
class Ration:
    """A line of the maker's table; `weight_kg` is the adult or target weight."""

    species: str
    situation: str
    weight_kg: Decimal
    grams_per_day: int


def start_product(
    *, name: str, facts: ProductFacts, by: Person | None, at: datetime, slug: str = ""
) -> Product:
    """Open a draft with its French name; its address comes from brand and name when not given.

    Raises:
        Invalid: no name.
        products.SlugTaken: another product has, or had, that address.
    """
    name = name.strip()
    if not name:
        raise Invalid(path=["input", "name"], value="", expected=str(_("a name")))
    slug = slug or slugify(f"{facts.brand.name} {name}")[:_LONGEST_SLUG].strip("-")
    with transaction.atomic():
        taken = Product.objects.filter(slug=slug).exists()
        if taken or SlugHistory.objects.filter(slug=slug).exists():
            raise products.SlugTaken(path=["input", "slug"], slug=slug)
        product = Product.objects.create(slug=slug, **stored(facts))
        ProductText.objects.create(
            product=product, language=Language.FR, name=name, staff_edited=["name"]
        )
        changes = {"slug": ["", slug], "name": ["", name]}
        audit.record(action="product.start", subject=product, by=by, at=at, changes=changes)
    return product


def change_facts(
    *, product: Product, facts: ProductFacts, by: Person | None, at: datetime
) -> Product:
    """Change what a product is; the same facts again are no change.

    Raises:
        WouldLackParticular: it is published, and the law would want more than is left.
    """
    with transaction.atomic():
        product = Product.objects.select_for_update().get(pk=product.pk)
        lacked = products.missing_particulars(product)
        changes = assign(product, stored(facts))
        if changes:
            product.save(update_fields=list(changes))
            refuse_new_lack(product, lacked)
            audit.record(action="product.facts", subject=product, by=by, at=at, changes=changes)
            products.show(product, at=at)
    return product


def change_words(
    *,
    product: Product,
    language: Language,
    words: Mapping[str, str],
    by: Person | None,
    at: datetime,
) -> ProductText:
    """`products.edit_texts`, for a product that stays lawfully published.

    Raises:
        WouldLackParticular: it is published, and the law would want more than is left.
    """
    with transaction.atomic():
        lacked = products.missing_particulars(Product.objects.get(pk=product.pk))
        text = products.edit_texts(product=product, language=language, words=words, by=by, at=at)
        refuse_new_lack(product, lacked)
    return text


def refuse_new_lack(product: Product, lacked: Sequence[tuple[str, str]]) -> None:
    """Raises: WouldLackParticular, for what a published product did not lack before."""
    fresh = Product.objects.get(pk=product.pk)
    if fresh.status != ProductStatus.PUBLISHED:
        return
    for missing, article in products.missing_particulars(fresh):
        if (missing, article) not in lacked:
            raise WouldLackParticular(slug=fresh.slug, missing=_(missing), article=article or None)


def keep_analysis(
    *, product: Product, analysis: Analysis | None, by: Person | None, at: datetime
) -> None:
    """Keep the constituents of a food, or forget them. An energy typed in is the maker's.

    Raises:
        Invalid: a constituent out of 0 to 100 %, or all together over 100 %.
    """
    values = {} if analysis is None else stored(analysis)
    if analysis is not None:
        _refuse_impossible(analysis)
    with transaction.atomic():
        standing = Nutrition.objects.filter(product=product).first()
        row = standing or Nutrition(product=product)
        changes = assign(row, values)
        if analysis is None:
            changes = {"nutrition": ["known", "none"]} if standing else {}
            Nutrition.objects.filter(product=product).delete()
        elif changes:
            if "kcal_100g" in changes:
                row.energy_origin = EnergyOrigin.DECLARED if row.kcal_100g else ""
            row.save()
        _tell(product, "product.nutrition", changes, by=by, at=at)


def _refuse_impossible(analysis: Analysis) -> None:
    parts = (analysis.protein, analysis.fat, analysis.fibre, analysis.ash, analysis.moisture)
    if min(parts) < 0 or sum(parts) > _WHOLE:
        raise Invalid(value=f"{sum(parts)} %", expected=str(_("constituents of 100 % in all")))


def keep_rations(
    *, product: Product, rations: Iterable[Ration], by: Person | None, at: datetime
) -> None:
    """Make these lines the whole ration table of a product.

    Raises:
        Invalid: a weight or a ration that is not above zero.
    """
    wanted = sorted(rations)
    for ration in wanted:
        if ration.weight_kg <= 0 or ration.grams_per_day < 1:
            raise Invalid(value=f"{ration.weight_kg} kg, {ration.grams_per_day} g", expected="> 0")
    with transaction.atomic():
        names = [each.name for each in fields(Ration)]
        before = sorted(Ration(*row) for row in product.ration_rows.values_list(*names))
        if before != wanted:
            product.ration_rows.all().delete()
            RationRow.objects.bulk_create(
                RationRow(product=product, **stored(each)) for each in wanted
            )
        changes: Changes = {} if before == wanted else {"rows": [len(before), len(wanted)]}
        _tell(product, "product.rations", changes, by=by, at=at)


def keep_attributes(
    *,
    product: Product,
    values: Mapping[Attribute, tuple[str, str]],
    by: Person | None,
    at: datetime,
) -> None:
    """Make these the properties of a product; a value is (French, English)."""
    with transaction.atomic():
        standing = product.attributes.select_related("attribute")
        before = {row.attribute: (row.value_fr, row.value_en) for row in standing}
        changes: Changes = {
            each.slug: ["/".join(before.get(each, ())), "/".join(values.get(each, ()))]
            for each in {*before, *values}
            if before.get(each) != values.get(each)
        }
        if changes:
            product.attributes.all().delete()
            ProductAttribute.objects.bulk_create(
                ProductAttribute(product=product, attribute=each, value_fr=french, value_en=english)
                for each, (french, english) in values.items()
            )
        _tell(product, "product.attributes", changes, by=by, at=at)


def _tell(
    product: Product, action: str, changes: Changes, *, by: Person | None, at: datetime
) -> None:
    if changes:
        audit.record(action=action, subject=product, by=by, at=at, changes=changes)
        products.show(product, at=at)


def keep_brand(*, brand: Brand, by: Person | None, at: datetime) -> None:
    """`naming.save_brand`, and a word of who did it."""
    with transaction.atomic():
        changes = _unlike_stored(brand)
        naming.save_brand(brand=brand, at=at)
        audit.record(action="brand.save", subject=brand, by=by, at=at, changes=changes)


def keep_category(*, category: Category, by: Person | None, at: datetime) -> None:
    """`naming.save_category`, and a word of who did it.

    Raises:
        Invalid: deeper than three levels, placed below itself, or a path that is taken.
    """
    path = naming.path_of(category)
    if Category.objects.exclude(pk=category.pk).filter(path=path).exists():
        raise Invalid(path=["input", "slug"], value=path, expected=str(_("a path of its own")))
    with transaction.atomic():
        changes = _unlike_stored(category)
        naming.save_category(category=category, at=at)
        audit.record(action="category.save", subject=category, by=by, at=at, changes=changes)


def keep_synonyms(*, group: SynonymGroup, by: Person | None, at: datetime) -> None:
    """`search.save_synonyms`, and a word of who did it.

    Raises:
        Invalid: fewer than two words.
    """
    terms = [term.strip() for term in group.terms.splitlines() if term.strip()]
    if len(terms) < _FEWEST_SYNONYMS:
        expected = str(_("two words or more, one a line"))
        raise Invalid(path=["input", "terms"], value=group.terms.strip(), expected=expected)
    group.terms = "\n".join(terms)
    with transaction.atomic():
        changes = _unlike_stored(group)
        search.save_synonyms(group=group)
        audit.record(action="synonyms.save", subject=group, by=by, at=at, changes=changes)


def drop_synonyms(*, group: SynonymGroup, by: Person | None, at: datetime) -> None:
    """`search.remove_synonyms`, and a word of who did it."""
    with transaction.atomic():
        changes = {"terms": [group.terms, ""]}
        audit.record(action="synonyms.remove", subject=group, by=by, at=at, changes=changes)
        search.remove_synonyms(group=group)


def keep_attribute(*, attribute: Attribute, by: Person | None, at: datetime) -> None:
    """Keep a property that products may have, and show it anew wherever it stands."""
    with transaction.atomic():
        changes = _unlike_stored(attribute)
        attribute.save()
        audit.record(action="attribute.save", subject=attribute, by=by, at=at, changes=changes)
        holders = ProductAttribute.objects.filter(attribute=attribute)
        cards.project(holders.values_list("product_id", flat=True), at=at)


def keep_supplier_format(*, row: SupplierFormat, by: Person | None, at: datetime) -> None:
    """Remember how a supplier's files are read."""
    with transaction.atomic():
        changes = _unlike_stored(row)
        row.save()
        audit.record(action="supplier_format.save", subject=row, by=by, at=at, changes=changes)


def _unlike_stored[Row: models.Model](row: Row) -> Changes:
    """What a row holds that the database does not, as {field: [before, after]}."""
    known = type(row)._default_manager.filter(pk=row.pk).first()  # noqa: SLF001  (Django's own name)
    names = [each.attname for each in row._meta.concrete_fields if not each.primary_key]  # noqa: SLF001
    return {
        name: [_plain(getattr(known, name, None)), _plain(getattr(row, name))]
        for name in names
        if getattr(known, name, None) != getattr(row, name)
    }


def facts_of(product: Product) -> ProductFacts:
    """What a product is, for a change of some of it."""
    return ProductFacts(**{each.name: getattr(product, each.name) for each in fields(ProductFacts)})


def stored(facts: Any) -> dict[str, Any]:
    """The fields of a value as columns take them."""
    values = {each.name: getattr(facts, each.name) for each in fields(facts)}
    return {
        name: list(value) if isinstance(value, tuple) else value for name, value in values.items()
    }


def assign(row: models.Model, wanted: Mapping[str, Any]) -> Changes:
    """Set what differs, and give it as {field: [before, after]}."""
    changes: Changes = {}
    for name, after in wanted.items():
        before = getattr(row, name, None)
        if before != after:
            changes[name] = [_plain(before), _plain(after)]
            setattr(row, name, after)
    return changes


def _plain(value: Any) -> object:
    if isinstance(value, (models.Model, Decimal, StrEnum)):
        return str(value)
    return value
