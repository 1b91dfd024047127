"""The same sheet by questions: each answer is read at once, and asked for again until it fits."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from clinic.models import Clinic, Place
from clinic.vocabulary import ClientGate, SellerRegime
from shop.opening import values
from shop.opening.values import Reader, Unfit

type Ask = Callable[[str], str]

_CLINIC: Final[Mapping[str, str]] = {
    "name": "Name of the clinic, as clients know it",
    "legal_name": "Legal name of the seller",
    "siret": "SIRET, 14 digits",
    "vat_number": "VAT number, such as FR83404833048",
    "email": "E-mail address for clients",
    "phone": "Phone",
    "emergency_phone": "Phone in an emergency, at night too",
    "mediator": "Consumer mediator, name and address",
    "seller_regime": f"Who sells: {', '.join(SellerRegime)}",
    "client_gate": f"Asked of buyers of dietetic food: {', '.join(ClientGate)}",
}
_PLACE: Final[Mapping[str, str]] = {
    "name": "Name of the place, such as its town",
    "street": "Street",
    "postal_code": "Postal code",
    "city": "Town",
    "hours": "Opening hours, such as mon-fri 09:00-12:30 14:00-19:00; sat 09:00-12:00",
}
_HEAVIEST_KG: Final = 30


def ask_for_sheet(*, ask: Ask, tell: Callable[[str], object]) -> dict[str, Any]:
    """What a file would hold; an empty answer keeps what stands in brackets, or leaves it blank."""
    clinic, place = Clinic.objects.first(), Place.objects.first()
    given: dict[str, Any] = {
        "clinic": _answers(_CLINIC, values.CLINIC, clinic or Clinic(), ask, tell)
    }
    given["places"] = [_place(place, ask, tell)]
    given["legal_texts"] = ask("Folder of the legal texts (empty: later): ").strip()
    given["manager"] = _answer("E-mail of the first manager", values.email, "", ask, tell)
    return given


def _place(place: Place | None, ask: Ask, tell: Callable[[str], object]) -> dict[str, Any]:
    asked = _PLACE if place is None else {n: s for n, s in _PLACE.items() if n != "hours"}
    given = _answers(asked, values.PLACE, place or Place(), ask, tell)
    if place is not None:
        return given
    says = f"Price of a delivery in France up to {_HEAVIEST_KG} kg (empty: later)"
    price = _answer(says, lambda text: text and values.cents(text), "", ask, tell)
    if price:
        rates = [{"up_to_kg": _HEAVIEST_KG, "price": price}]
        given["zones"] = [{"name": "France", "has_slots": False, "days_needed": 2, "rates": rates}]
    return given


def _answers(
    asked: Mapping[str, str],
    table: Mapping[str, Reader],
    row: Clinic | Place,
    ask: Ask,
    tell: Callable[[str], object],
) -> dict[str, Any]:
    return {
        name: _answer(says, table[name], getattr(row, name, ""), ask, tell)
        for name, says in asked.items()
    }


def _answer(says: str, read: Reader, default: str, ask: Ask, tell: Callable[[str], object]) -> str:
    while True:
        given = ask(f"{says} [{default}]: " if default else f"{says}: ").strip() or default
        try:
            read(given)
        except Unfit as error:
            tell(f"Expected {error}.")
        else:
            return given
