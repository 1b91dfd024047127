"""Two files on one client become one: found, shown side by side, merged."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import ForeignObjectRel
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts import clients, merging, phones
from accounts.admin import labels
from accounts.admin.acting import ActsAdmin, acting, has_duty, told
from accounts.clients import ClientPage
from accounts.merging import Moved
from accounts.models import Person
from accounts.roles import Duty
from kernel.refusals import NotFound, Refusal

_MOST_FOUND = 10
_MOST_PAIRS = 24


def duplicates_page(page: ActsAdmin, request: HttpRequest) -> HttpResponse:
    """Pairs of files that are likely one client's; whose they are is written down."""
    by, at = _merger(request)
    pairs = merging.likely_duplicates(first=_MOST_PAIRS)
    people = [person for pair in pairs for person in pair]
    clients.note_search(ClientPage(people, has_next=False), by=by, at=at)
    context = {
        "title": _("Likely duplicates"),
        "pairs": [(_brief(kept), _brief(other), _preview(kept, other)) for kept, other in pairs],
    }
    return _shown(page, request, "admin/accounts/duplicates.html", context)


def merge_page(page: ActsAdmin, request: HttpRequest, object_id: int) -> HttpResponse:
    """Choose the other file, see what moves, merge."""
    by, at = _merger(request)
    kept = _read(object_id, by=by, at=at)
    asked = request.POST.get("other") or request.GET.get("other", "")
    if not asked.isdecimal():
        return _choosing(page, request, kept, by=by, at=at)
    other = _read(int(asked), by=by, at=at)
    refusal = None
    if request.method == "POST":
        try:
            merging.merge_people(kept=kept, other=other, by=by, at=at)
        except Refusal as found:
            refusal = found
        else:
            messages.success(request, gettext("The two files are one."))
            return redirect(page.address_of(kept))
    context = {
        "title": _("Merge two files"),
        "kept": _brief(kept),
        "other": _brief(other),
        "moved": [
            (each.rows, named(each)) for each in merging.preview_merge(kept=kept, other=other)
        ],
        "refused": told(refusal) if refusal else "",
        "swap": _preview(other, kept),
        "back": page.address_of(kept),
    }
    return _shown(page, request, "admin/accounts/merge.html", context)


def _choosing(
    page: ActsAdmin, request: HttpRequest, kept: Person, *, by: Person, at: datetime
) -> HttpResponse:
    """Files to choose from: those that look alike, and those that a search finds."""
    text = request.GET.get("q", "").strip()
    alike = merging.duplicates_of(kept, first=_MOST_FOUND)
    found = clients.find_clients(text, first=_MOST_FOUND).people if text else []
    others = [each for each in [*alike, *found] if each.pk != kept.pk]
    clients.note_search(ClientPage(others, has_next=False), by=by, at=at)
    context = {
        "title": _("Merge with another file"),
        "kept": _brief(kept),
        "text": text,
        "alike": [(_brief(each), _preview(kept, each)) for each in alike],
        "found": [(_brief(each), _preview(kept, each)) for each in found if each.pk != kept.pk],
        "back": page.address_of(kept),
    }
    return _shown(page, request, "admin/accounts/merge_choose.html", context)


def named(moved: Moved) -> str:
    """What staff call the rows that go over, and as what they name the person."""
    for key in Person._meta.get_fields(include_hidden=True):  # noqa: SLF001
        if isinstance(key, ForeignObjectRel):
            meta = key.related_model._meta  # noqa: SLF001
            if f"{meta.label_lower}.{key.field.name}" == moved.what:
                plain = key.field.name == "person"
                rows = str(meta.verbose_name_plural)
                return rows if plain else f"{rows} ({key.field.verbose_name})"
    return moved.what


def _brief(person: Person) -> dict[str, Any]:
    lines = [
        (_("e-mail"), person.email),
        (_("phone"), phones.shown(person.phone)),
        (_("account"), person.login.email if person.login else ""),
        (_("known since"), labels.day(person.known_since.date()) if person.known_since else ""),
        (_("addresses"), "; ".join(str(each) for each in person.addresses.all())),
        (_("file opened"), labels.day(person.created_at.date())),
    ]
    return {
        "row": person,
        "page": reverse("admin:accounts_person_change", args=[person.pk]),
        "lines": [(name, text) for name, text in lines if text],
    }


def _preview(kept: Person, other: Person) -> str:
    return reverse("admin:accounts_person_merge", args=[kept.pk]) + f"?other={other.pk}"


def _merger(request: HttpRequest) -> tuple[Person, datetime]:
    if not has_duty(request, Duty.MERGE_CLIENTS):
        raise PermissionDenied
    return acting(request)


def _read(key: int, *, by: Person, at: datetime) -> Person:
    try:
        return clients.read_client(key, by=by, at=at)
    except NotFound:
        raise Http404 from None


def _shown(
    page: ActsAdmin, request: HttpRequest, template: str, context: dict[str, Any]
) -> HttpResponse:
    shared = {**page.admin_site.each_context(request), "opts": page.opts}
    return TemplateResponse(request, template, {**shared, **context})
