"""Products made, worded, published and withdrawn."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from accounts import audit
from accounts.models import Person
from catalog import cards, regulation
from catalog.events import CatalogueTextChanged
from catalog.models import Product, ProductText, SlugHistory
from catalog.vocabulary import ProductStatus
from kernel import events
from kernel.animals import Language
from kernel.refusals import ErrorCode, Refusal

_OUTSIDE_UNION = "Reg. (EU) 2023/988 art. 16"

TEXT_FIELDS = (
    "name",
    "description",
    "composition",
    "additives",
    "instructions",
    "dietetic_purpose",
    "keywords",
)


class NotPublishable(Refusal):
    """Something that the law wants shown before the sale is missing."""

    code = ErrorCode.NOT_PUBLISHABLE
    words = _("%(slug)s cannot be published: %(missing)s is missing.")


class SlugTaken(Refusal):
    code = ErrorCode.ALREADY_USED
    words = _("The address %(slug)s belongs to another product.")


def missing_particulars(product: Product) -> list[tuple[str, str]]:
    """What keeps a product from being published, each with the article that asks for it."""
    text = next((each for each in product.texts.all() if each.language == Language.FR), None)
    packs = [pack for pack in product.variants.all() if pack.is_active]
    missing = [(gettext_noop("the French name"), "")] if text is None or not text.name else []
    missing += [] if packs else [(gettext_noop("a pack on sale"), "")]
    if packs and not all(pack.price_changes.all() for pack in packs):
        missing.append((gettext_noop("a price"), "Code de la consommation L.112-1"))
    for rule in {regulation.rule_for(pack.regulatory_class) for pack in packs}:
        missing += _missing_under(rule, product, text)
    return missing


def _missing_under(
    rule: regulation.Rule, product: Product, text: ProductText | None
) -> list[tuple[str, str]]:
    brand = product.brand
    missing = []
    if rule.needs_responsible_person:
        if not (brand.manufacturer and brand.postal_address and brand.electronic_address):
            missing.append((gettext_noop("the manufacturer's name and addresses"), rule.article))
        if not (brand.eu_responsible or regulation.is_in_union(brand.postal_address)):
            missing.append((gettext_noop("the EU responsible person"), _OUTSIDE_UNION))
        if not product.pictures.all():
            missing.append((gettext_noop("a picture"), rule.article))
    if rule.needs_feed_label:
        facts = {
            gettext_noop("the species"): product.species,
            gettext_noop("the composition"): text and text.composition,
            gettext_noop("the instructions"): text and text.instructions,
        }
        missing += [(what, rule.article) for what, known in facts.items() if not known]
    if rule.client_gate and not (text and text.dietetic_purpose):
        missing.append((gettext_noop("the dietetic purpose"), rule.article))
    return missing


def publish(*, product: Product, by: Person | None, at: datetime) -> Product:
    """Show a product to the public; one that is published already stays as it is.

    Raises:
        NotPublishable: a particular that the law asks for is missing.
    """
    with transaction.atomic():
        product = Product.objects.select_for_update().get(pk=product.pk)
        if product.status == ProductStatus.PUBLISHED:
            return product
        for missing, article in missing_particulars(product):
            raise NotPublishable(slug=product.slug, missing=_(missing), article=article or None)
        _change_status(product, ProductStatus.PUBLISHED, by=by, at=at)
    return product


def withdraw(*, product: Product, by: Person | None, at: datetime) -> Product:
    """Take a product from the public; its history stays."""
    with transaction.atomic():
        product = Product.objects.select_for_update().get(pk=product.pk)
        if product.status != ProductStatus.WITHDRAWN:
            _change_status(product, ProductStatus.WITHDRAWN, by=by, at=at)
    return product


def _change_status(
    product: Product, status: ProductStatus, *, by: Person | None, at: datetime
) -> None:
    changes = {"status": [product.status, status]}
    product.status = status
    if status is ProductStatus.PUBLISHED and product.published_at is None:
        product.published_at = at
    product.save(update_fields=["status", "published_at"])
    audit.record(action="product.status", subject=product, by=by, at=at, changes=changes)
    show(product, at=at)


def edit_texts(
    *,
    product: Product,
    language: Language,
    words: Mapping[str, str],
    by: Person | None,
    at: datetime,
) -> ProductText:
    """Change words of a product by hand; an import never overwrites them afterwards."""
    with transaction.atomic():
        text, _is_new = ProductText.objects.get_or_create(
            product=product, language=language, defaults={"name": ""}
        )
        changes = {
            name: [getattr(text, name), words[name]]
            for name in TEXT_FIELDS
            if name in words and words[name] != getattr(text, name)
        }
        for name, (_before, after) in changes.items():
            setattr(text, name, after)
        text.staff_edited = sorted({*text.staff_edited, *changes})
        text.save()
        if changes:
            audit.record(action="product.text", subject=product, by=by, at=at, changes=changes)
            show(product, at=at)
    return text


def change_slug(*, product: Product, slug: str, by: Person | None, at: datetime) -> Product:
    """Give a product another address; the old one goes on leading to it.

    Raises:
        SlugTaken: another product has, or had, that address.
    """
    with transaction.atomic():
        product = Product.objects.select_for_update().get(pk=product.pk)
        if slug == product.slug:
            return product
        others = Product.objects.exclude(pk=product.pk).filter(slug=slug)
        past = SlugHistory.objects.exclude(product=product).filter(slug=slug)
        if others.exists() or past.exists():
            raise SlugTaken(path=["input", "slug"], slug=slug)
        SlugHistory.objects.filter(product=product, slug=slug).delete()
        SlugHistory.objects.get_or_create(slug=product.slug, defaults={"product": product})
        changes = {"slug": [product.slug, slug]}
        product.slug = slug
        product.save(update_fields=["slug"])
        audit.record(action="product.slug", subject=product, by=by, at=at, changes=changes)
        cards.project([product.pk], at=at)
    return product


def show(product: Product, *, at: datetime) -> None:
    """Let the public and the search see a product as it is now."""
    cards.project([product.pk], at=at)
    events.enqueue(CatalogueTextChanged(product_ids=[product.pk]))
