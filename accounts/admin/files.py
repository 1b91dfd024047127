"""Pages of private files: each reading leaves a trace, and apps above add what they know."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.urls.converters import get_converters
from django.utils.functional import Promise

from accounts.admin.acting import ActsAdmin, acting, has_duty, tell_in_form
from accounts.models import Person
from accounts.roles import Duty
from clinic.admin import ReadOnly
from kernel.refusals import NotFound, Refusal


@dataclass(frozen=True, slots=True)
class Panel:
    """A part of a file's page, with the template that shows it."""

    title: str
    template: str
    facts: dict[str, Any]
    button: tuple[str, str] | None = None


type PanelMaker = Callable[[HttpRequest, Any, datetime], Panel | None]
type NamesBeside = Callable[[Sequence[Person]], dict[int, str]]

_PANELS: dict[type[Model], list[PanelMaker]] = defaultdict(list)
#: What apps above tell of the clients of a list: for a page of people, a text by the person's key.
NAMES_BESIDE: list[NamesBeside] = []


def add_panel(model: type[Model], make: PanelMaker) -> None:
    """Let an app above show what it knows on the page of a file; None shows nothing."""
    if make not in _PANELS[model]:
        _PANELS[model].append(make)


def panels_of(request: HttpRequest, row: Model, at: datetime) -> list[Panel]:
    made = (make(request, row, at) for make in _PANELS[type(row)])
    return [panel for panel in made if panel is not None]


@dataclass(frozen=True, slots=True)
class Opening:
    """A form by which a file is opened; `carry_out` gives the file."""

    title: str | Promise
    button: str | Promise
    words: str | Promise
    duty: Duty
    form: type[forms.Form]
    carry_out: Callable[[dict[str, Any], Person, datetime], Model]
    start: Callable[[Mapping[str, str]], dict[str, Any]] = lambda _asked: {}


class FileAdmin(ActsAdmin, ReadOnly):
    """A list of files, and a page of each: Django's forms change none of them."""

    list_per_page = 50
    show_full_result_count = False
    actions = None
    empty_value_display = ""
    page_template: ClassVar[str]
    opening: ClassVar[Opening | None] = None

    def read(self, request: HttpRequest, object_id: str) -> Any:
        """The file, once its reading is written down. Raises: NotFound."""
        raise NotImplementedError

    def shown(self, request: HttpRequest, row: Any, at: datetime) -> dict[str, Any]:
        """What the page shows beside the acts and the panels."""
        raise NotImplementedError

    def note_shown(self, found: Any, person: Person, at: datetime) -> None:
        """Where whose files a list shows is private: write down which; `found` is its page."""

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        response: HttpResponse = super().changelist_view(request, extra_context)
        found = getattr(response, "context_data", {}).get("cl")
        if found is not None:
            self.note_shown(found, *acting(request))
        return response

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        row = self._read_or_404(request, object_id)
        _person, at = acting(request)
        context = {
            **self.admin_site.each_context(request),
            "title": str(row),
            "opts": self.opts,
            "row": row,
            "acts": self.acts_open(request, row),
            "panels": panels_of(request, row, at),
            **self.shown(request, row, at),
        }
        return TemplateResponse(request, self.page_template, context)

    def _read_or_404(self, request: HttpRequest, object_id: str) -> Any:
        try:
            get_converters()[self.key_converter].to_python(object_id)
            return self.read(request, object_id)
        except (NotFound, ValueError):
            raise Http404 from None

    def note_opening(self, request: HttpRequest, row: Any) -> None:
        self._read_or_404(request, str(row.pk))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.opening is not None and has_duty(request, self.opening.duty)

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Open a file, and go on on its page."""
        opening = self.opening
        if opening is None or not self.has_add_permission(request):
            raise PermissionDenied
        form = opening.form(request.POST or None, initial=opening.start(request.GET.dict()))
        if form.is_valid():
            try:
                row = opening.carry_out(form.cleaned_data, *acting(request))
            except Refusal as refusal:
                tell_in_form(form, refusal)
            else:
                messages.success(request, str(opening.words))
                return redirect(self.address_of(row))
        context = {
            **self.admin_site.each_context(request),
            "title": opening.title,
            "opts": self.opts,
            "act": opening,
            "form": form,
            "row": self.opts.verbose_name_plural,
            "back": reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist"),
        }
        return TemplateResponse(request, "admin/act.html", context)

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The trail of changes says what Django's own history would."""
        return redirect(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", object_id)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Nothing for Django's autocompletion, which would leave no trace."""
        found = request.resolver_match
        if found is None or found.url_name == "autocomplete":
            return queryset.none(), False
        return self.search(queryset, search_term), False

    def search(self, queryset: QuerySet[Any], text: str) -> QuerySet[Any]:
        raise NotImplementedError
