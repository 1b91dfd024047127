"""Products and packs as shoppers see them: plain objects made from cards, no database behind."""

import datetime
import decimal
from collections.abc import Mapping
from typing import Annotated, Any

import strawberry
from django.conf import settings
from strawberry.scalars import JSON

from catalog import json_ld
from catalog.gallery import rendition_url
from catalog.listing import CardBody, Reading
from catalog.vocabulary import (
    SITUATION_LABELS,
    Availability,
    EnergyOrigin,
    Form,
    RegulatoryClass,
    Situation,
    Unit,
)
from kernel.animals import Condition, IngredientGroup, Language, LifeStage, SizeClass, Species
from kernel.graphql.money import Money, UnitPrice
from kernel.graphql.nodes import Node


@strawberry.type(description="A picture, in several widths.")
class Picture:
    alt: str = strawberry.field(description="What it shows, for those who cannot see it.")
    width: int = strawberry.field(description="Width of the original in pixels.")
    height: int = strawberry.field(description="Height of the original in pixels.")
    placeholder: str = strawberry.field(description="A tiny data URI to show while it loads.")
    renditions: strawberry.Private[list[tuple[int, str]]]

    @strawberry.field(description="Address of the narrowest rendition at least this wide.")
    def url(
        self,
        width: Annotated[int, strawberry.argument(description="Pixels that will be shown.")] = 640,
    ) -> str:
        fitting = [name for known, name in self.renditions if known >= width]
        names = fitting[:1] or [name for _known, name in self.renditions[-1:]]
        return rendition_url(names[0]) if names else ""


@strawberry.type(description="A brand, in short.")
class BrandRef:
    slug: str = strawberry.field(description="Its address.")
    name: str = strawberry.field(description="Its name.")


@strawberry.type(description="A category, in short.")
class CategoryRef:
    slug: str = strawberry.field(description="Its address: the path from the root.")
    name: str = strawberry.field(description="Its name in the reader's language.")


@strawberry.type(description="A price cut, with the price that it is measured by.")
class Reduction:
    price: Money = strawberry.field(description="What is paid now, VAT included.")
    reference: Money = strawberry.field(
        description="The lowest price of the 30 days before the cut (Code de la consommation "
        "L.112-1-1)."
    )
    reference_from: datetime.datetime = strawberry.field(description="Start of those 30 days.")
    reference_to: datetime.datetime = strawberry.field(description="When the cut began.")
    percent: int = strawberry.field(description="The cut in percent of the reference.")


@strawberry.type(description="What the law says of a pack.")
class Regulatory:
    class_: RegulatoryClass = strawberry.field(name="class", description="The class.")
    sold_online: bool = strawberry.field(description="Whether it can be put in a cart at all.")
    notice: str | None = strawberry.field(description="What must be shown beside it.")
    source: str | None = strawberry.field(description="The article of law.")


@strawberry.type(description="An option that tells packs of a product apart.")
class SelectedOption:
    name: str = strawberry.field(description="Such as `size`.")
    value: str = strawberry.field(description="Such as `M`.")


@strawberry.type(description="A pack of a product: what is put in the cart.")
class Variant(Node):
    sku: str = strawberry.field(description="The clinic's own code.")
    gtin: str | None = strawberry.field(description="Its bar code, 14 digits.")
    pack: str = strawberry.field(description="How the pack is called: `12 x 85 g`.")
    units_per_pack: int = strawberry.field(description="How many units are in the pack.")
    net_quantity: int = strawberry.field(description="Content of one unit, in `unit`.")
    unit: Unit = strawberry.field(description="What the content is counted in.")
    selected_options: list[SelectedOption] = strawberry.field(description="Its options.")
    price: Money = strawberry.field(description="What is paid now, VAT included.")
    unit_price: UnitPrice | None = strawberry.field(
        description="Price per kilo or litre, VAT included; null when sold by the piece."
    )
    reduction: Reduction | None = strawberry.field(description="The cut now in force, if any.")
    vat_rate: decimal.Decimal = strawberry.field(description="VAT in percent, inside the price.")
    availability: Availability = strawberry.field(description="Whether it can be bought now.")
    regulatory: Regulatory = strawberry.field(description="What the law says of it.")
    animal_weight_min_kg: decimal.Decimal | None = strawberry.field(
        description="For animals from this weight."
    )
    animal_weight_max_kg: decimal.Decimal | None = strawberry.field(
        description="For animals up to this weight."
    )
    card: strawberry.Private[CardBody]

    @classmethod
    def is_type_of(cls, obj: object, _info: object) -> bool:
        return isinstance(obj, Variant)


