"""GraphQL objects out of cards, eagerly: attributes are cheaper than resolvers."""

import datetime
import decimal
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from accounts.graphql.info import Info
from accounts.graphql.viewer import RequestContext
from catalog import regulation
from catalog.cards import current_price
from catalog.graphql.types import (
    BrandRef,
    CategoryRef,
    Product,
    Rating,
    Reduction,
    Regulatory,
    SelectedOption,
    Variant,
    picture_of,
)
from catalog.listing import CardBody, Reading
from catalog.vocabulary import Availability, Form, RegulatoryClass, Unit
from kernel import money
from kernel.animals import Condition, Language, LifeStage, SizeClass, Species
from kernel.graphql.money import UnitPrice, money_of
from kernel.graphql.nodes import global_id


def reading_of(info: Info) -> Reading:
    return reading_in(info.context)


def reading_in(context: RequestContext) -> Reading:
    return Reading(
        revision=context.revision,
        clinic=context.clinic,
        at=context.at,
        language=context.language,
    )


def product_of(body: CardBody, reading: Reading) -> Product:
    brief = body.brief
    picture = brief["picture"]
    return Product(
        id=global_id("Product", brief["id"]),
        slug=brief["slug"],
        name=brief["name"],
        brand=BrandRef(slug=brief["brand"]["slug"], name=brief["brand"]["name"]),
        category=CategoryRef(slug=brief["category"]["slug"], name=brief["category"]["name"]),
        species=[Species(each) for each in brief["species"]],
        life_stage=LifeStage(brief["life_stage"]) if brief["life_stage"] else None,
        size_class=SizeClass(brief["size_class"]) if brief["size_class"] else None,
        form=Form(brief["form"]),
        conditions=[Condition(each) for each in brief["conditions"]],
        picture=None if picture is None else picture_of(picture),
        variants=[variant_of(pack, body, reading) for pack in brief["variants"]],
        rating=_rating(brief.get("rating")),
        body=body,
        reading=reading,
    )


def variant_of(pack: Mapping[str, Any], card: CardBody, reading: Reading) -> Variant:
    now = current_price(
        pack["prices"], at=reading.stamp, reductions=reading.clinic.reductions_allowed
    )
    return Variant(
        id=global_id("Variant", pack["id"]),
        sku=pack["sku"],
        gtin=pack["gtin"],
        pack=pack["label"],
        units_per_pack=pack["units"],
        net_quantity=pack["quantity"],
        unit=Unit(pack["unit"]),
        selected_options=[
            SelectedOption(name=name, value=value) for name, value in pack["options"].items()
        ],
        price=money_of(now["cents"]),
        unit_price=unit_price_of(now["cents"], content=pack["content"], unit=pack["unit"]),
        reduction=reduction_of(now),
        vat_rate=_percent(pack["vat"]),
        availability=Availability(pack["availability"]),
        regulatory=regulatory_of(pack["class"], reading.language),
        animal_weight_min_kg=_decimal(pack["weight_min"]),
        animal_weight_max_kg=_decimal(pack["weight_max"]),
        card=card,
    )


@lru_cache(maxsize=4096)
def unit_price_of(cents: int, *, content: int, unit: str) -> UnitPrice | None:
    found = money.unit_price(money.Money(cents), quantity=content, unit=unit)
    return None if found is None else UnitPrice(money=money_of(found.money.cents), per=found.per)


def reduction_of(now: Mapping[str, Any]) -> Reduction | None:
    reference = now["reference"]
    if reference is None:
        return None
    return Reduction(
        price=money_of(now["cents"]),
        reference=money_of(reference["cents"]),
        reference_from=_moment(reference["from"]),
        reference_to=_moment(reference["to"]),
        percent=reference["percent"],
    )


@lru_cache(maxsize=64)
def regulatory_of(regulatory_class: str, language: Language) -> Regulatory:
    rule = regulation.rule_for(regulatory_class)
    return Regulatory(
        class_=RegulatoryClass(regulatory_class),
        sold_online=rule.sold_online,
        notice=rule.notice[language is Language.EN] or None,
        source=rule.article or None,
    )


def _rating(found: Mapping[str, Any] | None) -> Rating | None:
    if found is None:
        return None
    return Rating(average=decimal.Decimal(found["average"]), count=found["count"])


def _moment(stamp: int) -> datetime.datetime:
    return datetime.datetime.fromtimestamp(stamp, tz=datetime.UTC)


@lru_cache(maxsize=64)
def _percent(text: str | None) -> decimal.Decimal:
    return decimal.Decimal(text or "20")


def _decimal(text: str | None) -> decimal.Decimal | None:
    return None if text is None else decimal.Decimal(text)
