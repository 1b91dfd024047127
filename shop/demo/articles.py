"""The articles and the video of the demonstration, written for it from the sources they name."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from advice import album, naming, publishing, videos, writing
from advice.content import Content, Source, Words
from advice.models import Article, Author, Picture, Topic
from advice.videos import VideoFacts
from advice.vocabulary import ArticleForm
from kernel import pictures
from kernel.animals import Condition, Language, LifeStage, Species
from shop.demo.packshots import draw_packshot

_REVIEWED_AFTER = timedelta(days=365)
_BETWEEN = timedelta(days=4)

_AUTHORS: Final = (
    ("anne-le-goff", "Dr Anne Le Goff", "vétérinaire", "vet"),
    ("yann-kerbrat", "Dr Yann Kerbrat", "vétérinaire", "vet"),
    ("maelle-riou", "Maëlle Riou", "auxiliaire vétérinaire", "veterinary nurse"),
)
_TOPICS: Final = (
    ("alimentation", "Alimentation", "Feeding"),
    ("poids", "Poids", "Weight"),
    ("digestion", "Digestion", "Digestion"),
    ("parasites", "Parasites", "Parasites"),
    ("hygiene", "Hygiène", "Hygiene"),
    ("premiers-soins", "Premiers soins", "First aid"),
    ("reins", "Reins et urines", "Kidneys and urine"),
    ("jeune-animal", "Jeune animal", "Young animals"),
    ("senior", "Animal âgé", "Older animals"),
    ("comportement", "Comportement", "Behaviour"),
    ("nac", "Petits animaux", "Small animals"),
)
#: What each drawing shows: its words, and the form of pack that is drawn.
_DRAWINGS: Final = {
    "balance": ("Une balance de cuisine et un sac de croquettes", "dry"),
    "etiquette": ("Le dos d’un sachet et son étiquette", "wet"),
    "crochet": ("Un crochet à tiques dans son étui", "tool"),
    "cuisine": ("Une boîte fermée sur un plan de travail", "tin"),
}
_VTT: Final = """WEBVTT

00:00.000 --> 00:05.000
Posez la caisse ouverte sur la balance et remettez à zéro.

00:05.000 --> 00:11.000
Laissez le chat entrer de lui-même, une récompense au fond.

00:11.000 --> 00:17.000
Attendez que le chiffre se stabilise, puis notez-le avec la date.

00:17.000 --> 00:23.000
Moins cinq pour cent en un mois ? Appelez la clinique.
"""
#: These two show the desk what waits: one for its moment, one for whoever publishes.
_SCHEDULED, _IN_REVIEW = "caisse-de-transport-sans-drame", "cochon-d-inde-vitamine-c"


@dataclass(frozen=True, slots=True)
class Written:
    """A file of the demonstration: its facts, line by line, and its text."""

    slug: str
    facts: dict[str, str]
    body: str

    def several(self, name: str) -> tuple[str, ...]:
        return tuple(filter(None, (each.strip() for each in self.facts.get(name, "").split(","))))


def load_advice(folder: Path, *, at: datetime) -> None:
    """Topics, authors, a video, and every article of the folder, the latest today."""
    for position, (slug, french, english) in enumerate(_TOPICS):
        topic = Topic(slug=slug, name_fr=french, name_en=english, position=position)
        naming.keep_topic(topic=topic, by=None, at=at)
    for slug, name, french, english in _AUTHORS:
        author = Author(slug=slug, name=name, title_fr=french, title_en=english)
        naming.keep_author(author=author, by=None, at=at)
    drawn = {name: _drawn(name, at=at) for name in _DRAWINGS}
    _load_video(drawn["balance"], at=at)
    for age, written in enumerate(written_in(folder)):
        _load(written, drawn, day=at - age * _BETWEEN, at=at)


def written_in(folder: Path) -> Iterator[Written]:
    """The files of a folder: lines of `name: value`, an empty line, then Markdown."""
    for path in sorted(folder.glob("*.md")):
        head, _blank, body = path.read_text(encoding="utf-8").partition("\n\n")
        lines = (line.partition(": ") for line in head.splitlines())
        facts = {name: value for name, _colon, value in lines}
        yield Written(slug=path.stem, facts=facts, body=body.strip())


def content_of(written: Written, *, cover: str, day: datetime) -> Content:
    facts = written.facts
    return Content(
        words={Language.FR: Words(facts["titre"], facts["chapeau"], written.body)},
        form=ArticleForm(facts.get("forme", ArticleForm.ARTICLE)),
        author=facts["auteur"],
        cover=cover,
        topics=written.several("themes"),
        species=tuple(Species(each) for each in written.several("especes")),
        life_stages=tuple(LifeStage(each) for each in written.several("ages")),
        conditions=tuple(Condition(each) for each in written.several("conditions")),
        products=written.several("produits"),
        videos=written.several("videos"),
        sources=tuple(_sources(facts["sources"])),
        reviewed_on=day.date(),
        next_review_on=(day + _REVIEWED_AFTER).date(),
    )


def _sources(text: str) -> Iterator[Source]:
    for each in text.split(" ; "):
        title, _bar, url = each.partition(" | ")
        yield Source(title=title.strip(), url=url.strip())


def _load(written: Written, drawn: dict[str, Picture], *, day: datetime, at: datetime) -> Article:
    image = written.facts.get("image", "")
    content = content_of(written, cover=drawn[image].key if image else "", day=day)
    article = writing.start_article(content=content, by=None, at=day, slug=written.slug)
    if written.slug == _IN_REVIEW:
        return publishing.submit(article=article, by=None, at=day)
    if written.slug == _SCHEDULED:
        moment = at + timedelta(days=2)
        return publishing.schedule(
            article=article, moment=moment, expected_version=1, by=None, at=at
        )
    return publishing.publish(article=article, expected_version=1, by=None, at=day)


def _drawn(name: str, *, at: datetime) -> Picture:
    words, form = _DRAWINGS[name]
    data = draw_packshot(
        name=words, brand="Petirelle", form=form, species=("cat",), pack="", seed=len(words)
    )
    picture = album.add_picture(data=data, alt=(words, ""), by=None, at=at, credit="Dessin")
    album.keep_renditions(picture=picture, drawn=pictures.render(data))
    return Picture.objects.get(pk=picture.pk)


def _load_video(poster: Picture, *, at: datetime) -> None:
    facts = VideoFacts(
        title_fr="Peser un chat en une minute",
        title_en="Weigh a cat in a minute",
        description_fr="Une caisse ouverte, une balance, une récompense.",
        description_en="An open carrier, scales, a treat.",
        species=(Species.CAT,),
        external_url="https://videos.trois-rivieres.example/peser-un-chat",
        poster=poster,
        duration_s=23,
    )
    video = videos.start_video(facts=facts, by=None, at=at)
    videos.keep_captions(video=video, language=Language.FR, vtt=_VTT, by=None, at=at)
    videos.publish_video(video=video, by=None, at=at)