@strawberry.type(description="What a food is made of, in percent as fed, and its energy.")
class Nutrition:
    protein: decimal.Decimal = strawberry.field(description="Crude protein, %.")
    fat: decimal.Decimal = strawberry.field(description="Crude fat, %.")
    fibre: decimal.Decimal = strawberry.field(description="Crude fibre, %.")
    ash: decimal.Decimal = strawberry.field(description="Crude ash, %.")
    moisture: decimal.Decimal = strawberry.field(description="Moisture, %.")
    calcium: decimal.Decimal | None = strawberry.field(description="Calcium, %.")
    phosphorus: decimal.Decimal | None = strawberry.field(description="Phosphorus, %.")
    sodium: decimal.Decimal | None = strawberry.field(description="Sodium, %.")
    kcal_100g: decimal.Decimal | None = strawberry.field(
        name="kcalPer100g", description="Metabolisable energy, kcal per 100 g."
    )
    energy_origin: EnergyOrigin | None = strawberry.field(
        description="Declared by the maker, or computed (NRC 2006)."
    )


@strawberry.type(description="A line of the maker's ration table.")
class RationRow:
    species: Species = strawberry.field(description="For which species.")
    situation: Situation = strawberry.field(description="How the animal lives or grows.")
    situation_label: str = strawberry.field(description="The same in words.")
    weight_kg: decimal.Decimal = strawberry.field(description="Adult or target weight.")
    grams_per_day: int = strawberry.field(description="Grams a day.")


@strawberry.type(description="A property of a product.")
class Attribute:
    slug: str = strawberry.field(description="Its key.")
    label: str = strawberry.field(description="Its name.")
    value: str = strawberry.field(description="Its value.")


@strawberry.type(description="What buyers thought of a product.")
class Rating:
    average: decimal.Decimal = strawberry.field(description="From 1 to 5.")
    count: int = strawberry.field(description="How many said so.")


@strawberry.type(description="Who made a product and who answers for it in the Union.")
class Manufacturer:
    name: str = strawberry.field(description="The maker.")
    postal_address: str = strawberry.field(description="Where the maker is.")
    electronic_address: str = strawberry.field(description="Where to write to the maker.")
    eu_responsible: str | None = strawberry.field(
        description="The responsible person in the Union, for makers outside it "
        "(Reg. 2023/988 art. 16)."
    )


