"""Reviews of products: who bought one is invited to say what they think of it, once.

Nobody else can write. A guest writes by the link that came by mail, a signed-in buyer by their
invitation. What was written waits for a colleague (catalog.reviews_moderation).
Source: Code de la consommation L.111-7-2, D.111-16 to D.111-19.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts import audit, link_tokens, notices, written
from accounts.models import Person
from accounts.notices import Message
from catalog import regulation
from catalog.models import Product, Review, ReviewInvitation
from catalog.reviews_reading import names_of
from catalog.vocabulary import ProductStatus
from clinic.details import PARIS
from kernel.animals import Language, Species
from kernel.refusals import ErrorCode, Invalid, Refusal
from pets.models import Pet

#: How long after a buyer has the thing they are asked; long enough to have tried a food.
ASKED_AFTER: Final = timedelta(days=7)
VALID_FOR: Final = timedelta(days=180)
LONGEST_TEXT: Final = 3000
_LONGEST_SIGNATURE: Final = 40
_RATINGS: Final = range(1, 6)
_MOST_MONTHS: Final = 1200
_MOST_ASKED: Final = 1000


class InvitationRefused(Refusal):
    """The link is none of ours, or too old."""

    code = ErrorCode.CODE_REFUSED
    words = _("This link is not valid any more: reviews are written by those who bought.")


class AlreadyReviewed(Refusal):
    """What was bought once is reviewed once."""

    code = ErrorCode.ALREADY_USED
    words = _("You have written this review already: thank you.")


class NoReviewsHere(Refusal):
    """The class of the product takes no reviews, at least by now."""

    code = ErrorCode.NOT_ALLOWED
    words = _("Products of this kind take no reviews.")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewGiven:
    """What a buyer writes; the animal is a pet of theirs, told by them, or left out."""

    rating: int
    text: str = ""
    signature: str = ""
    pet: Pet | None = None
    species: Species | None = None
    age_months: int | None = None


def takes_reviews(product: Product) -> bool:
    """Whether the law lets buyers say what they think of a product."""
    packs = product.variants.filter(is_active=True)
    return regulation.takes_reviews(packs.values_list("regulatory_class", flat=True))


def invite(
    *,
    product: Product,
    person: Person | None,
    email: str,
    reference: str,
    experienced_on: date,
    at: datetime,
) -> ReviewInvitation | None:
    """Let a buyer write one review of what they received; None where the class takes none.

    `reference` names the line delivered: told again, it gives the invitation that is there. The
    buyer is asked by mail a week after `experienced_on`, for all that they received in one mail.
    """
    if not takes_reviews(product):
        return None
    language = Language(person.language) if person else Language.FR
    invitation, _is_new = ReviewInvitation.objects.get_or_create(
        reference=reference,
        defaults={
            "product": product,
            "person": person,
            "email": email.strip().lower(),
            "language": language,
            "experienced_on": experienced_on,
            "created_at": at,
            "expires_at": at + VALID_FOR,
        },
    )
    return invitation


def ask_buyers(*, at: datetime) -> int:
    """Ask by mail those who have had their things for a week, one mail an address; how many mails.

    For the schedule. What was withdrawn or reclassified meanwhile is not asked about.
    """
    long_enough = at.astimezone(PARIS).date() - ASKED_AFTER
    due = ReviewInvitation.objects.filter(
        asked_at=None, review=None, experienced_on__lte=long_enough, expires_at__gt=at
    )
    keys = list(due.order_by("pk").values_list("pk", flat=True)[:_MOST_ASKED])
    by_address: dict[tuple[str, Language], list[int]] = defaultdict(list)
    for row in ReviewInvitation.objects.filter(pk__in=keys).order_by("pk"):
        by_address[row.email, Language(row.language)].append(row.pk)
    return sum(
        _ask(invitations, address, language, at=at)
        for (address, language), invitations in by_address.items()
    )


def _ask(keys: Sequence[int], address: str, language: Language, *, at: datetime) -> bool:
    links: list[tuple[Product, str]] = []
    with transaction.atomic():
        rows = ReviewInvitation.objects.select_for_update(of=("self",)).select_related("product")
        for row in rows.filter(pk__in=keys, asked_at=None).order_by("pk"):
            row.asked_at = at
            if address and _may_be_asked(row.product):
                token = link_tokens.draw()
                row.token_hash = link_tokens.hashed(token)
                links.append((row.product, f"{settings.STOREFRONT_URL}/avis?token={token}"))
            row.save(update_fields=["asked_at", "token_hash"])
        if not links:
            return False
        return notices.notify(
            key=f"review-ask:{keys[0]}",
            recipient=address,
            language=language,
            message=_asking(links, language),
        )


def _may_be_asked(product: Product) -> bool:
    return product.status == ProductStatus.PUBLISHED and takes_reviews(product)


def _asking(links: Sequence[tuple[Product, str]], language: Language) -> Message:
    named = "\n\n".join(f"{name_of(product, language)}\n{link}" for product, link in links)
    facts = {"products": named, "days": VALID_FOR.days}
    with translation.override(language):
        body = gettext(
            "You have had this for a few days. What do you think of it?\n\n%(products)s\n\n"
            "Your review, good or bad, helps others to choose. It is read by the clinic before it "
            "is shown, never paid for, and you may leave it unsigned. Each link works once, for "
            "%(days)d days."
        )
        return Message(subject=gettext("What do you think of it?"), body=body % facts)


def name_of(product: Product, language: Language) -> str:
    """What a product is called in a language, in French where it has no name there."""
    return names_of([product.pk], language).get(product.pk, product.slug)


def invitation_by(token: str, *, at: datetime) -> ReviewInvitation:
    """The invitation that a link opens.

    Raises:
        InvitationRefused: unknown or too old.
    """
    found = ReviewInvitation.objects.filter(
        token_hash=link_tokens.hashed(token), expires_at__gt=at
    ).first()
    if found is None:
        raise InvitationRefused(path=["input", "token"])
    return found


def write(
    *, invitation: ReviewInvitation, given: ReviewGiven, by: Person | None, at: datetime
) -> Review:
    """Write the review that an invitation lets its holder write; it waits to be read.

    Raises:
        InvitationRefused: the invitation is over.
        AlreadyReviewed: there is one by this invitation.
        NoReviewsHere: the product's class takes none by now.
        Invalid: a rating outside 1 to 5, a text or a signature that is too long, an age that no
            animal has.
    """
    facts = _checked(given)
    with transaction.atomic():
        locked = ReviewInvitation.objects.select_for_update(of=("self",)).select_related("product")
        found = locked.filter(pk=invitation.pk, expires_at__gt=at).first()
        if found is None:
            raise InvitationRefused(path=["input"])
        if Review.objects.filter(invitation=found).exists():
            raise AlreadyReviewed(path=["input"])
        if not takes_reviews(found.product):
            raise NoReviewsHere(path=["input"])
        review = Review.objects.create(
            product=found.product,
            invitation=found,
            author=found.person or by,
            email=found.email,
            language=found.language,
            experienced_on=found.experienced_on,
            written_at=at,
            **facts | _animal(given, on=found.experienced_on),
        )
        audit.record(action="review.write", subject=review, by=review.author, at=at)
    return review


def _checked(given: ReviewGiven) -> dict[str, object]:
    if given.rating not in _RATINGS:
        expected = str(_("a rating from 1 to 5"))
        raise Invalid(path=["input", "rating"], value=given.rating, expected=expected)
    months = given.age_months
    if months is not None and not 0 <= months <= _MOST_MONTHS:
        expected = str(_("an age in months"))
        raise Invalid(path=["input", "ageMonths"], value=months, expected=expected)
    return {
        "rating": given.rating,
        "text": written.paragraphs(
            given.text,
            path=["input", "text"],
            expected=_("a text of at most 3,000 characters"),
            most=LONGEST_TEXT,
        ),
        "signature": written.line(
            given.signature,
            path=["input", "signature"],
            expected=_("a signature of at most 40 characters"),
            most=_LONGEST_SIGNATURE,
        ),
    }


def _animal(given: ReviewGiven, *, on: date) -> dict[str, object]:
    """Of a pet, its species and its age in months when the product came, as far as it is known."""
    if given.pet is None:
        return {"species": given.species or "", "age_months": given.age_months}
    born = given.pet.born_on
    months = None if born is None or born > on else (on - born).days * 12 // 365
    return {"species": given.pet.species, "age_months": months}
