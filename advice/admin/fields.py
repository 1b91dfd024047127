"""Fields of the pages of advice: Markdown with a live preview, sources and slugs a line each."""

from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextareaWidget

from advice.content import Source


class MarkdownWidget(UnfoldAdminTextareaWidget):
    """A text area whose preview is drawn by the shop itself: what is seen is what is published.

    Pictures are dropped on it, pasted into it or chosen by a button.
    """

    template_name = "admin/advice/markdown.html"

    class Media:
        js: ClassVar = ("advice/editor.js",)
        css: ClassVar = {"all": ("advice/editor.css",)}

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(name, value, attrs)
        context["preview"] = reverse("admin:advice_article_preview")
        context["drop"] = reverse("admin:advice_article_drop")
        return context


class MarkdownField(forms.CharField):
    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("required", False)
        super().__init__(widget=MarkdownWidget(attrs={"rows": 18}), strip=False, **kwargs)

    def clean(self, value: Any) -> str:
        return str(super().clean(value)).replace("\r\n", "\n")


class LinesField(forms.CharField):
    """Several words, one a line."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("required", False)
        super().__init__(widget=UnfoldAdminTextareaWidget(attrs={"rows": 4}), **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return value if isinstance(value, str) else "\n".join(value or ())

    def clean(self, value: Any) -> tuple[str, ...]:
        lines = (line.strip() for line in str(super().clean(value)).splitlines())
        return tuple(dict.fromkeys(line for line in lines if line))


class SourcesField(forms.CharField):
    """Sources, one a line: a title, and after a bar its address."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("required", False)
        kwargs.setdefault("help_text", _("One a line: title | https://address"))
        super().__init__(widget=UnfoldAdminTextareaWidget(attrs={"rows": 4}), **kwargs)

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, str):
            return value
        return "\n".join(f"{each.title} | {each.url}".rstrip(" |") for each in value or ())

    def clean(self, value: Any) -> tuple[Source, ...]:
        found = []
        for line in filter(None, map(str.strip, str(super().clean(value)).splitlines())):
            title, _bar, url = line.partition("|")
            if not title.strip():
                raise ValidationError(_("One a line: title | https://address"))
            found.append(Source(title=title.strip(), url=url.strip()))
        return tuple(found)
