"""Pets in the back office: found by name, chip or guardian, each with a page of its own."""

from datetime import date, datetime
from typing import Any

from django.contrib import admin
from django.core.files.storage import default_storage
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import DropdownFilter
from unfold.decorators import display

from accounts.access import viewer_of
from accounts.admin import labels as staff_labels
from accounts.admin.acting import acting
from accounts.admin.files import FileAdmin
from accounts.models import Login, Person
from kernel.animals import Species
from kernel.refusals import NotFound
from pets import access, finding
from pets.admin import labels
from pets.admin.file_acts import FILE_ACTS, OPENING
from pets.admin.history_acts import HISTORY_ACTS
from pets.admin.page import shown_of
from pets.facts import facts_of
from pets.models import Pet


class SpeciesFilter(DropdownFilter):
    title = _("species")
    parameter_name = "species"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return [(each.value, staff_labels.animal(each)) for each in Species]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Pet]) -> QuerySet[Pet]:
        known = self.value() in list(Species)
        return queryset.filter(species=self.value()) if known else queryset


class StateFilter(DropdownFilter):
    """Alive, put aside or deceased."""

    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return [("alive", _("living")), ("archived", _("put aside")), ("deceased", _("deceased"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Pet]) -> QuerySet[Pet]:
        match self.value():
            case "alive":
                return queryset.filter(died_on=None, archived_at=None)
            case "archived":
                return queryset.filter(died_on=None, archived_at__isnull=False)
            case "deceased":
                return queryset.filter(died_on__isnull=False).order_by("-died_on", "pk")
            case _:
                return queryset


@admin.register(Pet)
class PetAdmin(FileAdmin):
    """As many statements for fifty pets as for one; whose files were shown is written down."""

    acts = (*HISTORY_ACTS, *FILE_ACTS)
    opening = OPENING
    page_template = "admin/pets/pet.html"
    list_display = ("who", "old", "guardian_names", "last_weight", "state")
    list_display_links = ("who",)
    list_filter = (SpeciesFilter, StateFilter)
    list_filter_submit = True
    search_fields = ("name",)
    search_help_text = _("Name, breed, chip, or who looks after it")
    ordering = ("name", "pk")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """A pet's file is opened from the page of who looks after it."""
        named = request.method == "POST" or request.GET.get("guardian", "").isdecimal()
        return named and super().has_add_permission(request)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Pet]:
        pets = Pet.objects.select_related("breed").prefetch_related("guardians__person")
        return pets.order_by("name", "pk")

    def search(self, queryset: QuerySet[Pet], text: str) -> QuerySet[Pet]:
        return queryset.filter(finding.pets_known_as(text))

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """The pets of the page, each with its last weight."""
        changes: Any = super().get_changelist_instance(request)
        found = list(changes.result_list)
        facts = facts_of(found, on=_today())
        for pet in found:
            pet.weight_now_g = facts[pet.pk].weight_g
        changes.result_list = found
        return changes

    def note_shown(self, found: Any, person: Person, at: datetime) -> None:
        access.note_search(found.result_list, by=person, at=at)

    def read(self, request: HttpRequest, object_id: str) -> Pet:
        if not isinstance(request.user, Login):
            raise NotFound
        _person, at = acting(request)
        return access.open_file(viewer_of(request.user), int(object_id), at=at)

    def shown(self, request: HttpRequest, row: Pet, at: datetime) -> dict[str, Any]:
        return shown_of(request, row, on=_today())

    @display(description=_("pet"))
    def who(self, pet: Pet) -> SafeString:
        return staff_labels.shown(pet.name, labels.kind_of_animal(pet), photo_of(pet))

    @display(description=_("age"))
    def old(self, pet: Pet) -> str:
        return labels.age(pet, on=_today())

    @display(description=_("guardians"))
    def guardian_names(self, pet: Pet) -> str:
        return ", ".join(str(each.person) for each in pet.guardians.all())

    @display(description=_("last weight"))
    def last_weight(self, pet: Any) -> str:
        return labels.kilos(pet.weight_now_g)

    @display(description=_("state"))
    def state(self, pet: Pet) -> SafeString:
        return badge_of(pet)


def badge_of(pet: Pet) -> SafeString:
    if pet.died_on:
        return staff_labels.badge(_("deceased"), "red")
    if pet.archived_at:
        return staff_labels.badge(_("put aside"), "orange")
    return staff_labels.badge(_("living"), "green")


def photo_of(pet: Pet) -> str:
    """The address of the smallest rendition of a pet's photo; nothing where there is none."""
    return default_storage.url(pet.photo_renditions[0][1]) if pet.photo_renditions else ""


def _today() -> date:
    return timezone.localdate()
