"""Fills an empty database with the demonstration clinic."""

import csv
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from datetime import datetime, time, timedelta
from enum import StrEnum
from multiprocessing import get_context
from pathlib import Path

from tqdm import tqdm

from accounts import audit, logins, roles
from accounts.models import AuditEntry, Person
from advice import search as advice_search
from catalog import editing, gallery, naming, products, search
from catalog.importing.run import Order, run
from catalog.models import Category, Product, SynonymGroup
from catalog.vocabulary import ProductStatus
from clinic import details
from clinic.models import Clinic, OpeningHours, Place
from clinic.vocabulary import ClientGate, SellerRegime
from kernel.animals import Condition, Language
from kernel.pictures import Rendered
from pets import breeds
from recommendations import training
from shop.demo import articles, clients, conversations, delivery, purchases, under_way
from shop.demo.drawing import Packshot, draw
from shop.demo.texts import CATEGORY_NAMES, LEGAL_TEXTS

DATA = Path(__file__).parent / "data"
MANAGER = "manager@clinique.example"
VET = "vet@clinique.example"
PASSWORD = "demonstration-only"  # noqa: S105  (the demo refuses to run in production)
APPROVED_BY_VETS = frozenset({Condition.RENAL, Condition.CARDIAC})
_WORKDAYS = range(1, 6)


class State(StrEnum):
    """What the database holds."""

    EMPTY = "EMPTY"
    HALF_LOADED = "HALF_LOADED"
    LOADED = "LOADED"
    OTHER_CLINIC = "OTHER_CLINIC"


_BEGUN, _DONE = "demo.begun", "demo.loaded"


def state() -> State:
    """Whether there is nothing, a demonstration, half of one, or another clinic."""
    marks = set(
        AuditEntry.objects.filter(action__in=[_BEGUN, _DONE]).values_list("action", flat=True)
    )
    if _DONE in marks:
        return State.LOADED
    if _BEGUN in marks:
        return State.HALF_LOADED
    return State.OTHER_CLINIC if Clinic.objects.exists() else State.EMPTY


def load(*, at: datetime, tell: Callable[[str], None]) -> None:
    """Load everything, with progress bars; about 189 products, their pictures and the index."""
    tell("The clinic and its staff")
    clinic = Clinic(id=1)
    audit.record(action=_BEGUN, subject=clinic, by=None, at=at)
    open_clinic(at=at)
    make_staff(at=at)
    tell("The catalogue")
    with tqdm(total=189, unit=" products", disable=None) as bar:
        run(Order(path=DATA, publish=False), by=None, at=at, progress=bar.update)
    name_categories(at=at)
    save_synonyms()
    tell("The clients and their animals")
    breeds.save_common_breeds(at=at)
    later = purchases.moved(at)
    clients.load_clients(DATA, password=PASSWORD, at=at, later=later)
    tell("The pictures")
    draw_pictures(at=at)
    ask_vets(at=at)
    publish_all(at=at)
    tell("Their orders")
    load_orders(at=at, later=later)
    load_words(at=at, tell=tell)
    audit.record(action=_DONE, subject=clinic, by=None, at=at)


def load_words(*, at: datetime, tell: Callable[[str], None]) -> None:
    """What people ask and the clinic writes, and what is worked out of it all."""
    tell("The questions and the reviews")
    conversations.load_conversations(
        owner=Person.objects.get(login__email=clients.OWNER),
        staff=Person.objects.get(login__email=VET),
        at=at,
    )
    tell("The articles")
    articles.load_advice(DATA / "articles", at=at)
    tell("The suggestions")
    training.train(at=at, progress=lambda keys: tqdm(keys, unit=" pets", disable=None))
    tell("The search indexes")
    search.rebuild()
    advice_search.rebuild()


