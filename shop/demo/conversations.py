"""What was asked and said of the demonstration clinic: questions, ready answers, reviews."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import cycle
from typing import Final

from accounts.models import Person
from catalog import cards, reviews, reviews_moderation
from catalog.models import Product, Review
from catalog.reviews import ReviewGiven
from catalog.vocabulary import ProductStatus, ReviewRefusalReason
from clinic.models import Place
from conversations import asking, charge, desk, publishing, talking
from conversations.asking import Asked, Asker
from conversations.models import AnswerTime, CannedAnswer, Thread
from conversations.vocabulary import Channel, ThreadKind
from kernel.animals import Language

_HOUR: Final = timedelta(hours=1)
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Told:
    """A question, how long ago it was asked, and after how many hours it was answered, if it was.

    `public` is the question in words for all to read.
    """

    days_ago: int
    name: str
    text: str
    answer: str = ""
    after_hours: int = 0
    channel: Channel = Channel.PHONE
    kind: ThreadKind = ThreadKind.QUESTION
    public: str = ""


QUESTIONS: Final = (
    Told(
        *(41, "Mme Kervella", "Mon chiot de quatre mois doit-il manger trois ou quatre fois ?"),
        *("Trois repas suffisent à cet âge, à heures fixes ; deux à partir de six mois.", 3),
        public="À quatre mois, combien de repas par jour pour un chiot ?",
    ),
    Told(
        *(33, "M. Anger", "Comment passer d’un aliment à un autre sans le rendre malade ?"),
        *("Sur une semaine : un quart de nouveau, puis la moitié, puis trois quarts.", 26),
        public="Comment changer d’aliment en douceur ?",
    ),
    Told(
        *(26, "Mme Poirel", "Mon chat boit peu : que puis-je faire ?"),
        *("Plusieurs points d’eau loin de la gamelle, et une part de pâtée chaque jour.", 5),
        channel=Channel.COUNTER,
    ),
    Told(
        *(18, "M. Lozac’h", "Le sac livré était percé."),
        *("Nous vous en livrons un autre demain, sans frais. Toutes nos excuses.", 2),
        channel=Channel.MAIL,
        kind=ThreadKind.COMPLAINT,
    ),
    Told(
        *(9, "Mme Tréguier", "Faut-il peser la ration ou se fier au gobelet ?"),
        *("Pesez-la : un gobelet se trompe facilement d’un cinquième.", 80),
        channel=Channel.SOCIAL,
    ),
    Told(2, "M. Baudry", "Avez-vous des créneaux de retrait le samedi ?"),
    Told(1, "Mme Le Gac", "Il ne mange plus depuis deux jours, que faire ?"),
)
READY: Final = (
    (
        "Changer d’aliment",
        "Changez sur une semaine : un quart de nouveau, puis la moitié, puis trois quarts. "
        "Revenez un pas en arrière si les selles ramollissent.",
    ),
    ("Peser la ration", "Pesez la ration du jour le matin, et servez-la en deux ou trois fois."),
    ("Prendre rendez-vous", "Cela se regarde à la clinique : appelez-nous pour un rendez-vous."),
)
#: Rating, text and signature; an empty text is a rating alone.
REVIEWS: Final = (
    (5, "Adopté dès le premier jour, et le poil est plus beau.", "Soizic"),
    (4, "Bien, mais le sac se referme mal.", "Erwan"),
    (5, "", ""),
    (3, "Ma chatte boude une fois sur deux.", "N. P."),
    (5, "Livré le jour dit, mon chien en raffole.", "Gwenn"),
    (2, "Les croquettes sont trop grosses pour un petit chien.", "Maud"),
    (4, "Bon rapport entre prix et quantité.", "Yann"),
)
_ANSWER: Final = "Merci. La même recette existe en petites croquettes : demandez-nous."
_MOST_PRODUCTS: Final = 12
_EACH: Final = 4
_FAIR: Final = 3


def load_conversations(*, owner: Person, staff: Person, at: datetime) -> None:
    """Questions of six weeks, most of them answered, and reviews of the first products."""
    for kind, minutes in ((ThreadKind.QUESTION, 480), (ThreadKind.COMPLAINT, 240)):
        row = AnswerTime(kind=kind, minutes=minutes, urgent_minutes=60)
        desk.set_answer_time(row=row, by=staff, at=at)
    for title, text in READY:
        ready = CannedAnswer(title=title, text=text, language=Language.FR)
        desk.keep_canned_answer(row=ready, by=staff, at=at)
    place = Place.objects.order_by("pk")[0]
    for told in QUESTIONS:
        _tell(told, place, staff, at=at)
    asked = Asked(text="Quand faut-il passer aux croquettes pour adulte ?", may_be_published=True)
    asking.ask(asker=Asker(person=owner), asked=asked, place=place, at=at - 3 * _HOUR)
    products = [
        each
        for each in Product.objects.filter(status=ProductStatus.PUBLISHED).order_by("pk")
        if reviews.takes_reviews(each)
    ]
    _review(products[:_MOST_PRODUCTS], staff, at=at)
    # Reviews of the past wrote cards of the past.
    cards.project([each.pk for each in products[:_MOST_PRODUCTS]], at=at)


def _tell(told: Told, place: Place, staff: Person, *, at: datetime) -> None:
    begun = at - told.days_ago * _DAY
    thread = asking.enter(
        asker=Asker(name=told.name),
        asked=Asked(text=told.text, kind=told.kind, may_be_published=bool(told.public)),
        channel=told.channel,
        place=place,
        by=staff,
        at=begun,
    )
    if told.answer:
        _answer(thread, told, staff, at=begun + told.after_hours * _HOUR)
    elif thread.is_urgent:
        charge.assign(thread=thread, to=staff, by=staff, at=begun)


def _answer(thread: Thread, told: Told, staff: Person, *, at: datetime) -> None:
    talking.answer(thread=thread, text=told.answer, channel=told.channel, by=staff, at=at)
    if told.public:
        publishing.publish(
            thread=thread, question=told.public, answer=told.answer, by=staff, at=at + _HOUR
        )
    talking.close(thread=thread, by=staff, at=at + _DAY)


def _review(products: Sequence[Product], staff: Person, *, at: datetime) -> None:
    """Four reviews a product; of the last one some wait, and one is refused."""
    told = cycle(REVIEWS)
    for number, product in enumerate(products):
        for turn in range(_EACH):
            written = at - (60 - number - 10 * turn) * _DAY
            review = _write(product, turn, next(told), at=written)
            if product != products[-1] or turn == 0:
                _show(review, staff, at=written + _DAY)
    if products:
        waiting = Review.objects.filter(product=products[-1], published_at=None)
        reviews_moderation.refuse(
            review=waiting[0], reason=ReviewRefusalReason.OFF_TOPIC, note="", by=staff, at=at
        )


def _write(product: Product, turn: int, told: tuple[int, str, str], *, at: datetime) -> Review:
    rating, text, signature = told
    invitation = reviews.invite(
        product=product,
        person=None,
        email="",
        reference=f"demo:{product.pk}:{turn}",
        experienced_on=(at - 9 * _DAY).date(),
        at=at - 2 * _DAY,
    )
    if invitation is None:
        raise ValueError(f"{product.slug} takes no reviews.")
    given = ReviewGiven(rating=rating, text=text, signature=signature)
    return reviews.write(invitation=invitation, given=given, by=None, at=at)


def _show(review: Review, staff: Person, *, at: datetime) -> None:
    reviews_moderation.publish(review=review, by=staff, at=at)
    if review.rating < _FAIR:
        reviews_moderation.answer(review=review, text=_ANSWER, by=staff, at=at + _DAY)
