"""What articles are made of beside words: topics, authors, pictures; and what vets let stand."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from accounts.admin.acting import VerbAdmin, acting
from accounts.admin.fields import UploadField
from accounts.admin.labels import shown
from advice import album, naming
from advice.models import Author, ClaimOverride, Picture, Topic
from catalog.gallery import rendition_url
from clinic.admin import ReadOnly
from kernel import pictures


class Named(VerbAdmin):
    """Things whose slug stands in articles: it is chosen once, and they are never removed."""

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ("slug",) if obj else ()

    def get_prepopulated_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return {} if obj else self.prepopulated_fields


@admin.register(Topic)
class TopicAdmin(Named):
    list_display = ("name_fr", "name_en", "slug", "position")
    fields = ("name_fr", "name_en", "slug", "position")
    search_fields = ("name_fr", "slug")
    prepopulated_fields = {"slug": ("name_fr",)}

    def save_model(self, request: HttpRequest, obj: Topic, form: Any, change: Any) -> None:
        person, at = acting(request)
        naming.keep_topic(topic=obj, by=person, at=at)


@admin.register(Author)
class AuthorAdmin(Named):
    list_display = ("name", "title_fr", "slug")
    fields = ("name", "slug", "title_fr", "title_en")
    search_fields = ("name",)
    prepopulated_fields = {"slug": ("name",)}

    def save_model(self, request: HttpRequest, obj: Author, form: Any, change: Any) -> None:
        person, at = acting(request)
        naming.keep_author(author=obj, by=person, at=at)


class PictureForm(forms.ModelForm):
    picture = UploadField(
        label=_("Picture"),
        accept="image/jpeg,image/png,image/webp",
        help_text=_("JPEG, PNG or WebP."),
    )

    class Meta:
        model = Picture
        fields = ("alt_fr", "alt_en", "credit")


@admin.register(Picture)
class PictureAdmin(VerbAdmin):
    """Each is named in a text by `picture:` and its key."""

    list_display = ("pictured", "key", "credit", "added_at")
    search_fields = ("alt_fr", "key", "credit")
    readonly_fields = ("key",)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        own = ("alt_fr", "alt_en", "credit")
        return ("key", *own) if obj else ("picture", *own)

    def get_form(self, request: HttpRequest, obj: Any = None, change: Any = None, **kw: Any) -> Any:
        given = {**kw, **({} if obj else {"form": PictureForm})}
        return super().get_form(request, obj, change=change, **given)

    @display(description=_("picture"))
    def pictured(self, picture: Picture) -> SafeString:
        drawn = rendition_url(picture.renditions[0][1]) if picture.renditions else ""
        return shown(str(picture), f"picture:{picture.key}", drawn)

    def save_model(self, request: HttpRequest, obj: Picture, form: Any, change: Any) -> None:
        person, at = acting(request)
        alt = (form.cleaned_data["alt_fr"], form.cleaned_data["alt_en"])
        credit = form.cleaned_data["credit"]
        if change:
            album.describe_picture(picture=obj, alt=alt, credit=credit, by=person, at=at)
            return
        data = form.cleaned_data["picture"].read(pictures.MAX_BYTES + 1)
        made = album.add_picture(data=data, alt=alt, by=person, at=at, credit=credit)
        obj.pk, obj.key = made.pk, made.key


@admin.register(ClaimOverride)
class ClaimOverrideAdmin(ReadOnly):
    list_display = ("word", "subject", "reason", "by", "at")
    list_select_related = ("by",)
    search_fields = ("word", "excerpt", "reason")
    fields = ("word", "excerpt", "subject", "reason", "by", "at")
