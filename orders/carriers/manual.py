"""The carrier without a network: staff list the relay points and tell where a parcel is."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile
from urllib.parse import urlsplit

from kernel.money import Money
from orders.carriers.protocol import Label, Parcel, RelayPoint, Tracking
from orders.models import Shipment


@dataclass(frozen=True, slots=True)
class Manual:
    """`listed` are the points that staff wrote down for a zone."""

    listed: Sequence[RelayPoint] = ()

    def quote(self, _parcel: Parcel) -> Money | None:
        return None

    def points(self, _country: str, postal_code: str) -> list[RelayPoint]:
        """Those whose postal code begins most alike come first, then in their listed order."""

        def alike(point: RelayPoint) -> int:
            pairs = zip(point.postal_code, postal_code, strict=False)
            return sum(1 for _pair in takewhile(lambda pair: pair[0] == pair[1], pairs))

        return sorted(self.listed, key=alike, reverse=True)

    def label(self, _shipment: Shipment) -> Label | None:
        return None

    def track(self, number: str) -> Tracking | None:
        """What staff wrote: words, a number, or the address of a carrier's page."""
        written = number.strip()
        if not written:
            return None
        is_address = urlsplit(written).scheme == "https"
        return Tracking(words=written, url=written if is_address else "")
