"""The form of an article: its content as fields, and the version that the writer read."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextareaWidget

from accounts.admin.fields import ChoiceField, DayField, TextField, TicksField
from accounts.admin.labels import animal, choices
from advice import access
from advice.admin import labels
from advice.admin.fields import LinesField, MarkdownField, SourcesField
from advice.content import LONGEST, Content, Words
from advice.models import Article, Author, Picture, Topic
from advice.vocabulary import ArticleForm
from kernel.animals import Condition, Language, LifeStage, Species

_TICKED = {"species": Species, "life_stages": LifeStage, "conditions": Condition}


def _standfirst(label: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        required=False,
        max_length=LONGEST["standfirst"],
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}),
    )


def _authors() -> list[tuple[str, str]]:
    return [("", "—"), *((each.slug, str(each)) for each in Author.objects.all()[:200])]


def _pictures() -> list[tuple[str, str]]:
    return [("", "—"), *((each.key, str(each)) for each in Picture.objects.all()[:500])]


def _topics() -> list[tuple[str, str]]:
    return [(each.slug, str(each)) for each in Topic.objects.all()[:200]]


class ContentForm(forms.ModelForm):
    """All that a revision keeps; nothing of it is a column of the article."""

    title_fr = TextField(label=_("Title (French)"), max_length=LONGEST["title"])
    standfirst_fr = _standfirst(_("Standfirst (French)"))
    body_fr = MarkdownField(label=_("Text (French)"))
    title_en = TextField(label=_("Title (English)"), max_length=LONGEST["title"], required=False)
    standfirst_en = _standfirst(_("Standfirst (English)"))
    body_en = MarkdownField(label=_("Text (English)"))
    form = ChoiceField(label=_("Form"), choices=choices(ArticleForm, labels.FORMS.__getitem__))
    author = ChoiceField(label=_("Author"), choices=_authors, required=False)
    cover = ChoiceField(label=_("Cover"), choices=_pictures, required=False)
    topics = TicksField(label=_("Topics"), choices=_topics)
    species = TicksField(label=_("Species"), choices=choices(Species, animal))
    life_stages = TicksField(label=_("Life stages"), choices=choices(LifeStage, animal))
    conditions = TicksField(label=_("Conditions"), choices=choices(Condition, animal))
    products = LinesField(label=_("Products"), help_text=_("Their addresses (slugs), one a line."))
    videos = LinesField(label=_("Videos"), help_text=_("Their addresses (slugs), one a line."))
    sources = SourcesField(label=_("Sources"))
    reviewed_on = DayField(label=_("Reviewed on"), required=False)
    next_review_on = DayField(label=_("Next review"), required=False)
    note = TextField(label=_("What changed"), max_length=200, required=False)
    expected_version = forms.IntegerField(required=False, widget=forms.HiddenInput())

    class Meta:
        model = Article
        fields = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is None:
            return
        kept = access.revision_of(self.instance).content
        for name, value in self._told(kept).items():
            if name in self.fields:
                self.fields[name].initial = value

    def _told(self, kept: Content) -> dict[str, Any]:
        said = {
            f"{name}_{language}": getattr(kept.words.get(language, Words()), name)
            for language in Language
            for name in LONGEST
        }
        names = ("form", "author", "cover", "products", "videos", "sources", "reviewed_on")
        facts = {name: getattr(kept, name) for name in (*names, "next_review_on")}
        ticks = {name: list(getattr(kept, name)) for name in ("topics", *_TICKED)}
        return {**said, **facts, **ticks, "expected_version": self.instance.version}

    def content(self) -> Content:
        given = self.cleaned_data
        said = {
            language: Words(**{name: given[f"{name}_{language}"] for name in LONGEST})
            for language in Language
        }
        ticked: dict[str, Any] = {
            name: tuple(kind(each) for each in given[name]) for name, kind in _TICKED.items()
        }
        facts = {
            name: given[name]
            for name in ("author", "cover", "products", "videos", "sources", "reviewed_on")
        }
        return Content(
            words={each: words for each, words in said.items() if words != Words()},
            form=ArticleForm(given["form"]),
            topics=tuple(given["topics"]),
            next_review_on=given["next_review_on"],
            **ticked,
            **facts,
        )
