"""Articles in the back office: written beside their preview, scheduled, compared, restored."""

from typing import Any, cast

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST
from unfold.decorators import display

from accounts.admin.acting import ActsAdmin, acting, has_duty, told
from accounts.admin.labels import day, moment, shown
from accounts.roles import Duty
from advice import access, album, claims, markdown, publishing, references, writing
from advice.admin import labels
from advice.admin.article_acts import ACTS
from advice.admin.forms import ContentForm
from advice.content import LONGEST, Content, Words, differences
from advice.models import Article
from advice.vocabulary import ArticleStatus
from kernel import pictures
from kernel.animals import Language
from kernel.refusals import Refusal

_MOST_REVISIONS = 100
_MAY = {
    "submit": (ArticleStatus.DRAFT, ArticleStatus.WITHDRAWN),
    "send_back": (ArticleStatus.IN_REVIEW, ArticleStatus.SCHEDULED),
    "withdraw": (ArticleStatus.SCHEDULED, ArticleStatus.PUBLISHED),
}


@admin.register(Article)
class ArticleAdmin(ActsAdmin):
    """An article; how far it has come, and what keeps it from readers, stand above its form."""

    form = ContentForm
    acts = ACTS
    list_display = ("named", "status_badge", "published", "review")
    list_filter = ("status",)
    search_fields = ("title", "slug")
    list_per_page = 50
    list_select_related = ("shown",)
    ordering = ("-pk",)
    warn_unsaved_form = True
    change_form_outer_before_template = "admin/advice/article_panel.html"
    fieldsets = (
        (None, {"fields": ("title_fr", "standfirst_fr", "body_fr", "note", "expected_version")}),
        (_("About"), {"fields": ("form", "author", "cover", "topics")}),
        (_("For whom"), {"fields": ("species", "life_stages", "conditions")}),
        (_("Shown beside"), {"fields": ("products", "videos")}),
        (_("Rests on"), {"fields": ("sources", "reviewed_on", "next_review_on")}),
        (_("In English"), {"fields": ("title_en", "standfirst_en", "body_en")}),
    )

    def has_add_permission(self, request: HttpRequest) -> bool:
        return has_duty(request, Duty.WRITE_ADVICE)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return has_duty(request, Duty.WRITE_ADVICE)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """An article is withdrawn: its revisions and its addresses stay."""
        return False

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("preview/", view(require_POST(self.preview)), name="advice_article_preview"),
            path("drop/", view(require_POST(self.drop)), name="advice_article_drop"),
            path("<int:pk>/revisions/", view(self.revisions), name="advice_article_revisions"),
            *super().get_urls(),
        ]

    @display(description=_("article"))
    def named(self, article: Article) -> SafeString:
        return shown(str(article), article.slug)

    @display(
        description=_("status"),
        ordering="status",
        label={
            "DRAFT": "warning",
            "IN_REVIEW": "info",
            "SCHEDULED": "info",
            "PUBLISHED": "success",
            "WITHDRAWN": "danger",
        },
    )
    def status_badge(self, article: Article) -> tuple[str, str | Promise]:
        return article.status, labels.STATUSES[article.status]

    @display(description=_("published"), ordering="published_at")
    def published(self, article: Article) -> str:
        return moment(article.published_at)

    @display(description=_("next review"), ordering="next_review_on")
    def review(self, article: Article) -> str:
        return day(article.next_review_on)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Article]:
        rows: QuerySet[Article] = super().get_queryset(request)
        return rows.select_related("shown")

    def save_model(self, request: HttpRequest, obj: Article, form: ModelForm, change: Any) -> None:
        by, at = acting(request)
        written = cast("ContentForm", form)
        content, note = written.content(), form.cleaned_data["note"]
        if not change:
            made = writing.start_article(content=content, by=by, at=at, note=note)
            obj.pk, obj.slug = made.pk, made.slug
            return
        writing.edit_article(
            article=obj,
            content=content,
            expected_version=form.cleaned_data["expected_version"] or 0,
            by=by,
            at=at,
            note=note,
        )

    def response_add(
        self, request: HttpRequest, obj: Article, post_url_continue: str | None = None
    ) -> HttpResponse:
        messages.success(request, gettext("The draft is open."))
        return redirect(self.address_of(obj))

    def response_change(self, request: HttpRequest, obj: Article) -> HttpResponse:
        messages.success(request, gettext("Kept. Readers see it once it is published."))
        return redirect(self.address_of(obj))

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        article = cast("Article | None", context.get("original"))
        if article is not None:
            context["panel"] = self._panel(request, article)
        context["show_save_and_add_another"] = context["show_save_and_continue"] = False
        response: HttpResponse = super().render_change_form(request, context, *args, **kwargs)
        return response

    def _panel(self, request: HttpRequest, article: Article) -> dict[str, Any]:
        content = access.revision_of(article).content
        things = references.gather([content])
        marks = publishing.marks_of(article, content, things)
        left = {mark.fingerprint for mark in publishing.standing(marks)}
        acts = {
            name: url
            for name, url in self.acts_open(request, article).items()
            if article.status in _MAY.get(name, tuple(ArticleStatus))
        }
        return {
            "article": article,
            "status_words": labels.STATUSES[article.status],
            "moment": moment(article.published_at) if article.published_at else "",
            "missing": list(map(gettext, publishing.missing_particulars(content, things))),
            "marks": [(mark, mark.fingerprint not in left) for mark in marks],
            "is_marked": bool(left),
            "acts": acts,
            "revisions": reverse("admin:advice_article_revisions", args=[article.pk]),
            "address": references.article_url(article.slug),
        }

    def preview(self, request: HttpRequest) -> HttpResponse:
        """The text as readers will see it, with the words that are marked above it."""
        self._refuse_others(request)
        text = request.POST.get("text", "")[: LONGEST["body"]]
        language = Language.EN if request.POST.get("name") == "body_en" else Language.FR
        words = Words(body=text)
        things = references.gather([Content(words={language: words})])
        foods = references.foods_among(things)
        marks = claims.marks(words, language, subject="preview", foods=foods, has_cards=False)
        html = markdown.render(text, references.targets(things, language)).html
        context = {"html": SafeString(html), "marks": marks}
        return TemplateResponse(request, "admin/advice/preview.html", context)

    def drop(self, request: HttpRequest) -> HttpResponse:
        """A picture dropped on the text: taken in, drawn at once, and named for the text."""
        self._refuse_others(request)
        by, at = acting(request)
        file = request.FILES.get("picture")
        data = file.read(pictures.MAX_BYTES + 1) if file else b""
        alt = request.POST.get("alt", "")
        try:
            picture = album.add_picture(data=data, alt=(alt, ""), by=by, at=at)
        except Refusal as refusal:
            return JsonResponse({"message": told(refusal)}, status=422)
        album.render_picture(picture.pk)
        plain = picture.alt_fr.translate(str.maketrans("", "", "[]\\\n"))
        return JsonResponse({"reference": f"picture:{picture.key}", "alt": plain})

    def revisions(self, request: HttpRequest, pk: int) -> HttpResponse:
        """What each revision changed; any of them can be made the latest again."""
        article = self.get_object(request, str(pk))
        if article is None:
            raise Http404
        if not self.has_view_permission(request, article):
            raise PermissionDenied
        rows = access.revisions_of(article, most=_MOST_REVISIONS + 1)
        before: dict[int, Content] = {row.number: row.content for row in rows}
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Revisions"),
            "article": article,
            "back": self.address_of(article),
            "restore": self.acts_open(request, article).get("restore"),
            "revisions": [
                (row, differences(before.get(row.number - 1, Content()), row.content))
                for row in rows[:_MOST_REVISIONS]
            ],
        }
        return TemplateResponse(request, "admin/advice/revisions.html", context)

    def _refuse_others(self, request: HttpRequest) -> None:
        if not has_duty(request, Duty.WRITE_ADVICE):
            raise PermissionDenied
