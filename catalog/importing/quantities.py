"""What a pack holds, read out of the words of a label."""

import re
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType

from catalog.vocabulary import Unit

MOST_UNITS = 10_000
_MOST_NET = 10_000_000
#: Not after another multiplier ("4 x 12 x 85 g"), nor in a band of weights ("< 10 kg", "10-25 kg",
#: "10 à 25 kg", "45 kg+"): that is the animal's weight.
_QUANTITY = re.compile(
    r"(?<![\w.,<>≤≥x×+-])(?<![<>≤≥x×+à-] )"
    r"(?:(\d{1,5})\s*[x×]\s*)?(\d{1,6}(?:[.,]\d{1,3})?)\s*(kg|g|ml|cl|l)\b(?!\s*\+)",
    re.IGNORECASE,
)
_MEASURES = MappingProxyType(
    {
        "kg": (1000, Unit.GRAM),
        "g": (1, Unit.GRAM),
        "l": (1000, Unit.MILLILITRE),
        "cl": (10, Unit.MILLILITRE),
        "ml": (1, Unit.MILLILITRE),
    }
)
_SPELT = MappingProxyType({Unit.GRAM: ("g", "kg"), Unit.MILLILITRE: ("ml", "L")})
_SPELT_LARGE = 1000


@dataclass(frozen=True, slots=True)
class Quantity:
    """What a pack holds: so many units of so many g or ml each, or so many pieces."""

    units: int
    net: int
    unit: Unit

    @property
    def label(self) -> str:
        """As an owner reads it: `6 x 780 g`, `2,5 kg`, `50`."""
        spelt = _SPELT.get(self.unit)
        if spelt is None:
            return str(self.net)
        small, large = spelt
        net, unit = Decimal(self.net), small
        if self.net >= _SPELT_LARGE:
            net, unit = net / _SPELT_LARGE, large
        one = f"{net:f}".replace(".", ",") + f" {unit}"
        return one if self.units == 1 else f"{self.units} x {one}"


def read_quantity(text: str) -> Quantity | None:
    """`6 x 780 g` is six units of 780 g, `2,5 kg` one of 2,500 g; None if unreadable."""
    found = _QUANTITY.search(" ".join(text.split()))
    if found is None:
        return None
    units = int(found[1] or 1)
    factor, unit = _MEASURES[found[3].lower()]
    net = Decimal(found[2].replace(",", ".")) * factor
    if not 1 <= units <= MOST_UNITS or not 0 < net <= _MOST_NET or net != net.to_integral_value():
        return None
    return Quantity(units=units, net=int(net), unit=unit)
