"""A cart shown to a friend by a link, for an opinion: never any personal data."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import F, QuerySet, Sum
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts import link_tokens, written
from catalog.models import Product
from kernel.refusals import ErrorCode, Invalid, LimitReached, NotFound, Refusal
from orders.models import Cart, CartOpinion, CartShare
from orders.vocabulary import Verdict

MOST_LINKS: Final = 5
MOST_OPINIONS: Final = 50
LONGEST_DAYS: Final = 30
A_MINUTE: Final = timedelta(minutes=1)
MOST_A_MINUTE: Final = 5
_LONGEST_WORD, _LONGEST_NAME = 300, 40


class TooFast(Refusal):
    """Opinions come faster than people write them."""

    code = ErrorCode.LIMIT_REACHED
    words = _("That was quick: wait a minute, then tell us.")


@dataclass(frozen=True, slots=True)
class Shared:
    """A link to a cart; its token is shown once."""

    share: CartShare
    token: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Opinion:
    """What a friend thinks: for it, against it, or another product in place of one."""

    name: str
    verdict: Verdict
    text: str = ""
    product: Product | None = None


def share_cart(*, cart: Cart, days: int, at: datetime) -> Shared:
    """Make a link that shows a cart for some days.

    Raises:
        Invalid: fewer than 1 or more than 30 days.
        LimitReached: five links are open already.
    """
    if not 1 <= days <= LONGEST_DAYS:
        raise Invalid(path=["input", "days"], value=days, expected=f"1 - {LONGEST_DAYS}")
    token = link_tokens.draw()
    with transaction.atomic():
        Cart.objects.select_for_update(of=("self",)).get(pk=cart.pk)
        if open_links(cart, at=at).count() >= MOST_LINKS:
            raise LimitReached(path=["input"], most=MOST_LINKS)
        share = CartShare.objects.create(
            cart=cart,
            token_hash=link_tokens.hashed(token),
            created_at=at,
            expires_at=at + timedelta(days=days),
        )
    return Shared(share, token)


def unshare(*, cart: Cart, at: datetime) -> int:
    """Take all links to a cart back; how many were open."""
    return open_links(cart, at=at).update(revoked_at=at)


def open_links(cart: Cart, *, at: datetime) -> QuerySet[CartShare]:
    return cart.shares.filter(revoked_at__isnull=True, expires_at__gt=at).order_by("-id")


def opinions_version(cart: Cart) -> int:
    """Moves with every opinion on a cart: cheap to ask again and again."""
    return int(cart.shares.aggregate(sum=Sum("version"))["sum"] or 0)


def opinions_of(cart: Cart) -> list[CartOpinion]:
    """What friends said of a cart through any of its links, the latest first."""
    found = CartOpinion.objects.filter(share__cart=cart).select_related("product__card")
    return list(found.order_by("-id")[:MOST_OPINIONS])


def share_behind(token: str, *, at: datetime) -> CartShare:
    """The link of a token.

    Raises:
        NotFound: unknown, expired or taken back.
    """
    links = CartShare.objects.select_related("cart__place", "cart__slot__rule")
    alive = links.filter(revoked_at__isnull=True, expires_at__gt=at)
    found = alive.filter(token_hash=link_tokens.hashed(token)).first()
    if found is None:
        raise NotFound(path=["input", "token"], what=pgettext_lazy("not found", "shared cart"))
    return found


def give_opinion(*, share: CartShare, opinion: Opinion, at: datetime) -> CartOpinion:
    """Write down what a friend thinks. Locks the link.

    Raises:
        Invalid: no name, too long a word, or a suggestion without a product.
        TooFast: five came within the last minute.
        LimitReached: fifty opinions stand already.
    """
    expected = _("a first name, at most 40 characters")
    name = written.line(
        opinion.name, path=["input", "name"], expected=expected, most=_LONGEST_NAME, required=True
    )
    text = written.line(
        opinion.text,
        path=["input", "text"],
        expected=_("at most 300 characters, without emoji"),
        most=_LONGEST_WORD,
    )
    if opinion.verdict == Verdict.SUGGESTS and opinion.product is None:
        raise Invalid(path=["input", "productId"], value="", expected=str(_("a product")))
    with transaction.atomic():
        CartShare.objects.select_for_update(of=("self",)).get(pk=share.pk)
        if share.opinions.filter(at__gt=at - A_MINUTE).count() >= MOST_A_MINUTE:
            raise TooFast(path=["input"])
        if share.opinions.count() >= MOST_OPINIONS:
            raise LimitReached(path=["input"], most=MOST_OPINIONS)
        CartShare.objects.filter(pk=share.pk).update(version=F("version") + 1)
        return CartOpinion.objects.create(
            share=share,
            name=name,
            verdict=opinion.verdict,
            product=opinion.product,
            text=text,
            at=at,
        )
