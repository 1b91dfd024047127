"""Small worlds, made of the interesting values alone."""

import itertools
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, cast

from django.test import Client

from accounts import logins, roles
from accounts.models import AuditEntry, Login, Person
from catalog import naming, products
from catalog.models import (
    Brand,
    Category,
    PriceChange,
    Product,
    ProductText,
    Stock,
    Variant,
    VariantReference,
    VatRate,
)
from catalog.vocabulary import Form, RegulatoryClass, Unit
from clinic import details
from clinic.models import Clinic, Place
from clinic.vocabulary import SellerRegime
from kernel.animals import Language, Species
from pets import records
from pets.models import Pet
from pets.records import Particulars

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
_numbers = itertools.count(1)


@dataclass
class Pack:
    """A pack in short: `price` in cents, `content` in g unless the unit says otherwise."""

    sku: str = ""
    price: int = 1000
    content: int = 1500
    units: int = 1
    unit: Unit = Unit.GRAM
    kind: RegulatoryClass = RegulatoryClass.FOOD
    stock: int = 10
    fields: dict[str, Any] = field(default_factory=dict)


def make_clinic(regime: SellerRegime = SellerRegime.TRADING_COMPANY) -> Place:
    details.save_details(
        Clinic(
            name="Clinique",
            legal_name="Clinique SARL",
            email="c@clinique.example",
            phone="+33199000000",
            seller_regime=regime,
        )
    )
    place = Place(name="Rennes", street="1 rue", postal_code="35000", city="Rennes")
    details.save_details(place)
    return place


def make_brand(name: str = "Brisalune") -> Brand:
    brand, _new = Brand.objects.get_or_create(
        name=name,
        defaults={
            "slug": name.lower(),
            "manufacturer": f"{name} SAS",
            "postal_address": "12 rue des Moulins, 35000 Rennes, France",
            "electronic_address": "contact@brisalune.example",
        },
    )
    return brand


def category(path: str) -> Category:
    parent = None
    for depth, slug in enumerate(path.split("/"), start=1):
        here = "/".join(path.split("/")[:depth])
        found = Category.objects.filter(path=here).first()
        if found is None:
            found = Category(slug=slug, parent=parent, name_fr=slug.capitalize())
            naming.save_category(category=found, at=NOW)
        parent = found
    assert parent is not None
    return parent


def draft(
    slug: str = "",
    *packs: Pack,
    name: str = "Croquettes",
    species: tuple[Species, ...] = (Species.DOG,),
    shelf: str = "chien/croquettes",
    brand: str = "Brisalune",
    words: dict[str, str] | None = None,
    **fields: Any,
) -> Product:
    slug = slug or f"produit-{next(_numbers)}"
    product = Product.objects.create(
        slug=slug,
        brand=make_brand(brand),
        category=category(shelf),
        species=[str(each) for each in species],
        **{"form": Form.DRY, "ingredient_groups": ["poultry", "rice"], **fields},
    )
    ProductText.objects.create(
        product=product,
        language=Language.FR,
        **{
            "name": name,
            "composition": "volaille, riz",
            "instructions": "Voir le tableau.",
            "description": "Aliment complet.",
            **(words or {}),
        },
    )
    for pack in packs or (Pack(),):
        add_pack(product, pack)
    return product


def add_pack(product: Product, pack: Pack) -> Variant:
    number = next(_numbers)
    variant = Variant.objects.create(
        product=product,
        sku=pack.sku or f"SKU-{number}",
        pack_label=f"{pack.content} {pack.unit}",
        units_per_pack=pack.units,
        net_quantity=pack.content,
        unit=pack.unit,
        shipping_weight_g=pack.content,
        regulatory_class=pack.kind,
        position=product.variants.count(),
        **pack.fields,
    )
    VariantReference.objects.create(
        variant=variant, source="wholesaler", reference=f"W-{variant.sku}"
    )
    PriceChange.objects.create(
        variant=variant,
        gross_cents=pack.price,
        effective_from=NOW - timedelta(days=365),
        recorded_at=NOW,
        reason="import",
    )
    VatRate.objects.create(
        variant=variant, percent=Decimal(20), effective_from=NOW.date() - timedelta(days=3650)
    )
    for place in Place.objects.all()[:1]:
        Stock.objects.create(variant=variant, place=place, on_hand=pack.stock)
    return variant


def published(slug: str = "", *packs: Pack, at: datetime = NOW, **facts: Any) -> Product:
    return products.publish(product=draft(slug, *packs, **facts), by=None, at=at)


def staff(role: roles.Role = roles.Role.MANAGER) -> Login:
    roles.prepare_groups()
    email = f"{role}-{next(_numbers)}@clinique.example"
    login = logins.open_login(email=email, password="secret-secret", at=NOW)
    roles.appoint(login, role)
    AuditEntry.objects.filter(action="login.open").delete()
    return Login.objects.get(pk=login.pk)


def owner(first_name: str = "", last_name: str = "") -> Login:
    """An account with its file."""
    email = f"owner-{next(_numbers)}@example.org"
    login = Login.objects.create_user(email, "secret-secret")
    Person.objects.create(login=login, first_name=first_name, last_name=last_name, email=email)
    return login


def person() -> Person:
    return Person.objects.create(first_name="Ada")


def pet_of(guardian: Any, name: str = "Rex", **particulars: Any) -> Pet:
    """A pet with its file opened by a person or their login; a dog unless told otherwise."""
    person = guardian.person if isinstance(guardian, Login) else guardian
    return records.add_pet(
        guardian=person,
        particulars=cast("Particulars", {"name": name, "species": Species.DOG, **particulars}),
        identifications={},
        by=person,
        at=NOW,
    )


def ask(
    query: str,
    variables: dict[str, Any] | None = None,
    *,
    login: Login | None = None,
    token: str = "",
    language: str = "fr",
    fresh: bool = False,
) -> dict[str, Any]:
    """Post a document to the endpoint, as a browser or a machine would; gives the whole answer,
    never a kept one where it is to be fresh.
    """
    client = Client(headers={"authorization": f"Bearer {token}"} if token else None)
    if login is not None:
        client.force_login(login)
    response = client.post(
        "/graphql/",
        json.dumps({"query": query, "variables": variables or {}}),
        content_type="application/json",
        headers={"accept-language": language} | ({"cache-control": "no-cache"} if fresh else {}),
    )
    return response.json()


def answered(query: str, variables: dict[str, Any] | None = None, **how: Any) -> dict[str, Any]:
    """The data of an answer that has no errors."""
    answer = ask(query, variables, **how)
    assert "errors" not in answer, answer["errors"]
    return answer["data"]
