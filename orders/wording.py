"""How money and addresses are written for people."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from accounts.countries import COUNTRIES
from kernel.animals import Language
from kernel.money import Money
from orders.stored import PostalAddress
from orders.vocabulary import DeliveryMethod

HARD_SPACE: Final = "\u00a0"
#: (French, English).
METHODS: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        DeliveryMethod.HOME: ("Livraison à domicile", "Home delivery"),
        DeliveryMethod.PICKUP: ("Retrait à la clinique", "Collection at the clinic"),
        DeliveryMethod.RELAY: ("Livraison en point relais", "Delivery to a relay point"),
    }
)
_MINUS: Final = "\u2212"


def money_text(money: Money, language: Language) -> str:
    """`1 234,50 €` in French, `€1,234.50` in English."""
    sign = _MINUS if money.cents < 0 else ""
    euros, cents = divmod(abs(money.cents), 100)
    if language is Language.FR:
        grouped = f"{euros:,}".replace(",", HARD_SPACE)
        return f"{sign}{grouped},{cents:02d}{HARD_SPACE}€"
    return f"{sign}€{euros:,}.{cents:02d}"


def address_lines(address: PostalAddress, *, named: bool = True) -> list[str]:
    """An address as it is written on an envelope; the country only when it is not France."""
    lines = [
        *([address.get("recipient", ""), address.get("company", "")] if named else []),
        address.get("line1", ""),
        address.get("line2", ""),
        f"{address.get('postal_code', '')} {address.get('city', '')}",
    ]
    country = address.get("country", "FR")
    if country != "FR":
        lines.append(COUNTRIES[country].label_name if country in COUNTRIES else country)
    return list(dict.fromkeys(line.strip() for line in lines if line.strip()))
