"""A sheet carried out: what differs is written, through the verbs that the back office calls."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts import roles, staffing
from accounts.models import Login
from accounts.roles import Role
from clinic import details
from clinic.models import Clinic, LegalText, OpeningHours, Place
from kernel.money import Money
from orders import slot_rules, zones
from orders.models import SlotRule, Zone
from orders.zones import Rate
from shop.opening.sheet import LegalSheet, PlaceSheet, Sheet, SheetRefused

_ZONE_USUALLY: Final[Mapping[str, Any]] = {"method": "home", "country": "FR"}
_GRAMS: Final = 1000
_RENAMED: Final = {"free_from": "free_from_cents"}


def open_clinic(*, sheet: Sheet, at: datetime) -> list[str]:
    """Write what differs from the sheet, all or nothing; gives a line on each change, none if none.

    What the sheet does not name stays. Legal texts are added as new versions, in force at once. The
    manager is invited only where there is none.

    Raises:
        SheetRefused: something needed is missing, or too long.
        Refusal: as the verbs of zones, slots and accounts.
    """
    with transaction.atomic():
        roles.prepare_groups()
        told = _clinic(sheet.clinic)
        for place in sheet.places:
            told += _place(place, at=at)
        for text in sheet.legal_texts:
            told += _legal_text(text, at=at)
        told += _manager(sheet.manager, at=at)
    return told


def _clinic(facts: Mapping[str, Any]) -> list[str]:
    if not facts:
        return []
    found = Clinic.objects.first()
    return _kept(found or Clinic(), facts, "clinic", is_new=found is None)


def _place(sheet: PlaceSheet, *, at: datetime) -> list[str]:
    facts = {name: value for name, value in sheet.facts.items() if name != "hours"}
    found = Place.objects.filter(name=facts["name"]).first()
    place = found or Place()
    told = _kept(place, facts, f"place {facts['name']}", is_new=found is None)
    if "hours" in sheet.facts:
        told += _hours(place, sheet.facts["hours"])
    for zone in sheet.zones:
        told += _zone(place, zone, at=at)
    for slot in sheet.slots:
        for weekday in slot["days"]:
            told += _slot(place, weekday, slot, at=at)
    return told


def _kept(row: Clinic | Place, facts: Mapping[str, Any], where: str, *, is_new: bool) -> list[str]:
    changes = _changes(row, facts)
    if not changes and not is_new:
        return []
    for name, value in facts.items():
        setattr(row, name, value)
    try:
        row.full_clean()
    except ValidationError as error:
        raise SheetRefused(
            [f"{where}.{name}: {' '.join(said)}" for name, said in error.message_dict.items()]
        ) from None
    details.save_details(row)
    return [f"{where}: new"] if is_new else [f"{where}.{change}" for change in changes]


def _changes(row: Any, facts: Mapping[str, Any]) -> list[str]:
    return [
        f"{name}: {_shown(getattr(row, name))} -> {_shown(value)}"
        for name, value in facts.items()
        if getattr(row, name) != value
    ]


def _shown(value: object) -> str:
    return repr(str(value)) if isinstance(value, str) else str(value)


def _hours(place: Place, wanted: Sequence[tuple[Any, ...]]) -> list[str]:
    rows = list(OpeningHours.objects.filter(place=place))
    there = sorted((row.weekday, row.opens, row.closes) for row in rows)
    if there == list(wanted):
        return []
    for row in rows:
        details.remove_detail(row)
    for weekday, opens, closes in wanted:
        details.save_details(OpeningHours(place=place, weekday=weekday, opens=opens, closes=closes))
    return [f"place {place.name}: {len(wanted)} stretches of opening hours, {len(there)} before"]


def _zone(place: Place, sheet: Mapping[str, Any], *, at: datetime) -> list[str]:
    given = {**_ZONE_USUALLY, **sheet}
    rates = given.pop("rates")
    facts = {_RENAMED.get(name, name): value for name, value in given.items()}
    if "prefixes" in facts:
        facts["prefixes"] = sorted(set(facts["prefixes"]))
    same = Zone.objects.filter(place=place, name=facts["name"], method=facts["method"])
    found = same.first()
    zone = found or Zone(place=place)
    known = found.rates.all() if found else ()
    before = [Rate(rate.up_to_g, Money(rate.gross_cents)) for rate in known]
    changes = _changes(zone, facts)
    changes += [] if before == rates else [f"rates: {_worded(before)} -> {_worded(rates)}"]
    if not changes:
        return []
    for name, value in facts.items():
        setattr(zone, name, value)
    zones.save_zone(zone=zone, rates=rates, by=None, at=at)
    where = f"zone {zone.name}"
    return [f"{where}.{change}" for change in changes] if found else [f"{where}: new"]


def _worded(rates: Sequence[Rate]) -> str:
    return ", ".join(f"{rate.up_to_g // _GRAMS} kg {rate.price}" for rate in rates)


def _slot(place: Place, weekday: int, sheet: Mapping[str, Any], *, at: datetime) -> list[str]:
    facts = {name: value for name, value in sheet.items() if name != "days"}
    key = {"method": facts["method"], "weekday": weekday, "starts": facts["starts"]}
    found = SlotRule.objects.filter(place=place, **key).first()
    rule = found or SlotRule(place=place, weekday=weekday)
    changes = _changes(rule, facts) if found else []
    if found and not changes:
        return []
    for name, value in facts.items():
        setattr(rule, name, value)
    slot_rules.save_rule(rule=rule, by=None, at=at)
    where = f"slot {rule}"
    return [f"{where}.{change}" for change in changes] if found else [f"{where}: new"]


def _legal_text(sheet: LegalSheet, *, at: datetime) -> list[str]:
    known = LegalText.objects.filter(kind=sheet.kind, language=sheet.language)
    last = known.order_by("-version").first()
    if last is not None and (last.title, last.body) == (sheet.title, sheet.body):
        return []
    text = details.publish_legal_text(
        kind=sheet.kind,
        language=sheet.language,
        title=sheet.title,
        body=sheet.body,
        effective_from=at,
    )
    return [f"legal text {text}: published"]


def _manager(email: str, *, at: datetime) -> list[str]:
    if not email or staffing.managers().exists():
        return []
    login = Login.objects.filter(email=email).first()
    if login is not None:
        staffing.give_role(login=login, role=Role.MANAGER, by=None, at=at)
        return [f"manager {email}: appointed, with the account that it had"]
    staffing.invite_colleague(email=email, role=Role.MANAGER, by=None, at=at)
    return [f"manager {email}: invited by mail"]