def open_clinic(*, at: datetime) -> None:
    """The details, one place with its hours and its deliveries, and the legal texts."""
    details.save_details(
        Clinic(
            name="Clinique vétérinaire des Trois Rivières",
            legal_name="Les Trois Rivières Boutique SARL",
            siret="00000000000000",
            vat_number="FR00000000000",
            email="boutique@trois-rivieres.example",
            phone="+33199000001",
            emergency_phone="+33199000002",
            mediator="Médiateur de la démonstration, 1 rue de l'Exemple, 35000 Rennes",
            seller_regime=SellerRegime.TRADING_COMPANY,
            client_gate=ClientGate.TICK_BOX,
        )
    )
    place = Place(name="Rennes", street="14 rue de la Vilaine", postal_code="35000", city="Rennes")
    details.save_details(place)
    stretches = [(day, time(9), time(12, 30)) for day in _WORKDAYS]
    stretches += [(day, time(14), time(19)) for day in _WORKDAYS] + [(6, time(9), time(12))]
    for weekday, opens, closes in stretches:
        details.save_details(OpeningHours(place=place, weekday=weekday, opens=opens, closes=closes))
    delivery.load_delivery(place, at=at)
    for kind, language, title, body in LEGAL_TEXTS:
        details.publish_legal_text(
            kind=kind, language=language, title=title, body=body, effective_from=at
        )


def make_staff(*, at: datetime) -> None:
    """A manager, a vet and an assistant; the password is for the demonstration alone."""
    roles.prepare_groups()
    for role in (roles.Role.MANAGER, roles.Role.VET, roles.Role.ASSISTANT):
        login = logins.open_login(email=f"{role}@clinique.example", password=PASSWORD, at=at)
        roles.appoint(login, role)


def name_categories(*, at: datetime) -> None:
    for category in Category.objects.order_by("path"):
        category.name_fr, category.name_en = CATEGORY_NAMES.get(
            category.slug, (category.name_fr, category.name_en)
        )
        naming.save_category(category=category, at=at)


def save_synonyms() -> None:
    for terms in synonym_groups(DATA / "synonyms_fr_pet.csv"):
        search.save_synonyms(group=SynonymGroup(terms="\n".join(terms)))


def synonym_groups(path: Path) -> Iterable[list[str]]:
    """Groups of terms out of a file of `group,term` lines."""
    groups: dict[str, list[str]] = defaultdict(list)
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            groups[row["group"]].append(row["term"])
    return groups.values()


def draw_pictures(*, at: datetime) -> None:
    """Draw a packshot of every product and its renditions, on every core."""
    wanted = [packshot_of(product) for product in _products()]
    names = {shot.product_id: shot.name for shot in wanted}
    owners = {product.pk: product for product in Product.objects.all()}
    bar = tqdm(_drawn(wanted), total=len(wanted), unit=" pictures", disable=None)
    for product_id, data, drawn in bar:
        picture = gallery.add_picture(
            product=owners[product_id], data=data, alt=(names[product_id], ""), by=None, at=at
        )
        gallery.keep_renditions(picture=picture, drawn=drawn, at=at)


def _products() -> Iterator[Product]:
    yield from (
        Product.objects.select_related("brand").prefetch_related("texts", "variants").order_by("pk")
    )


def packshot_of(product: Product) -> Packshot:
    words = product.texts.get(language=Language.FR)
    packs = list(product.variants.all())
    return Packshot(
        product_id=product.pk,
        name=words.name,
        brand=product.brand.name,
        form=product.form,
        species=tuple(product.species),
        pack=packs[0].pack_label if packs else "",
    )


def _drawn(shots: list[Packshot]) -> Iterator[tuple[int, bytes, Rendered]]:
    with ProcessPoolExecutor(mp_context=get_context("spawn")) as pool:
        yield from pool.map(draw, shots, chunksize=8)


def ask_vets(*, at: datetime) -> None:
    """Foods for sick kidneys and hearts are sent when a vet of the clinic agrees."""
    for product in Product.objects.select_related("brand", "category").order_by("pk"):
        if not APPROVED_BY_VETS.isdisjoint(product.conditions):
            facts = replace(editing.facts_of(product), needs_vet_approval=True)
            editing.change_facts(product=product, facts=facts, by=None, at=at)


def load_orders(*, at: datetime, later: timedelta) -> None:
    """Two years of orders that were made elsewhere, and those of the last week made here."""
    place = Place.objects.get()
    purchases.load_orders(DATA, place=place, at=at, later=later)
    under_way.load_orders_under_way(place=place, at=at)


def publish_all(*, at: datetime) -> None:
    """Publish what lacks nothing that the law asks for."""
    drafts = Product.objects.filter(status=ProductStatus.DRAFT).order_by("pk")
    for product in tqdm(drafts, unit=" published", disable=None):
        if not products.missing_particulars(product):
            products.publish(product=product, by=None, at=at)
