"""schema.org descriptions of articles and videos, for search engines."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.core.files.storage import default_storage

from advice.models import Video
from advice.reading import ArticleBody
from advice.references import article_url, video_url, worded
from catalog.gallery import rendition_url
from kernel.animals import Language

type Json = dict[str, Any]

_CONTEXT = {"@context": "https://schema.org"}


def article(body: ArticleBody, *, publisher: str) -> list[Json]:
    """A schema.org Article; for questions a FAQPage beside it, and a VideoObject for each video.

    Source: schema.org/Article, schema.org/FAQPage, schema.org/VideoObject.
    """
    brief, detail = body.brief, body.detail or {}
    address = article_url(brief["slug"])
    told: Json = {
        **_CONTEXT,
        "@type": "Article",
        "headline": brief["title"],
        "description": brief["standfirst"],
        "inLanguage": brief["language"],
        "url": address,
        "mainEntityOfPage": address,
        "datePublished": body.published_at.isoformat(),
        "dateModified": body.updated_at.isoformat(),
        "publisher": {
            "@type": "VeterinaryCare",
            "name": publisher,
            "url": settings.STOREFRONT_URL,
        },
        "keywords": [each["name"] for each in brief["topics"]],
        "timeRequired": f"PT{brief['minutes']}M",
        "citation": [
            {"@type": "CreativeWork", "name": each["title"]}
            | ({"url": each["url"]} if each["url"] else {})
            for each in detail.get("sources", ())
        ],
    }
    if brief["author"]:
        author = brief["author"]
        told["author"] = {"@type": "Person", "name": author["name"], "jobTitle": author["title"]}
    if image := image_of(brief["cover"]):
        told["image"] = image
    found = [told]
    if detail.get("questions"):
        found.append(_questions(detail["questions"], address))
    return found + [video_of_card(each) for each in detail.get("videos", ())]


def _questions(asked: list[list[str]], address: str) -> Json:
    return {
        **_CONTEXT,
        "@type": "FAQPage",
        "url": address,
        "mainEntity": [
            {
                "@type": "Question",
                "name": question,
                "acceptedAnswer": {"@type": "Answer", "text": answer},
            }
            for question, answer in asked
        ],
    }


def video_of_card(facts: Mapping[str, Any]) -> Json:
    """A VideoObject of what a card tells of a video: enough to lead to its page."""
    told: Json = {
        **_CONTEXT,
        "@type": "VideoObject",
        "name": facts["title"],
        "description": facts["description"],
        "url": video_url(facts["slug"]),
        "uploadDate": facts["published_at"],
        "thumbnailUrl": image_of(facts["poster"]),
    }
    if facts["duration_s"]:
        told["duration"] = f"PT{facts['duration_s']}S"
    return told


def video(row: Video, facts: Mapping[str, Any], language: Language) -> Json:
    """A VideoObject with its transcript; a file of ours is told by its address, others' never."""
    said = {each.language: each.transcript for each in row.captions.all()}
    told = video_of_card(facts) | {
        "inLanguage": language,
        "name": worded(row, "title", language),
        "transcript": said.get(language) or said.get(Language.FR, ""),
    }
    if row.file:
        told["contentUrl"] = absolute(default_storage.url(row.file))
    return told


def image_of(picture: Mapping[str, Any] | None) -> str:
    """The whole address of the widest rendition; nothing while it is not drawn."""
    if not picture or not picture["renditions"]:
        return ""
    return absolute(rendition_url(picture["renditions"][-1][1]))


def absolute(url: str) -> str:
    return url if "://" in url else f"{settings.PUBLIC_URL}{url}"
