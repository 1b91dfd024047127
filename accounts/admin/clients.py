"""Clients in the back office: found by whatever is known of them, each with a page of their own."""

from datetime import datetime
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, path
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from accounts import clients, people, phones
from accounts.admin import labels, merging
from accounts.admin.acting import acting
from accounts.admin.client_acts import ACTS, OPENING
from accounts.admin.client_page import shown_of
from accounts.admin.files import NAMES_BESIDE, FileAdmin
from accounts.clients import ClientPage
from accounts.models import Person


@admin.register(Person)
class ClientAdmin(FileAdmin):
    """As many statements for fifty clients as for one; whom a search showed is written down."""

    acts = ACTS
    opening = OPENING
    page_template = "admin/accounts/client.html"
    list_display = ("who", "pets", "city", "called", "state")
    list_display_links = ("who",)
    search_fields = ("name_key",)
    search_help_text = _("Name, e-mail, phone, commune, pet or chip")
    ordering = ("name_key", "pk")

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        own = [
            path(
                "duplicates/",
                view(lambda request: merging.duplicates_page(self, request)),
                name="accounts_person_duplicates",
            ),
            path(
                "<int:object_id>/merge/",
                view(lambda request, object_id: merging.merge_page(self, request, object_id)),
                name="accounts_person_merge",
            ),
        ]
        return [*own, *super().get_urls()]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Person]:
        return (
            clients.clients()
            .select_related("login")
            .prefetch_related("addresses", "references")
            .order_by("name_key", "pk")
        )

    def search(self, queryset: QuerySet[Person], text: str) -> QuerySet[Person]:
        return queryset.filter(clients.known_as(text))

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """The people of the page, and what the apps above tell of them all at once."""
        changes: Any = super().get_changelist_instance(request)
        found = list(changes.result_list)
        beside = [names(found) for names in NAMES_BESIDE]
        for person in found:
            person.beside = ", ".join(texts.get(person.pk, "") for texts in beside)
        changes.result_list = found
        return changes

    def note_shown(self, found: Any, person: Person, at: datetime) -> None:
        page = ClientPage(found.result_list, has_next=found.multi_page)
        clients.note_search(page, by=person, at=at)

    def read(self, request: HttpRequest, object_id: str) -> Person:
        person, at = acting(request)
        return clients.read_client(int(object_id), by=person, at=at)

    def shown(self, request: HttpRequest, row: Person, at: Any) -> dict[str, Any]:
        return shown_of(self, request, row, at)

    @display(description=_("client"))
    def who(self, person: Person) -> SafeString:
        return labels.shown(str(person), person.email)

    @display(description=_("pets"))
    def pets(self, person: Any) -> str:
        return str(person.beside)

    @display(description=_("commune"))
    def city(self, person: Person) -> str:
        usual = next(iter(person.addresses.all()), None)
        return usual.city if usual else ""

    @display(description=_("phone"))
    def called(self, person: Person) -> str:
        return phones.shown(person.phone)

    @display(description=_("state"))
    def state(self, person: Person) -> SafeString:
        return badges_of(person)


def badges_of(person: Person) -> SafeString:
    """Whether the clinic knows them, and whether they have an account."""
    known = labels.badge(_("known"), "green") if people.is_known_client(person) else ""
    account = labels.badge(_("account"), "base") if person.login_id else ""
    return SafeString(" ".join(filter(None, (known, account))))
