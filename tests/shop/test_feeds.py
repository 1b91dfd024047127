"""What machines of others read of the shop."""

from datetime import timedelta

import pytest
from defusedxml import ElementTree
from django.test import Client
from django.utils import timezone

from advice import publishing, videos, writing
from advice.videos import VideoFacts
from tests.advice.builders import VTT, draft, published, topic, video
from tests.builders import NOW, make_clinic
from tests.builders import published as product_published

pytestmark = pytest.mark.django_db
ATOM = "{http://www.w3.org/2005/Atom}"
MAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
SITE = "http://127.0.0.1:8000"


def got(path, **headers):
    return Client(headers=headers).get(path)


def later():
    now = timezone.now()
    article = draft("Plus tard", slug="plus-tard")
    moment = now + timedelta(hours=1)
    publishing.schedule(article=article, moment=moment, expected_version=1, by=None, at=now)


def test_the_feed_has_the_newest_articles_that_may_be_read():
    make_clinic()
    topic()
    later()
    published("Vieux & sûr", slug="vieux", at=NOW - timedelta(days=1), topics=("poids",))
    published("Neuf", slug="neuf", english=("New", "How.", "Text."))
    response = got("/feeds/articles.atom")
    assert response["Content-Type"] == "application/atom+xml; charset=utf-8"
    root = ElementTree.fromstring(response.content)
    entries = root.findall(f"{ATOM}entry")
    assert root.find(f"{ATOM}title").text == "Clinique"
    assert [each.find(f"{ATOM}title").text for each in entries] == ["Neuf", "Vieux & sûr"]
    old = entries[1]
    assert old.find(f"{ATOM}link").get("href") == f"{SITE}/conseils/vieux"
    assert old.find(f"{ATOM}category").get("term") == "Poids"
    assert old.find(f"{ATOM}author/{ATOM}name").text == "Anne Le Goff"
    english = ElementTree.fromstring(
        got("/feeds/articles.atom", **{"accept-language": "en"}).content
    )
    assert english.find(f"{ATOM}entry/{ATOM}title").text == "New"


def test_an_entry_stays_the_same_one_when_its_address_changes():
    article = published(slug="a")

    def ids():
        root = ElementTree.fromstring(got("/feeds/articles.atom").content)
        return [each.text for each in root.findall(f"{ATOM}entry/{ATOM}id")]

    before = ids()
    writing.change_slug(article=article, slug="b", by=None, at=NOW)
    assert ids() == before == [f"{SITE}/conseils#{article.pk}"]


def test_the_sitemap_has_every_page_on_show_and_no_other():
    make_clinic()
    product_published("croq")
    published(slug="a")
    video()
    later()
    draft("Un brouillon")
    root = ElementTree.fromstring(got("/sitemap.xml").content)
    assert [each.find(f"{MAP}loc").text for each in root] == [
        f"{SITE}/produits/croq",
        f"{SITE}/conseils/a",
        f"{SITE}/videos/peser-un-chat",
    ]
    assert root[1].find(f"{MAP}lastmod").text == "2026-11-22T12:00:00+00:00"


def test_players_get_the_captions_of_what_is_on_show():
    row = video()
    response = got("/captions/peser-un-chat/fr.vtt")
    assert response["Content-Type"] == "text/vtt; charset=utf-8"
    assert response.content.decode() == VTT
    assert got("/captions/peser-un-chat/en.vtt").status_code == 404
    assert got("/captions/peser-un-chat/xx.vtt").status_code == 404
    videos.withdraw_video(video=row, by=None, at=NOW)
    assert got("/captions/peser-un-chat/fr.vtt").status_code == 404


@pytest.mark.parametrize(
    ("asked", "status", "content", "told"),
    [
        ("", 200, b"\0\0\0\x18ftypmp42", None),
        ("bytes=0-3", 206, b"\0\0\0\x18", "bytes 0-3/12"),
        ("bytes=4-", 206, b"ftypmp42", "bytes 4-11/12"),
        ("bytes=-4", 206, b"mp42", "bytes 8-11/12"),
        ("bytes=8-99", 206, b"mp42", "bytes 8-11/12"),
        ("bytes=12-", 416, b"", "bytes */12"),
        ("bytes=5-4", 416, b"", "bytes */12"),
        ("bytes=-", 200, b"\0\0\0\x18ftypmp42", None),
        ("bytes=0-1,4-5", 200, b"\0\0\0\x18ftypmp42", None),
        ("lines=0-1", 200, b"\0\0\0\x18ftypmp42", None),
    ],
)
def test_a_player_gets_the_stretch_of_a_video_that_it_asks_for(asked, status, content, told):
    facts = VideoFacts(title_fr="Peser", description_fr="Ainsi.")
    row = videos.start_video(facts=facts, by=None, at=NOW)
    data = b"\0\0\0\x18ftypmp42"
    row = videos.keep_file(video=row, data=data, name="a.mp4", by=None, at=NOW)
    response = got(f"/media/{row.file}", range=asked)
    found = b"".join(response) if response.streaming else response.content
    assert (response.status_code, found) == (status, content)
    assert response.get("Content-Range") == told
