"""Breeds in the back office."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from accounts.admin import labels
from accounts.admin.acting import VerbAdmin, acting
from kernel.animals import SizeClass, Species
from pets import breeds
from pets.models import Breed

_WORDED = {
    "species": labels.choices(Species, labels.animal),
    "size_class": labels.choices(SizeClass, labels.animal, blank=True),
}


@admin.register(Breed)
class BreedAdmin(VerbAdmin):
    """Breeds are changed and added, never removed here: pets are of them."""

    list_display = ("named", "species_name", "size_name", "is_common")
    list_filter = ("is_common",)
    search_fields = ("name_fr", "name_en", "slug")
    fields = (
        "name_fr",
        "name_en",
        "slug",
        "species",
        "size_class",
        "fci_number",
        "is_common",
    )
    prepopulated_fields = {"slug": ("name_fr",)}
    show_full_result_count = False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def formfield_for_choice_field(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name in _WORDED:
            kwargs["choices"] = _WORDED[db_field.name]()
        return super().formfield_for_choice_field(db_field, request, **kwargs)

    @display(description=_("breed"), ordering="name_fr")
    def named(self, breed: Breed) -> SafeString:
        return labels.shown(breed.name_fr, breed.name_en)

    @display(description=_("species"), ordering="species")
    def species_name(self, breed: Breed) -> str:
        return labels.animal(Species(breed.species))

    @display(description=_("size"), ordering="size_class")
    def size_name(self, breed: Breed) -> str:
        return labels.animal(SizeClass(breed.size_class)) if breed.size_class else "—"

    def save_model(self, request: HttpRequest, obj: Breed, form: Any, change: Any) -> None:
        person, at = acting(request)
        breeds.keep_breed(breed=obj, by=person, at=at)
