"""What is done to a pet's file in one go: opened, changed, shown by a photo, put aside, closed."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.access import client_for_staff
from accounts.admin.acting import Act
from accounts.admin.files import Opening
from accounts.models import Person
from accounts.roles import Duty
from kernel import pictures
from kernel.animals import Species
from pets import photos, records
from pets.admin.forms import DeathForm, EditForm, NewPetForm, PhotoForm
from pets.admin.history_acts import closed
from pets.models import Pet
from pets.records import Particulars
from pets.vocabulary import Activity, Breeding, IdentificationKind, Sex

type Given = dict[str, Any]

_PLAIN = ("name", "breed", "breed_text", "born_on", "is_birth_estimated")
_NEUTERED = {"yes": True, "no": False}


def _particulars(given: Given) -> Particulars:
    return {
        **cast("Particulars", {name: given[name] for name in _PLAIN}),
        "species": Species(given["species"]),
        "sex": Sex(given["sex"]) if given["sex"] else None,
        "is_neutered": _NEUTERED.get(given["is_neutered"]),
    }


def _numbers(given: Given) -> dict[IdentificationKind, str]:
    return {kind: given[kind] for kind in IdentificationKind if given[kind].strip()}


def _file(pet: Pet, _asked: Mapping[str, str]) -> Given:
    neutered = {True: "yes", False: "no", None: ""}[pet.is_neutered]
    known = {name: getattr(pet, name) for name in ("species", "sex", "activity", "breeding")}
    plain = {name: getattr(pet, name) for name in _PLAIN}
    weight = f"{pet.adult_weight_g / 1000:g}".replace(".", ",") if pet.adult_weight_g else ""
    return {
        **known,
        **plain,
        "is_neutered": neutered,
        "adult_weight_g": weight,
        "expected_version": pet.version,
        **{each.kind: each.value for each in pet.identifications.all()},
    }


def _edit(pet: Pet, given: Given, by: Person, at: datetime) -> Promise:
    particulars: Particulars = {
        **_particulars(given),
        "activity": Activity(given["activity"]) if given["activity"] else None,
        "breeding": Breeding(given["breeding"]),
        "adult_weight_g": given["adult_weight_g"],
    }
    records.update_pet(
        pet=pet,
        particulars=particulars,
        identifications=_numbers(given),
        expected_version=given["expected_version"],
        by=by,
        at=at,
    )
    return _("The file is up to date.")


def _add_photo(pet: Pet, given: Given, by: Person, at: datetime) -> Promise:
    data = given["photo"].read(pictures.MAX_BYTES + 1)
    photos.set_photo(pet=pet, data=data, by=by, at=at)
    return _("The photo is in: it shows as soon as the worker has drawn its sizes.")


def _archive(pet: Pet, _given: Given, by: Person, at: datetime) -> Promise:
    records.archive_pet(pet=pet, archived=True, by=by, at=at)
    return _("The file is put aside.")


def _restore(pet: Pet, _given: Given, by: Person, at: datetime) -> Promise:
    records.archive_pet(pet=pet, archived=False, by=by, at=at)
    return _("The file is taken up again.")


def _deceased(pet: Pet, given: Given, by: Person, at: datetime) -> Promise:
    records.mark_deceased(pet=pet, died_on=given["died_on"], by=by, at=at)
    return _("The file is closed: nothing is sent about this pet any more.")


def _alive(pet: Pet, _given: Given, by: Person, at: datetime) -> Promise:
    records.mark_deceased(pet=pet, died_on=None, by=by, at=at)
    return _("The file is open again.")


def _open(given: Given, by: Person, at: datetime) -> Pet:
    return records.add_pet(
        guardian=client_for_staff(given["guardian"]),
        particulars=_particulars(given),
        identifications=_numbers(given),
        weight_g=given["weight_g"],
        by=by,
        at=at,
    )


OPENING = Opening(
    title=_("New pet"),
    button=_("Open the file"),
    words=_("The file is open."),
    duty=Duty.EDIT_CLIENTS,
    form=NewPetForm,
    carry_out=_open,
    start=lambda asked: {"guardian": asked.get("guardian", "")},
)

FILE_ACTS: tuple[Act[Pet], ...] = (
    Act(
        name="edit",
        title=_("The file"),
        button=_("Save"),
        duty=Duty.EDIT_CLIENTS,
        carry_out=_edit,
        form=EditForm,
        start=_file,
        barred=closed,
    ),
    Act(
        name="photo",
        title=_("Photo"),
        button=_("Show this photo"),
        duty=Duty.EDIT_CLIENTS,
        carry_out=_add_photo,
        form=PhotoForm,
        barred=closed,
    ),
    Act(
        name="archive",
        title=_("Put the file aside"),
        button=_("Put aside"),
        duty=Duty.EDIT_CLIENTS,
        carry_out=_archive,
    ),
    Act(
        name="restore",
        title=_("Take the file up again"),
        button=_("Take up again"),
        duty=Duty.EDIT_CLIENTS,
        carry_out=_restore,
    ),
    Act(
        name="deceased",
        title=_("The pet died"),
        button=_("Close the file"),
        duty=Duty.RECORD_BODY,
        carry_out=_deceased,
        form=DeathForm,
        start=lambda _pet, _asked: {"died_on": timezone.localdate()},
        is_grave=True,
    ),
    Act(
        name="alive",
        title=_("The pet is alive: it was a mistake"),
        button=_("Open the file again"),
        duty=Duty.RECORD_BODY,
        carry_out=_alive,
    ),
)
