"""Videos in the back office: the file or its address, the poster, the captions."""

from datetime import datetime
from typing import Any, cast

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display
from unfold.widgets import UnfoldAdminTextareaWidget

from accounts.admin.acting import Act, ActsAdmin, acting, has_duty
from accounts.admin.fields import TicksField, UploadField
from accounts.admin.labels import animal, choices, moment
from accounts.models import Person
from accounts.roles import Duty
from advice import publishing, references, videos
from advice.admin import labels
from advice.models import Video
from advice.videos import MAX_BYTES, VideoFacts
from advice.vocabulary import VideoStatus
from kernel.animals import Language, Species

type Given = dict[str, Any]

_FACTS = (
    *("title_fr", "title_en", "description_fr", "description_en", "external_url", "poster"),
    "duration_s",
)


def _captions(label: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        required=False,
        help_text=_("WebVTT: begins with WEBVTT, then times and words."),
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 10}),
    )


class VideoForm(forms.ModelForm):
    """What a video is, its file and what is said in it."""

    species = TicksField(label=_("Species"), choices=choices(Species, animal))
    sent = UploadField(label=_("Video file"), accept="video/mp4,video/webm", required=False)
    captions_fr = _captions(_("Captions (French)"))
    captions_en = _captions(_("Captions (English)"))

    class Meta:
        model = Video
        fields = _FACTS

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is None:
            return
        if "species" in self.fields:
            self.fields["species"].initial = self.instance.species
        for each in self.instance.captions.all():
            if f"captions_{each.language}" in self.fields:
                self.fields[f"captions_{each.language}"].initial = each.vtt

    def facts(self) -> VideoFacts:
        species = tuple(Species(each) for each in self.cleaned_data["species"])
        return VideoFacts(species=species, **{name: self.cleaned_data[name] for name in _FACTS})


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("Why these words may stand"),
        max_length=500,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}),
    )


def _publish(video: Video, _given: Given, by: Person, at: datetime) -> Promise:
    videos.publish_video(video=video, by=by, at=at)
    return _("The video is there for visitors.")


def _withdraw(video: Video, _given: Given, by: Person, at: datetime) -> Promise:
    videos.withdraw_video(video=video, by=by, at=at)
    return _("Visitors no longer see the video.")


def _override(video: Video, given: Given, by: Person, at: datetime) -> Promise:
    videos.override_video_claims(video=video, reason=given["reason"], by=by, at=at)
    return _("The marked words may stand.")


ACTS: tuple[Act[Video], ...] = (
    Act(
        name="publish",
        title=_("Publish"),
        button=_("Publish"),
        duty=Duty.PUBLISH_ADVICE,
        carry_out=_publish,
    ),
    Act(
        name="withdraw",
        title=_("Withdraw"),
        button=_("Withdraw"),
        duty=Duty.PUBLISH_ADVICE,
        carry_out=_withdraw,
    ),
    Act(
        name="claims",
        title=_("Let the marked words stand"),
        button=_("I answer for it"),
        duty=Duty.OVERRIDE_CLAIMS,
        carry_out=_override,
        form=ReasonForm,
    ),
)


@admin.register(Video)
class VideoAdmin(ActsAdmin):
    form = VideoForm
    acts = ACTS
    list_display = ("title_fr", "status_badge", "published")
    list_filter = ("status",)
    search_fields = ("title_fr", "slug")
    change_form_outer_before_template = "admin/advice/video_panel.html"
    fieldsets = (
        (None, {"fields": ("title_fr", "description_fr", "species", "poster")}),
        (_("The video"), {"fields": ("sent", "external_url", "duration_s")}),
        (_("What is said"), {"fields": ("captions_fr", "captions_en")}),
        (_("In English"), {"fields": ("title_en", "description_en")}),
    )

    def has_add_permission(self, request: HttpRequest) -> bool:
        return has_duty(request, Duty.WRITE_ADVICE)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return has_duty(request, Duty.WRITE_ADVICE)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @display(
        description=_("status"),
        ordering="status",
        label={"DRAFT": "warning", "PUBLISHED": "success", "WITHDRAWN": "danger"},
    )
    def status_badge(self, video: Video) -> tuple[str, str | Promise]:
        return video.status, labels.STATUSES[video.status]

    @display(description=_("published"), ordering="published_at")
    def published(self, video: Video) -> str:
        return moment(video.published_at)

    def save_model(self, request: HttpRequest, obj: Video, form: Any, change: Any) -> None:
        by, at = acting(request)
        facts = cast("VideoForm", form).facts()
        if change:
            kept = videos.change_video(video=obj, facts=facts, by=by, at=at)
        else:
            kept = videos.start_video(facts=facts, by=by, at=at)
            obj.pk, obj.slug = kept.pk, kept.slug
        file = form.cleaned_data["sent"]
        if file:
            data = file.read(MAX_BYTES + 1)
            videos.keep_file(video=kept, data=data, name=file.name, by=by, at=at)
        for language in Language:
            name = f"captions_{language}"
            if name in form.changed_data and form.cleaned_data[name]:
                vtt = form.cleaned_data[name]
                videos.keep_captions(video=kept, language=language, vtt=vtt, by=by, at=at)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        video = cast("Video | None", context.get("original"))
        if video is not None:
            marks = videos.marks_of_video(video)
            context["panel"] = {
                "video": video,
                "status_words": labels.STATUSES[video.status],
                "missing": list(map(gettext, videos.missing_of_video(video))),
                "marks": publishing.standing(marks),
                "acts": self.acts_open(request, video),
                "address": references.video_url(video.slug),
                "is_shown": video.status == VideoStatus.PUBLISHED,
            }
        context["show_save_and_add_another"] = context["show_save_and_continue"] = False
        response: HttpResponse = super().render_change_form(request, context, *args, **kwargs)
        return response
