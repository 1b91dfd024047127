"""What is written into a pet's history in one go, each act with the duty that it asks."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts import access as accounts_access
from accounts.admin.acting import Act
from accounts.admin.labels import day
from accounts.models import Person
from accounts.roles import Duty
from accounts.vocabulary import Origin
from kernel.animals import Condition, IngredientGroup
from kernel.refusals import NotFound, Refusal
from pets import access, history
from pets.admin import labels
from pets.admin.forms import (
    AllergyForm,
    BodyConditionForm,
    ConditionForm,
    EndForm,
    EventForm,
    NoteForm,
    WeighForm,
    WhichEntryForm,
)
from pets.history import Fact
from pets.models import HistoryEntry, Pet
from pets.records import NoLongerServed, refuse_closed
from pets.vocabulary import HistoryKind

type Given = dict[str, Any]
type Carry = Callable[[Pet, Given, Person, datetime], str | Promise]


def closed(pet: Pet) -> Refusal | None:
    """Why nothing is written about a pet whose file is closed."""
    try:
        refuse_closed(pet)
    except NoLongerServed as refusal:
        return refusal
    return None


def today(_pet: Pet, _asked: Mapping[str, str]) -> Given:
    return {"happened_on": _today()}


def _today() -> date:
    return timezone.localdate()


def _writes(read: Callable[[Given], Fact], words: str | Promise) -> Carry:
    """An act that writes the fact that its form tells of."""

    def carry_out(pet: Pet, given: Given, by: Person, at: datetime) -> str | Promise:
        history.record_fact(pet=pet, fact=read(given), origin=Origin.STAFF, by=by, at=at)
        return words

    return carry_out


def _weighing(given: Given) -> Fact:
    return Fact(
        kind=HistoryKind.WEIGHT, happened_on=given["happened_on"], weight_g=given["weight_g"]
    )


def _body_condition(given: Given) -> Fact:
    score = int(given["score"])
    return Fact(kind=HistoryKind.BODY_CONDITION, happened_on=given["happened_on"], score=score)


def _note(given: Given) -> Fact:
    return Fact(kind=HistoryKind.NOTE, happened_on=given["happened_on"], text=given["text"])


def _condition(given: Given) -> Fact:
    return Fact(
        kind=HistoryKind.CONDITION,
        happened_on=given["happened_on"],
        condition=Condition(given["condition"]),
        text=given["text"],
    )


def _allergy(given: Given) -> Fact:
    return Fact(
        kind=HistoryKind.ALLERGY,
        happened_on=given["happened_on"],
        allergen=IngredientGroup(given["allergen"]),
        text=given["text"],
    )


def _event(given: Given) -> Fact:
    return Fact(
        kind=HistoryKind(given["kind"]),
        happened_on=given["happened_on"],
        ended_on=given["ended_on"],
        text=given["text"],
    )


def _entry(pet: Pet, given: Given, by: Person) -> tuple[HistoryEntry, Origin]:
    """An entry of this very pet, through the door that asks the duty of its kind.

    Raises: NotFound, NotAllowed.
    """
    refusal = NotFound(what=pgettext_lazy("not found", "entry"))
    if by.login is None:
        raise refusal
    viewer = accounts_access.viewer_of(by.login)
    entry, origin = access.entry_to_change(viewer, given["entry"])
    if entry.pet_id != pet.pk:
        raise refusal
    return entry, origin


def _end(pet: Pet, given: Given, by: Person, at: datetime) -> Promise:
    entry, origin = _entry(pet, given, by)
    history.end_fact(entry=entry, ended_on=given["ended_on"], origin=origin, by=by, at=at)
    return _("It is over.")


def _take_back(pet: Pet, given: Given, by: Person, at: datetime) -> Promise:
    entry, origin = _entry(pet, given, by)
    history.take_back(entry=entry, origin=origin, by=by, at=at)
    return _("The entry is taken back.")


def _named(pet: Pet, asked: Mapping[str, str]) -> Given:
    """The entry that the address names, told above the form."""
    key = asked.get("entry", "")
    found = pet.history.filter(pk=int(key) if key.isdecimal() else 0).first()
    return {"entry": found.pk, "ended_on": _today()} if found else {}


def _told(pet: Pet, asked: Mapping[str, str]) -> Given:
    key = asked.get("entry", "")
    found = pet.history.filter(pk=int(key) if key.isdecimal() else 0).first()
    if found is None:
        return {}
    kind = labels.word(HistoryKind(found.kind))
    return {"facts": [(f"{kind} · {day(found.happened_on)}", labels.told(found))]}


def _written(
    name: str,
    words: tuple[str | Promise, str | Promise, str | Promise],
    duty: Duty,
    read: Callable[[Given], Fact],
    form: Any,
) -> Act[Pet]:
    """An act whose title, button and answer are given, and whose form starts on today."""
    title, button, answer = words
    return Act(
        name=name,
        title=title,
        button=button,
        duty=duty,
        carry_out=_writes(read, answer),
        form=form,
        start=today,
        barred=closed,
    )


HISTORY_ACTS: tuple[Act[Pet], ...] = (
    _written(
        "weigh",
        (_("Weigh"), _("Write the weight down"), _("The weight is in the history.")),
        Duty.RECORD_BODY,
        _weighing,
        WeighForm,
    ),
    _written(
        "body-condition",
        (_("Body condition"), _("Write it down"), _("The body condition is in the history.")),
        Duty.RECORD_BODY,
        _body_condition,
        BodyConditionForm,
    ),
    _written(
        "note",
        (_("Write a note"), _("Write it down"), _("The note is in the history.")),
        Duty.RECORD_BODY,
        _note,
        NoteForm,
    ),
    _written(
        "condition",
        (_("Condition"), _("Write it down"), _("The condition is in the file.")),
        Duty.RECORD_HEALTH,
        _condition,
        ConditionForm,
    ),
    _written(
        "allergy",
        (_("Allergy"), _("Write it down"), _("The allergy is in the file.")),
        Duty.RECORD_HEALTH,
        _allergy,
        AllergyForm,
    ),
    _written(
        "event",
        (_("Visit, vaccination, treatment"), _("Write it down"), _("It is in the history.")),
        Duty.RECORD_HEALTH,
        _event,
        EventForm,
    ),
    Act(
        name="end",
        title=_("It is over"),
        button=_("It is over"),
        duty=Duty.RECORD_HEALTH,
        carry_out=_end,
        form=EndForm,
        start=_named,
        about=_told,
        barred=closed,
    ),
    Act(
        name="take-back",
        title=_("Take an entry back"),
        button=_("Take it back"),
        duty=Duty.RECORD_BODY,
        carry_out=_take_back,
        form=WhichEntryForm,
        start=_named,
        about=_told,
        barred=closed,
        is_grave=True,
    ),
)
