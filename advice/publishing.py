"""The way of an article: draft, in review, scheduled, published, withdrawn."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NoReturn

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from accounts import audit
from accounts.models import Person
from advice import access, cards, claims, markdown, references
from advice.claims import Mark
from advice.content import Content, Words
from advice.models import Article, ClaimOverride
from advice.references import Things
from advice.vocabulary import ArticleForm, ArticleStatus, TagKind
from advice.writing import locked
from clinic import revision
from kernel.animals import Language
from kernel.refusals import ErrorCode, Invalid, Refusal

_CHUNK = 100
_LONGEST_REASON = 500


class ArticleNotPublishable(Refusal):
    """Something that a signed and dated article shows is missing."""

    code = ErrorCode.NOT_PUBLISHABLE
    words = _("%(title)s cannot be published: %(missing)s is missing.")


class MedicineShown(Refusal):
    """A card of a medicine beside an article would be advertising it to the public."""

    code = ErrorCode.NOT_PUBLISHABLE
    words = _("%(slug)s is a medicine: an article may speak of it, and not show it.")
    article = "Reg. (EU) 2019/6 art. 119-120"


class ClaimNotAllowed(Refusal):
    """A word stands beside a food that the law keeps for medicines."""

    code = ErrorCode.CLAIM_NOT_ALLOWED
    words = _("“%(word)s” may not stand beside a food: “%(excerpt)s”. Reword it, or ask a vet.")


class ArticleInWrongState(Refusal):
    """The article has gone too far, or not far enough, for that."""

    code = ErrorCode.WRONG_STATE
    words = _("This article cannot do that from where it stands.")


def submit(*, article: Article, by: Person | None, at: datetime) -> Article:
    """Give a draft to whoever publishes.

    Raises:
        ArticleInWrongState: it is no draft, nor withdrawn.
    """
    with transaction.atomic():
        article = _held(article)
        _refuse_unless(article, ArticleStatus.DRAFT, ArticleStatus.WITHDRAWN)
        _move(article, ArticleStatus.IN_REVIEW, by=by, at=at)
    return article


def send_back(*, article: Article, by: Person | None, at: datetime) -> Article:
    """Make a draft again of what is in review or only scheduled.

    Raises:
        ArticleInWrongState: it is neither.
    """
    with transaction.atomic():
        article = _held(article)
        _refuse_unless(article, ArticleStatus.IN_REVIEW, ArticleStatus.SCHEDULED)
        article.published_at = article.shown = None
        _move(article, ArticleStatus.DRAFT, by=by, at=at)
    return article


def schedule(
    *,
    article: Article,
    moment: datetime,
    expected_version: int,
    by: Person | None,
    at: datetime,
) -> Article:
    """Have the latest revision shown from a moment on: exactly then, whatever the worker does.

    Raises:
        Stale: somebody saved since `expected_version` was read.
        Invalid: the moment is over.
        ArticleInWrongState: it is published already; `publish` shows what changed since.
        ArticleNotPublishable: a particular is missing.
        MedicineShown: it shows a medicine.
        ClaimNotAllowed: a word is marked, and no vet has let it stand.
    """
    if moment <= at:
        expected = str(_("a moment to come"))
        raise Invalid(path=["input", "moment"], value=f"{moment:%Y-%m-%d %H:%M}", expected=expected)
    with transaction.atomic():
        article = locked(article, expected_version=expected_version)
        if article.status == ArticleStatus.PUBLISHED:
            _refuse_state(article)
        _show_latest(article)
        article.published_at = moment
        _move(article, ArticleStatus.SCHEDULED, by=by, at=at)
    return article


def publish(*, article: Article, expected_version: int, by: Person | None, at: datetime) -> Article:
    """Show the latest revision now; the moment of the first publication stays.

    Raises:
        Stale: somebody saved since `expected_version` was read.
        ArticleNotPublishable: a particular is missing.
        MedicineShown: it shows a medicine.
        ClaimNotAllowed: a word is marked, and no vet has let it stand.
    """
    with transaction.atomic():
        article = locked(article, expected_version=expected_version)
        if article.status == ArticleStatus.PUBLISHED and not article.has_unshown_changes:
            return article
        _show_latest(article)
        if article.published_at is None or article.published_at > at:
            article.published_at = at
        _move(article, ArticleStatus.PUBLISHED, by=by, at=at)
    return article


def withdraw(*, article: Article, by: Person | None, at: datetime) -> Article:
    """Take an article from the public; its revisions and its addresses stay.

    Raises:
        ArticleInWrongState: the public does not see it.
    """
    with transaction.atomic():
        article = _held(article)
        _refuse_unless(article, ArticleStatus.SCHEDULED, ArticleStatus.PUBLISHED)
        if article.status == ArticleStatus.SCHEDULED:
            article.published_at = None
        _move(article, ArticleStatus.WITHDRAWN, by=by, at=at)
    return article


def publish_due(*, at: datetime) -> int:
    """Call published what readers see since its moment came; how many there were.

    Readers go by the moment itself: this moves the revision, and lets other articles lead here.
    """
    due = Article.objects.filter(status=ArticleStatus.SCHEDULED, published_at__lte=at)
    done = 0
    for article in due.order_by("published_at")[:_CHUNK]:
        with transaction.atomic():
            held = _held(article)
            if held.status == ArticleStatus.SCHEDULED and held.published_at == article.published_at:
                _move(held, ArticleStatus.PUBLISHED, by=None, at=at)
                # Its own card is the same as before: what is kept for readers is not.
                revision.bump()
                done += 1
    return done


def missing_particulars(content: Content, things: Things) -> Iterator[str]:
    """What keeps a content from being published."""
    words = content.words.get(Language.FR, Words())
    facts = {
        gettext_noop("the French standfirst"): words.standfirst.strip(),
        gettext_noop("the French text"): words.body.strip(),
        gettext_noop("the author"): content.author in things.authors,
        gettext_noop("a source"): content.sources,
        gettext_noop("the day of the review"): content.reviewed_on,
        gettext_noop("a question with its answer"): content.form is ArticleForm.ARTICLE
        or markdown.questions(words.body),
    }
    yield from (what for what, known in facts.items() if not known)
    named = references.named_in(content)
    known_things = {
        TagKind.PICTURE: things.pictures,
        TagKind.PRODUCT: things.products,
        TagKind.VIDEO: things.videos,
        TagKind.ARTICLE: things.articles,
        TagKind.TOPIC: things.topics,
    }
    for kind, found in known_things.items():
        yield from (f"{kind}:{name}" for name in sorted(named[kind]) if name not in found)
    for words in content.words.values():
        yield from markdown.foreign_pictures(words.body)


def marks_of(article: Article, content: Content, things: Things) -> list[Mark]:
    """The claims in a content of an article, those that a vet let stand included."""
    foods = references.foods_among(things)
    shown = references.named_in(content)[TagKind.PRODUCT]
    has_cards = any(f"product:{slug}" in foods for slug in shown)
    return [
        mark
        for language, words in content.words.items()
        for mark in claims.marks(
            words, language, subject=f"article:{article.pk}", foods=foods, has_cards=has_cards
        )
    ]


def standing(marks: Sequence[Mark]) -> list[Mark]:
    """The marks that no vet has let stand."""
    let = set(
        ClaimOverride.objects.filter(
            fingerprint__in=[mark.fingerprint for mark in marks]
        ).values_list("fingerprint", flat=True)
    )
    return [mark for mark in marks if mark.fingerprint not in let]


def override_claims(
    *, article: Article, expected_version: int, reason: str, by: Person, at: datetime
) -> list[Mark]:
    """A vet lets the words marked in the latest revision stand, with a reason, and signs for it.

    It holds for those passages as they are: a changed one is marked anew.

    Raises:
        Stale: somebody saved since `expected_version` was read.
        Invalid: no reason, or one of over 500 characters.
    """
    with transaction.atomic():
        article = locked(article, expected_version=expected_version)
        content = access.revision_of(article).content
        marks = standing(marks_of(article, content, references.gather([content])))
        let_stand(marks, subject=f"article:{article.pk}", reason=reason, by=by, at=at)
        if marks:
            changes = {
                "words": ["", ", ".join(mark.word for mark in marks)],
                "reason": ["", reason],
            }
            audit.record(action="article.claims", subject=article, by=by, at=at, changes=changes)
    return marks


def let_stand(
    marks: Sequence[Mark], *, subject: str, reason: str, by: Person, at: datetime
) -> None:
    """Raises: Invalid."""
    reason = reason.strip()
    if not reason or len(reason) > _LONGEST_REASON or "\x00" in reason:
        expected = str(_("a reason of 1 to 500 characters"))
        raise Invalid(path=["input", "reason"], value=reason[:_LONGEST_REASON], expected=expected)
    ClaimOverride.objects.bulk_create(
        {
            mark.fingerprint: ClaimOverride(
                fingerprint=mark.fingerprint,
                subject=subject,
                word=mark.word,
                excerpt=mark.excerpt,
                reason=reason,
                at=at,
                by=by,
            )
            for mark in marks
        }.values()
    )


def refuse_marked(marks: Sequence[Mark]) -> None:
    """Raises: ClaimNotAllowed."""
    for mark in standing(marks):
        raise ClaimNotAllowed(
            path=["input", "id"], word=mark.word, excerpt=mark.excerpt, article=mark.article
        )


def _show_latest(article: Article) -> None:
    """Raises: ArticleNotPublishable, MedicineShown, ClaimNotAllowed."""
    latest = access.revision_of(article)
    content = latest.content
    things = references.gather([content])
    for missing in missing_particulars(content, things):
        raise ArticleNotPublishable(title=content.title, missing=_(missing))
    for slug in references.medicines_among(things):
        raise MedicineShown(path=["input", "id"], slug=slug)
    refuse_marked(marks_of(article, content, things))
    article.shown = latest


def _held(article: Article) -> Article:
    return Article.objects.select_for_update(of=("self",)).get(pk=article.pk)


def _refuse_unless(article: Article, *statuses: ArticleStatus) -> None:
    if article.status not in statuses:
        _refuse_state(article)


def _refuse_state(article: Article) -> NoReturn:
    raise ArticleInWrongState(path=["input", "id"], status=article.status)


def _move(article: Article, status: ArticleStatus, *, by: Person | None, at: datetime) -> None:
    """Keep the new state, and show or hide what follows from it."""
    changes = {"status": [article.status, status], "version": ["", article.version]}
    article.status = status
    article.save(update_fields=["status", "shown", "published_at"])
    audit.record(action="article.status", subject=article, by=by, at=at, changes=changes)
    cards.project([article.pk, *cards.showing(article=article.pk)])
