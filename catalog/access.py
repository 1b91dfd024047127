"""The door to rows of the catalogue, by the names that people and machines use."""

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import pgettext_lazy

from accounts.access import Viewer
from catalog.models import Product, Review, ReviewInvitation, Variant
from catalog.vocabulary import ProductStatus, ReviewState
from clinic.models import Place
from kernel.refusals import NotFound


def product_for_staff(product_id: int | None) -> Product:
    """Raises: NotFound."""
    found = Product.objects.filter(pk=product_id).first() if product_id else None
    if found is None:
        raise NotFound(path=["input", "id"], what=pgettext_lazy("not found", "product"))
    return found


def product_on_show(product_id: int | None) -> Product:
    """A product that shoppers see. Raises: NotFound."""
    shown = Product.objects.filter(status=ProductStatus.PUBLISHED)
    found = shown.filter(pk=product_id).first() if product_id else None
    if found is None:
        raise NotFound(path=["input", "productId"], what=pgettext_lazy("not found", "product"))
    return found


def variant_by_sku(sku: str) -> Variant:
    """Raises: NotFound."""
    found = Variant.objects.filter(sku=sku).first()
    if found is None:
        raise NotFound(path=["input", "sku"], what=pgettext_lazy("not found", "pack"))
    return found


def variants_by_sku(skus: Sequence[str]) -> dict[str, Variant]:
    """Packs by their SKU; one statement. Raises: NotFound, when one of them is not there."""
    found = {variant.sku: variant for variant in Variant.objects.filter(sku__in=set(skus))}
    if len(found) < len(set(skus)):
        raise NotFound(path=["input", "sku"], what=pgettext_lazy("not found", "pack"))
    return found


def variant_by_reference(source: str, reference: str) -> Variant:
    """Raises: NotFound."""
    found = Variant.objects.filter(
        references__source=source, references__reference=reference
    ).first()
    if found is None:
        raise NotFound(path=["input", "externalReference"], what=pgettext_lazy("not found", "pack"))
    return found


def place_named(name: str | None) -> Place:
    """The place of a name, or the clinic's first. Raises: NotFound."""
    places = Place.objects.order_by("pk")
    found = (places.filter(name=name) if name is not None else places).first()
    if found is None:
        raise NotFound(path=["input", "place"], what=pgettext_lazy("not found", "place"))
    return found


def invitation_of(viewer: Viewer, invitation_id: int | None) -> ReviewInvitation:
    """An invitation to review that is the viewer's own. Raises: NotFound."""
    own = ReviewInvitation.objects.filter(person=viewer.person) if viewer.person else None
    found = own.filter(pk=invitation_id or 0).first() if own is not None else None
    if found is None:
        raise NotFound(
            path=["input", "invitationId"], what=pgettext_lazy("not found", "invitation")
        )
    return found


def invitations_for(viewer: Viewer, *, at: datetime, most: int) -> list[ReviewInvitation]:
    """What the viewer bought and may still review, the latest first."""
    if viewer.person is None:
        return []
    own = ReviewInvitation.objects.filter(person=viewer.person, review=None, expires_at__gt=at)
    shown = own.filter(product__status=ProductStatus.PUBLISHED).select_related("product")
    return list(shown.order_by("-pk")[:most])


def review_on_show(review_id: int | None) -> Review:
    """A review that readers see. Raises: NotFound."""
    return _review(review_id, state=ReviewState.PUBLISHED)


def review_for_staff(review_id: int | None) -> Review:
    """Any review; the caller has asked their duty. Raises: NotFound."""
    return _review(review_id)


def _review(review_id: int | None, **facts: ReviewState) -> Review:
    found = Review.objects.filter(pk=review_id or 0, **facts).first()
    if found is None:
        raise NotFound(path=["input", "id"], what=pgettext_lazy("not found", "review"))
    return found
