"""The carriers that the shop knows, by name; to add one is to add a module and a line here."""

from collections.abc import Callable, Sequence
from types import MappingProxyType

from kernel.refusals import Invalid
from orders.carriers.manual import Manual
from orders.carriers.protocol import Carrier, Label, Parcel, RelayPoint, Tracking

__all__ = ["CARRIERS", "Carrier", "Label", "Parcel", "RelayPoint", "Tracking", "carrier_named"]

#: Name -> what makes the carrier, given the relay points that staff listed.
CARRIERS: MappingProxyType[str, Callable[[Sequence[RelayPoint]], Carrier]] = MappingProxyType(
    {"manual": Manual}
)


def carrier_named(name: str, *, listed: Sequence[RelayPoint] = ()) -> Carrier:
    """The carrier of that name.

    Raises:
        Invalid: there is none.
    """
    if name not in CARRIERS:
        raise Invalid(path=["input", "carrier"], value=name, expected=", ".join(sorted(CARRIERS)))
    return CARRIERS[name](listed)
