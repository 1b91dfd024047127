"""Videos: a file or an address elsewhere, with a poster and captions, published and withdrawn."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import datetime
from pathlib import PurePosixPath

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from accounts import audit
from accounts.models import Person
from advice import captions, cards, claims, publishing, writing
from advice.captions import UnsoundCaptions
from advice.claims import Mark
from advice.content import Words
from advice.events import AdviceTextChanged
from advice.models import Captions, Picture, Video
from advice.references import worded
from advice.vocabulary import VideoStatus
from clinic import revision
from kernel import events
from kernel.animals import Language, Species
from kernel.refusals import ErrorCode, Invalid, Refusal

FOLDER = "videos"
MAX_BYTES = 64 * 1024 * 1024
_LONGEST_SLUG = 120
_LONGEST_DESCRIPTION = 1000
#: What a file begins with, at an offset, by the ending of its name.
_SIGNATURES = {".mp4": (4, b"ftyp"), ".webm": (0, b"\x1a\x45\xdf\xa3")}


class VideoNotPublishable(Refusal):
    """Something that visitors need is missing: a poster, captions, the video itself."""

    code = ErrorCode.NOT_PUBLISHABLE
    words = _("%(title)s cannot be published: %(missing)s is missing.")


class VideoSlugTaken(Refusal):
    code = ErrorCode.ALREADY_USED
    words = _("The address %(slug)s belongs to another video.")


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoFacts:
    """What a video is; the file is kept by `keep_file`, the words said in it by `keep_captions`."""

    title_fr: str
    description_fr: str
    title_en: str = ""
    description_en: str = ""
    species: tuple[Species, ...] = ()
    external_url: str = ""
    poster: Picture | None = None
    duration_s: int | None = None


def start_video(*, facts: VideoFacts, by: Person | None, at: datetime, slug: str = "") -> Video:
    """Open a draft; its address comes from the title when not given.

    Raises:
        Invalid: no title, or an address elsewhere that does not begin with https.
        VideoSlugTaken: another video has that address.
    """
    _refuse_unsound(facts)
    slug = slug or slugify(facts.title_fr)[:_LONGEST_SLUG].strip("-")
    with transaction.atomic():
        if not slug or Video.objects.filter(slug=slug).exists():
            raise VideoSlugTaken(path=["input", "slug"], slug=slug)
        video = Video.objects.create(slug=slug, **_stored(facts))
        changes = {"title": ["", video.title_fr]}
        audit.record(action="video.start", subject=video, by=by, at=at, changes=changes)
    return video


def change_video(*, video: Video, facts: VideoFacts, by: Person | None, at: datetime) -> Video:
    """Change what a video is; a published one stays sound, or stays as it was.

    Raises:
        Invalid: no title, or an address elsewhere that does not begin with https.
        VideoNotPublishable: it is published, and would lack something.
        ClaimNotAllowed: it is published, and a word would stand beside a food.
    """
    _refuse_unsound(facts)
    with transaction.atomic():
        video = _held(video)
        changes = {
            name: [str(getattr(video, name)), str(value)]
            for name, value in _stored(facts).items()
            if getattr(video, name) != value
        }
        Video.objects.filter(pk=video.pk).update(**_stored(facts), indexed=False)
        if changes:
            audit.record(action="video.change", subject=video, by=by, at=at, changes=changes)
            _show(video)
    return Video.objects.get(pk=video.pk)


def keep_captions(
    *, video: Video, language: Language, vtt: str, by: Person | None, at: datetime
) -> Captions:
    """Keep what is said in a language, in place of what was kept.

    Raises:
        Invalid: no WebVTT; says which block is wrong.
        ClaimNotAllowed: it is published, and a word would stand beside a food.
    """
    try:
        transcript = captions.transcript_of(vtt)
    except UnsoundCaptions as unsound:
        expected = str(_("WebVTT; see block %(number)s") % {"number": unsound})
        raise Invalid(path=["input", "vtt"], value=vtt[:40], expected=expected) from None
    if "\x00" in vtt:
        expected = str(_("text without control characters"))
        raise Invalid(path=["input", "vtt"], value="", expected=expected)
    with transaction.atomic():
        video = _held(video)
        kept, _is_new = Captions.objects.update_or_create(
            video=video, language=language, defaults={"vtt": vtt, "transcript": transcript}
        )
        changes = {"language": ["", language]}
        audit.record(action="video.captions", subject=video, by=by, at=at, changes=changes)
        _show(video)
    return kept


def keep_file(*, video: Video, data: bytes, name: str, by: Person | None, at: datetime) -> Video:
    """Keep the video itself, an MP4 or a WebM, in place of what was kept.

    Raises:
        Invalid: another kind of file, or one of over 64 MB.
    """
    ending = PurePosixPath(name).suffix.lower()
    offset, mark = _SIGNATURES.get(ending, (0, b"\x00no such file"))
    if data[offset : offset + len(mark)] != mark or len(data) > MAX_BYTES:
        expected = str(_("an MP4 or WebM file of at most 64 MB"))
        raise Invalid(path=["input", "file"], value=name[:80], expected=expected)
    stored = f"{FOLDER}/{hashlib.sha256(data).hexdigest()[:32]}{ending}"
    if not default_storage.exists(stored):
        default_storage.save(stored, ContentFile(data))
    with transaction.atomic():
        video = _held(video)
        Video.objects.filter(pk=video.pk).update(file=stored)
        audit.record(
            action="video.file", subject=video, by=by, at=at, changes={"file": [video.file, stored]}
        )
        _show(video)
    return Video.objects.get(pk=video.pk)


def publish_video(*, video: Video, by: Person | None, at: datetime) -> Video:
    """Show a video to the public.

    Raises:
        VideoNotPublishable: no poster, no French captions, or no video.
        ClaimNotAllowed: a word stands beside a food, and no vet has let it stand.
    """
    with transaction.atomic():
        video = _held(video)
        if video.status != VideoStatus.PUBLISHED:
            video.published_at = video.published_at or at
            _move(video, VideoStatus.PUBLISHED, by=by, at=at)
    return video


def withdraw_video(*, video: Video, by: Person | None, at: datetime) -> Video:
    """Take a video from the public, and off the articles that show it."""
    with transaction.atomic():
        video = _held(video)
        if video.status != VideoStatus.WITHDRAWN:
            _move(video, VideoStatus.WITHDRAWN, by=by, at=at)
    return video


def override_video_claims(*, video: Video, reason: str, by: Person, at: datetime) -> list[Mark]:
    """A vet lets the words marked in a video stand, with a reason.

    Raises:
        Invalid: no reason, or one of over 500 characters.
    """
    with transaction.atomic():
        marks = publishing.standing(marks_of_video(_held(video)))
        publishing.let_stand(marks, subject=f"video:{video.pk}", reason=reason, by=by, at=at)
        if marks:
            changes = {
                "words": ["", ", ".join(mark.word for mark in marks)],
                "reason": ["", reason],
            }
            audit.record(action="video.claims", subject=video, by=by, at=at, changes=changes)
    return marks


def missing_of_video(video: Video) -> Iterator[str]:
    """What keeps a video from being published."""
    if not (video.file or video.external_url):
        yield gettext_noop("the video")
    if video.poster is None:
        yield gettext_noop("the poster")
    if not video.captions.filter(language=Language.FR).exists():
        yield gettext_noop("the captions in French")


def marks_of_video(video: Video) -> list[Mark]:
    """The claims in what is written beside a video and said in it."""
    said = {each.language: each.transcript for each in video.captions.all()}
    return [
        mark
        for language in Language
        for mark in claims.marks(
            Words(
                title=worded(video, "title", language),
                standfirst=worded(video, "description", language),
                body=said.get(language, ""),
            ),
            language,
            subject=f"video:{video.pk}",
            foods=(),
            has_cards=False,
        )
    ]


def _stored(facts: VideoFacts) -> dict[str, object]:
    values = {each.name: getattr(facts, each.name) for each in fields(facts)}
    values["species"] = list(facts.species)
    return values


def _refuse_unsound(facts: VideoFacts) -> None:
    """Raises: Invalid."""
    for name in ("title_fr", "description_fr"):
        if not getattr(facts, name).strip():
            raise Invalid(path=["input", name], value="", expected=str(_("some words")))
    for name in ("description_fr", "description_en"):
        if len(getattr(facts, name)) > _LONGEST_DESCRIPTION:
            expected = str(_("at most 1,000 characters"))
            raise Invalid(path=["input", name], value="", expected=expected)
    if not writing.is_web_address(facts.external_url, may_lack=True):
        expected = str(_("an address that begins with https://"))
        raise Invalid(path=["input", "externalUrl"], value=facts.external_url, expected=expected)


def _held(video: Video) -> Video:
    return Video.objects.select_for_update(of=("self",)).get(pk=video.pk)


def _move(video: Video, status: VideoStatus, *, by: Person | None, at: datetime) -> None:
    changes = {"status": [video.status, status]}
    video.status, video.indexed = status, False
    video.save(update_fields=["status", "published_at", "indexed"])
    audit.record(action="video.status", subject=video, by=by, at=at, changes=changes)
    _show(video)


def _show(video: Video) -> None:
    """Let readers and the search see a video as it is now; one on show must be sound."""
    fresh = Video.objects.select_related("poster").get(pk=video.pk)
    if fresh.status == VideoStatus.PUBLISHED:
        for missing in missing_of_video(fresh):
            raise VideoNotPublishable(title=fresh.title_fr, missing=_(missing))
        publishing.refuse_marked(marks_of_video(fresh))
    elif fresh.published_at is None:
        return
    Video.objects.filter(pk=video.pk).update(indexed=False)
    events.enqueue(AdviceTextChanged(article_ids=[], video_ids=[video.pk]))
    cards.project(cards.showing(video=fresh.slug))
    revision.bump()
