"""What the shop asks of any carrier; each carrier is one module that answers."""

from dataclasses import asdict, dataclass
from typing import Protocol

from kernel.money import Money
from orders.models import Shipment


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """What is sent and where; `goods` is what they cost after reductions, VAT included."""

    country: str
    postal_code: str
    weight_g: int
    goods: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class RelayPoint:
    """A shop that keeps parcels; `hours` is for people to read."""

    id: str
    name: str
    street: str
    postal_code: str
    city: str
    hours: str = ""

    def facts(self) -> dict[str, str]:
        """The point as it is kept on a cart or an order."""
        return asdict(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """What is stuck on a parcel: its number, and a PDF to print."""

    number: str
    pdf: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Tracking:
    """Where a parcel is: in words, and an address where more is told, if there is one."""

    words: str
    url: str = ""
    is_delivered: bool = False


class Carrier(Protocol):
    """One way of sending. Whoever asks over the network does so outside of any transaction."""

    def quote(self, parcel: Parcel) -> Money | None:
        """What the carrier asks for a parcel; None leaves it to the rates of the zone."""

    def points(self, country: str, postal_code: str) -> list[RelayPoint]:
        """The relay points around a postal code, the nearest first."""

    def label(self, shipment: Shipment) -> Label | None:
        """A label for a parcel; None where staff write one themselves."""

    def track(self, number: str) -> Tracking | None:
        """Where a parcel is; None where nobody knows."""
