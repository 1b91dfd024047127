"""Articles and videos in short, for tests of a few lines."""

import dataclasses
import itertools
from datetime import date, datetime
from io import BytesIO
from typing import Any

from PIL import Image

from advice import album, naming, publishing, videos, writing
from advice.content import Content, Source, Words
from advice.models import Article, Author, Picture, Topic, Video
from advice.videos import VideoFacts
from kernel import pictures
from kernel.animals import Language
from tests.builders import NOW

VTT = "WEBVTT\n\n00:00.000 --> 00:04.000\nPesez votre chat chaque mois.\n"
_numbers = itertools.count(1)


def author(slug: str = "anne", name: str = "Anne Le Goff") -> Author:
    found = Author.objects.filter(slug=slug).first()
    if found is None:
        found = Author(slug=slug, name=name, title_fr="vétérinaire", title_en="vet")
        naming.keep_author(author=found, by=None, at=NOW)
    return found


def topic(slug: str = "poids", name: str = "Poids") -> Topic:
    found = Topic.objects.filter(slug=slug).first()
    if found is None:
        found = Topic(slug=slug, name_fr=name, name_en=slug.capitalize())
        naming.keep_topic(topic=found, by=None, at=NOW)
    return found


def content(title: str = "Peser son chat", **facts: Any) -> Content:
    """A content that can be published; `body`, `standfirst` and `english` in short."""
    said = Words(
        title=title,
        standfirst=facts.pop("standfirst", "Comment, et quand."),
        body=facts.pop("body", "## Pourquoi\n\nLe poids dit beaucoup."),
    )
    words = {Language.FR: said}
    english = facts.pop("english", None)
    if english:
        words[Language.EN] = Words(*english)
    author()
    given = {
        "author": "anne",
        "sources": (Source("WSAVA", "https://wsava.org/"),),
        "reviewed_on": date(2026, 10, 1),
        **facts,
    }
    return Content(words=words, **given)


def draft(title: str = "Peser son chat", *, slug: str = "", **facts: Any) -> Article:
    return writing.start_article(content=content(title, **facts), by=None, at=NOW, slug=slug)


def published(
    title: str = "Peser son chat", *, slug: str = "", at: datetime = NOW, **facts: Any
) -> Article:
    return shown(draft(title, slug=slug, **facts), at=at)


def shown(article: Article, *, at: datetime = NOW) -> Article:
    return publishing.publish(article=article, expected_version=article.version, by=None, at=at)


def edited(article: Article, *, at: datetime = NOW, **changes: Any) -> Article:
    """The article with another French text, or other facts."""
    now = article.revisions.latest("number").content
    said = {each: changes.pop(each) for each in ("title", "standfirst", "body") if each in changes}
    words = {**now.words, Language.FR: dataclasses.replace(now.words[Language.FR], **said)}
    return writing.edit_article(
        article=article,
        content=dataclasses.replace(now, words=words, **changes),
        expected_version=article.version,
        by=None,
        at=at,
    )


def png() -> bytes:
    """A picture like no other."""
    file = BytesIO()
    number = next(_numbers)
    Image.new("RGB", (400, 300), (number % 256, number // 256, 7)).save(file, "PNG")
    return file.getvalue()


def picture(alt: str = "Un chat sur une balance") -> Picture:
    data = png()
    made = album.add_picture(data=data, alt=(alt, ""), by=None, at=NOW, credit="Clinique")
    album.keep_renditions(picture=made, drawn=pictures.render(data))
    return Picture.objects.get(pk=made.pk)


def video(title: str = "Peser un chat", *, publish: bool = True, **facts: Any) -> Video:
    given = VideoFacts(
        title_fr=title,
        **{
            "description_fr": "En une minute.",
            "external_url": "https://videos.example/peser",
            "poster": picture(),
            "duration_s": 60,
            **facts,
        },
    )
    made = videos.start_video(facts=given, by=None, at=NOW)
    videos.keep_captions(video=made, language=Language.FR, vtt=VTT, by=None, at=NOW)
    return videos.publish_video(video=made, by=None, at=NOW) if publish else made