@strawberry.type(description="A product, whatever its pack.")
class Product(Node):
    slug: str = strawberry.field(description="Its canonical address.")
    name: str = strawberry.field(description="Its name in the reader's language.")
    brand: BrandRef = strawberry.field(description="Its brand.")
    category: CategoryRef = strawberry.field(description="Where it stands in the shop.")
    species: list[Species] = strawberry.field(description="For which species.")
    life_stage: LifeStage | None = strawberry.field(description="For which age; null for all.")
    size_class: SizeClass | None = strawberry.field(description="For which dogs; null for all.")
    form: Form = strawberry.field(description="What kind of thing it is.")
    conditions: list[Condition] = strawberry.field(description="What it is made for.")
    picture: Picture | None = strawberry.field(description="Its first picture.")
    variants: list[Variant] = strawberry.field(description="Its packs on sale.")
    rating: Rating | None = strawberry.field(description="What verified buyers thought of it.")
    body: strawberry.Private[CardBody]
    reading: strawberry.Private[Reading]

    @classmethod
    def is_type_of(cls, obj: object, _info: object) -> bool:
        return isinstance(obj, Product)

    @strawberry.field(description="The range within the brand.")
    def range(self) -> str | None:
        return detail(self)["range"] or None

    @strawberry.field(description="What it is, in words.")
    def description(self) -> str:
        return str(detail(self)["description"])

    @strawberry.field(description="What it is made of, as on the label (Reg. 767/2009 art. 17).")
    def composition(self) -> str | None:
        return detail(self)["composition"] or None

    @strawberry.field(description="Additives, as on the label.")
    def additives(self) -> str | None:
        return detail(self)["additives"] or None

    @strawberry.field(description="How to use it.")
    def instructions(self) -> str | None:
        return detail(self)["instructions"] or None

    @strawberry.field(description="The particular nutritional purpose (Reg. 2020/354).")
    def dietetic_purpose(self) -> str | None:
        return detail(self)["purpose"] or None

    @strawberry.field(description="Families of ingredients in it; null when not known.")
    def contains(self) -> list[IngredientGroup] | None:
        groups = detail(self)["ingredient_groups"]
        return None if groups is None else [IngredientGroup(each) for each in groups]

    @strawberry.field(description="Analytical constituents and energy; null when not a food.")
    def nutrition(self) -> Nutrition | None:
        found = detail(self)["nutrition"]
        return found and nutrition_of(found)

    @strawberry.field(description="The maker's ration table.")
    def ration_table(self) -> list[RationRow]:
        english = self.reading.language is Language.EN
        return [
            RationRow(
                species=Species(species),
                situation=Situation(situation),
                situation_label=SITUATION_LABELS[Situation(situation)][english],
                weight_kg=decimal.Decimal(weight),
                grams_per_day=grams,
            )
            for species, situation, weight, grams in detail(self)["rations"]
        ]

    @strawberry.field(description="All its pictures.")
    def pictures(self) -> list[Picture]:
        return [picture_of(each) for each in detail(self)["pictures"]]

    @strawberry.field(description="Further properties.")
    def attributes(self) -> list[Attribute]:
        return [Attribute(**each) for each in detail(self)["attributes"]]

    @strawberry.field(description="Who made it (Reg. 2023/988 art. 19).")
    def manufacturer(self) -> Manufacturer:
        brand = detail(self)["brand"]
        return Manufacturer(
            name=brand["manufacturer"],
            postal_address=brand["postal_address"],
            electronic_address=brand["electronic_address"],
            eu_responsible=brand["eu_responsible"] or None,
        )

    @strawberry.field(description="Whether a vet of the clinic must approve each order of it.")
    def needs_vet_approval(self) -> bool:
        return bool(detail(self)["needs_vet_approval"])

    @strawberry.field(description="The way from the root of the shop to it.")
    def breadcrumbs(self) -> list[CategoryRef]:
        return [CategoryRef(**each) for each in detail(self)["breadcrumbs"]]

    @strawberry.field(description="schema.org Product, for search engines.")
    def json_ld(self) -> JSON:
        return JSON(json_ld.product(self.body, self.reading, storefront=settings.STOREFRONT_URL))


def detail(product: Product) -> Mapping[str, Any]:
    """The detail of a product's card.

    Raises:
        LookupError: not fetched: `catalog.graphql.selection` did not foresee the field.
    """
    found = product.body.detail
    if found is None:
        raise LookupError("A field of the detail was asked for and not foreseen.")
    return found


def picture_of(found: Mapping[str, Any]) -> Picture:
    return Picture(
        alt=found["alt"],
        width=found["width"],
        height=found["height"],
        placeholder=found["placeholder"],
        renditions=found["renditions"],
    )


def nutrition_of(found: Mapping[str, Any]) -> Nutrition:
    numbers = {
        name: None if found[name] is None else decimal.Decimal(found[name])
        for name in found
        if name != "energy_origin"
    }
    origin = found["energy_origin"]
    return Nutrition(**numbers, energy_origin=origin and EnergyOrigin(origin))  # type: ignore[arg-type]
