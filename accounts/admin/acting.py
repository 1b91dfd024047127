"""How the back office carries out a verb: who acts, when, and how a refusal is told."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import models
from django.forms import BaseForm, ModelForm
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.text import camel_case_to_spaces

from accounts import access
from accounts.models import Login, Person
from accounts.roles import Duty
from clinic.admin import Page
from kernel.refusals import Refusal

#: Where a refusal's path names an input of the API that a form calls otherwise.
_FIELDS = {"cents": "price", "alt": "alt_fr"}


def acting(request: HttpRequest) -> tuple[Person, datetime]:
    """The person who acts and the moment: the clock is read here, at the edge."""
    viewer = access.viewer_of(_login(request))
    if viewer.person is None:
        raise PermissionDenied
    return viewer.person, timezone.now()


def _login(request: HttpRequest) -> Login:
    if not isinstance(request.user, Login):
        raise PermissionDenied
    return request.user


def has_duty(request: HttpRequest, duty: Duty) -> bool:
    """Whether the role of the account includes a duty; asked of the database once a request."""
    if not isinstance(request.user, Login):
        return False
    known = getattr(request, "_duties", None)
    if known is None:
        known = access.viewer_of(request.user).duties
        request._duties = known  # type: ignore[attr-defined]  # noqa: SLF001  (lives with the request)
    return duty in known


def told(refusal: Refusal) -> str:
    """A refusal in words, with the law behind it."""
    return f"{refusal.message} ({refusal.article})" if refusal.article else refusal.message


def tell_in_form(form: BaseForm, refusal: Refusal) -> None:
    """Put a refusal beside the field that it is about, or above them all."""
    last = refusal.path[-1] if refusal.path else ""
    name = _FIELDS.get(last) or camel_case_to_spaces(last).replace(" ", "_")
    field = form.fields.get(name)
    seen = field is not None and not field.widget.is_hidden
    form.add_error(name if seen else None, told(refusal))


class VerbAdmin(Page):
    """Pages whose saving calls a verb: a refusal comes back as an error of the form.

    Django saves in one transaction, so what a refusal stops leaves nothing behind.
    """

    _refusal: ClassVar[str] = "_refusal_of_the_verb"

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        given = dict(extra_context or {})
        try:
            response: HttpResponse = super().changeform_view(
                request, object_id, form_url, dict(given)
            )
        except Refusal as refusal:
            setattr(request, self._refusal, refusal)
            response = super().changeform_view(request, object_id, form_url, given)
        return response

    def get_form(
        self, request: HttpRequest, obj: models.Model | None = None, change: Any = None, **kw: Any
    ) -> type[ModelForm]:
        form: type[ModelForm] = super().get_form(request, obj, change=change, **kw)
        refusal = getattr(request, self._refusal, None)
        if refusal is None:
            return form

        def full_clean(self: ModelForm) -> None:
            form.full_clean(self)
            tell_in_form(self, refusal)

        refused: type[ModelForm] = type("Refused", (form,), {"full_clean": full_clean})
        return refused

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        try:
            response: HttpResponse = super().delete_view(request, object_id, extra_context)
        except Refusal as refusal:
            messages.error(request, told(refusal))
            return redirect(request.get_full_path())
        return response


@dataclass(frozen=True, slots=True)
class Act[Row: models.Model]:
    """One verb as a page with a short form, or as a lone button where it has no form.

    `carry_out` gives the words that say what was done; `beside` what the page shows above the form,
    `start` what stands in its fields and `about` what else is shown, by the row and the address
    that was asked for, and `barred` a refusal that is known before anything is typed. `is_grave`
    colours the button of what is not undone.
    """

    name: str
    title: str | Promise
    button: str | Promise
    duty: Duty
    carry_out: Callable[[Row, dict[str, Any], Person, datetime], str | Promise]
    form: type[forms.Form] = forms.Form
    beside: Callable[[Row, datetime], dict[str, Any]] = lambda _row, _at: {}
    start: Callable[[Row, Mapping[str, str]], dict[str, Any]] = lambda _row, _asked: {}
    about: Callable[[Row, Mapping[str, str]], dict[str, Any]] = lambda _row, _asked: {}
    barred: Callable[[Row], Refusal | None] = lambda _row: None
    is_grave: bool = False
    template: str = "admin/act.html"
    tab: str = ""


class ActsAdmin(VerbAdmin):
    """A row's page with acts beside it: each has an address of its own and asks for a duty.

    `key_converter` is how Django's addresses write the key of a row.
    """

    acts: ClassVar[tuple[Act[Any], ...]] = ()
    key_converter: ClassVar[str] = "int"

    def get_urls(self) -> list[URLPattern]:
        own = [
            path(
                f"<{self.key_converter}:object_id>/{act.name}/",
                self.admin_site.admin_view(self._view_of(act)),
                name=self.name_of(act.name),
            )
            for act in self.acts
        ]
        return [*own, *super().get_urls()]

    def name_of(self, act: str) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}_{act}"

    def _view_of(self, act: Act[Any]) -> Callable[..., HttpResponse]:
        def view(request: HttpRequest, object_id: object) -> HttpResponse:
            return self.act_view(request, object_id, act)

        return view

    def act_view(self, request: HttpRequest, object_id: object, act: Act[Any]) -> HttpResponse:
        """Show the form of an act, or carry it out."""
        row = self.get_object(request, str(object_id))
        if row is None:
            raise Http404
        if not self.has_view_permission(request, row) or not has_duty(request, act.duty):
            raise PermissionDenied
        posted = request.method == "POST"
        if not posted:
            self.note_opening(request, row)
        form = act.form(
            request.POST if posted else None,
            request.FILES if posted else None,
            initial=act.start(row, request.GET.dict()),
        )
        if posted and form.is_valid() and self._carried_out(request, row, act, form):
            return redirect(self.address_of(row) + act.tab)
        if posted and not form.fields:
            messages.error(request, " ".join(map(str, form.non_field_errors())))
            return redirect(self.address_of(row))
        return self._page(request, row, act, form)

    def note_opening(self, request: HttpRequest, row: Any) -> None:
        """Where files are private: write down that this one was opened, to be acted on."""

    def _carried_out(self, request: HttpRequest, row: Any, act: Act[Any], form: forms.Form) -> bool:
        person, at = acting(request)
        try:
            words = act.carry_out(row, form.cleaned_data, person, at)
        except Refusal as refusal:
            tell_in_form(form, refusal)
            return False
        messages.success(request, str(words))
        return True

    def _page(
        self, request: HttpRequest, row: Any, act: Act[Any], form: forms.Form
    ) -> HttpResponse:
        barred = act.barred(row)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            **act.beside(row, timezone.now()),
            **act.about(row, request.GET.dict()),
            "title": act.title,
            "act": act,
            "form": form,
            "row": row,
            "back": self.address_of(row),
            "barred": told(barred) if barred else "",
        }
        return TemplateResponse(request, act.template, context)

    def address_of(self, row: models.Model) -> str:
        return reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", args=[row.pk])

    def acts_open(self, request: HttpRequest, row: models.Model) -> dict[str, str]:
        """The address of each act that this account may carry out on a row, by its name."""
        return {
            act.name: reverse(f"admin:{self.name_of(act.name)}", args=[row.pk])
            for act in self.acts
            if has_duty(request, act.duty)
        }


def refused_as_message(request: HttpRequest, row: models.Model, refusal: Refusal) -> None:
    """Tell why one row of several was left as it is."""
    messages.error(request, f"{row}: {told(refusal)}")
