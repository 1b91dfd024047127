"""Videos: nothing is shown without a poster and captions, nothing of others before consent."""

import json

import pytest

from accounts.models import AuditEntry
from advice import videos
from advice.models import ArticleCard, Captions, ClaimOverride, Video
from advice.publishing import ClaimNotAllowed
from advice.videos import VideoFacts, VideoNotPublishable, VideoSlugTaken
from clinic import revision
from kernel.animals import Language
from kernel.refusals import Invalid
from tests.advice.builders import picture, published, video
from tests.builders import NOW, person

pytestmark = pytest.mark.django_db
CLAIM = "WEBVTT\n\n00:00.000 --> 00:02.000\nCette pâtée guérit.\n"


def captioned(row, vtt, language=Language.FR):
    return videos.keep_captions(video=row, language=language, vtt=vtt, by=None, at=NOW)


def facts(**given):
    return VideoFacts(**{"title_fr": "Peser", "description_fr": "Ainsi.", **given})


def test_a_video_is_shown_with_its_poster_captions_and_transcript():
    before = revision.current().number
    row = video()
    assert (row.status, row.published_at) == ("PUBLISHED", NOW)
    assert row.captions.get().transcript == "Pesez votre chat chaque mois."
    assert revision.current().number == before + 1


@pytest.mark.parametrize(
    ("change", "missing"),
    [
        ({"external_url": ""}, "la vidéo"),
        ({"poster": None}, "l’image d’attente"),
    ],
)
def test_a_video_that_lacks_something_is_not_shown(change, missing):
    row = video(publish=False, **change)
    with pytest.raises(VideoNotPublishable) as refused:
        videos.publish_video(video=row, by=None, at=NOW)
    assert refused.value.facts["missing"] == missing
    row.refresh_from_db()
    assert (row.status, row.published_at) == ("DRAFT", None)


def test_a_video_without_french_captions_is_not_shown():
    row = video(publish=False)
    Captions.objects.update(language="en")
    with pytest.raises(VideoNotPublishable) as refused:
        videos.publish_video(video=row, by=None, at=NOW)
    assert refused.value.facts["missing"] == "les sous-titres en français"


def test_a_video_on_show_does_not_lose_what_it_needs():
    row = video()
    before = (AuditEntry.objects.count(), revision.current())
    with pytest.raises(VideoNotPublishable):
        videos.change_video(video=row, facts=facts(), by=None, at=NOW)
    assert Video.objects.get().external_url == "https://videos.example/peser"
    assert (AuditEntry.objects.count(), revision.current()) == before


def test_words_said_beside_a_food_are_checked_too():
    row = video(publish=False)
    captioned(row, CLAIM)
    with pytest.raises(ClaimNotAllowed):
        videos.publish_video(video=row, by=None, at=NOW)
    vet = person()
    videos.override_video_claims(video=row, reason="Ironie.", by=vet, at=NOW)
    assert ClaimOverride.objects.get().subject == f"video:{row.pk}"
    assert videos.publish_video(video=row, by=None, at=NOW).status == "PUBLISHED"


def test_captions_of_a_video_on_show_are_checked_before_they_are_kept():
    row = video()
    with pytest.raises(ClaimNotAllowed):
        captioned(row, CLAIM)
    assert Captions.objects.get().transcript == "Pesez votre chat chaque mois."


@pytest.mark.parametrize("vtt", ["", "pas du WebVTT", "WEBVTT\n\n00:00.000 --> 00:01.000\na\x00"])
def test_captions_that_are_none_are_refused(vtt):
    row = video(publish=False)
    with pytest.raises(Invalid):
        captioned(row, vtt)
    assert Captions.objects.get().transcript == "Pesez votre chat chaque mois."


@pytest.mark.parametrize(
    "url",
    ["http://v.example/a", "javascript:alert(1)", "data:text/html,x", "https://", "//v.example"],
)
def test_an_address_elsewhere_is_https(url):
    with pytest.raises(Invalid):
        videos.start_video(facts=facts(external_url=url), by=None, at=NOW)
    assert Video.objects.count() == 0


def test_two_videos_have_two_addresses():
    videos.start_video(facts=facts(), by=None, at=NOW)
    with pytest.raises(VideoSlugTaken):
        videos.start_video(facts=facts(), by=None, at=NOW)
    assert Video.objects.get().slug == "peser"


@pytest.mark.parametrize(
    ("name", "data", "is_kept"),
    [
        ("a.mp4", b"\0\0\0\x18ftypmp42", True),
        ("a.WEBM", b"\x1a\x45\xdf\xa3rest", True),
        ("a.mp4", b"\x1a\x45\xdf\xa3rest", False),
        ("a.html", b"<script>", False),
        ("a.mp4", b"", False),
        ("a.mp4", b"\0\0\0\x18ftyp" + b"0" * (64 * 1024 * 1024), False),
    ],
    ids=["mp4", "webm", "wrong ending", "a page", "empty", "too heavy"],
)
def test_a_file_is_what_its_name_says(name, data, is_kept):
    row = videos.start_video(facts=facts(), by=None, at=NOW)
    if is_kept:
        kept = videos.keep_file(video=row, data=data, name=name, by=None, at=NOW)
        assert kept.file.startswith("videos/")
        return
    with pytest.raises(Invalid):
        videos.keep_file(video=row, data=data, name=name, by=None, at=NOW)
    assert Video.objects.get().file == ""


def test_a_video_withdrawn_leaves_the_articles_that_show_it():
    row = video()
    article = published(videos=(row.slug,), body=f"![](video:{row.slug})")

    def shown():
        return json.loads(ArticleCard.objects.get(pk=article.pk).detail_fr)

    assert (len(shown()["videos"]), "/videos/peser-un-chat" in shown()["html"]) == (1, True)
    videos.withdraw_video(video=row, by=None, at=NOW)
    assert (shown()["videos"], shown()["html"]) == ([], "")


def test_the_same_picture_twice_is_one():
    first, second = picture(), picture()
    assert first.key != second.key
