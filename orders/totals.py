"""The one function that adds up what people pay: cart, order, invoice and refund all read it.

lines -> reductions in their declared order -> voucher over the lines -> delivery -> VAT by rate,
taken out of the final gross. docs/algorithms/order.md tells it with numbers.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from kernel.money import Money, TaxedMoney, extract_vat, round_half_up, split

ZERO = Money(0)
_HUNDRED = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """Packs of one kind at one price, VAT included; `vat_rate` in percent."""

    key: str
    unit_price: Money
    quantity: int
    vat_rate: Decimal
    may_be_reduced: bool = True

    @property
    def gross(self) -> Money:
        return self.unit_price * self.quantity


@dataclass(frozen=True, slots=True, kw_only=True)
class Advantage:
    """A reduction on lines, or a voucher on the cart: a percentage, or an amount once.

    `keys` are the lines that it is for; None means all that may be reduced.
    """

    code: str
    percent: Decimal | None = None
    amount: Money | None = None
    keys: frozenset[str] | None = None

    def __post_init__(self) -> None:
        if (self.percent is None) == (self.amount is None):
            raise ValueError("An advantage is a percentage or an amount.")
        if self.percent is not None and not 0 <= self.percent <= _HUNDRED:
            raise ValueError("A percentage lies from 0 to 100.")
        if self.amount is not None and self.amount < ZERO:
            raise ValueError("An advantage is never negative.")


@dataclass(frozen=True, slots=True)
class Applied:
    """What an advantage took off a line."""

    code: str
    money: Money


@dataclass(frozen=True, slots=True)
class LineTotal:
    """A line as it is paid: `gross` is what remains after the advantages."""

    key: str
    before: Money
    gross: Money
    vat_rate: Decimal
    applied: tuple[Applied, ...]

    @property
    def reduced_by(self) -> Money:
        return self.before - self.gross


@dataclass(frozen=True, slots=True)
class VatLine:
    """All that is taxed at one rate; `base + vat == gross` to the cent."""

    rate: Decimal
    gross: Money
    base: Money
    vat: Money


@dataclass(frozen=True, slots=True)
class Totals:
    """What a cart or an order comes to. `delivery_parts` spreads the delivery over the rates."""

    lines: tuple[LineTotal, ...]
    goods: Money
    reduced_by: Money
    delivery: Money
    delivery_parts: tuple[tuple[Decimal, Money], ...]
    total: Money
    vat_lines: tuple[VatLine, ...]

    @property
    def taxed(self) -> TaxedMoney:
        vat = sum((each.vat for each in self.vat_lines), ZERO)
        return TaxedMoney(gross=self.total, net=self.total - vat, vat=vat)


def total_of(
    lines: Sequence[Line],
    *,
    reductions: Sequence[Advantage] = (),
    voucher: Advantage | None = None,
    delivery: Money = ZERO,
    delivery_vat: Decimal = Decimal(20),
) -> Totals:
    """Add up a cart.

    A percentage is taken of each line's rest and rounded half up; an amount is spread over the
    lines by largest remainder, never past their rest. Delivery follows the rates of the goods pro
    rata of their gross (BOFiP BOI-TVA-LIQ-30-10), and `delivery_vat` alone where there are none.

    The sum of the lines and the delivery is the total; nothing is ever negative.

    Raises:
        ValueError: a quantity under 1, a negative price, or two lines of one key.
    """
    _refuse_nonsense(lines, delivery)
    rest = {line.key: line.gross for line in lines}
    taken: dict[str, list[Applied]] = defaultdict(list)
    for advantage in [*reductions, *([voucher] if voucher else [])]:
        for key, money in _shares(advantage, lines, rest).items():
            rest[key] -= money
            taken[key].append(Applied(advantage.code, money))
    paid = tuple(
        LineTotal(line.key, line.gross, rest[line.key], line.vat_rate, tuple(taken[line.key]))
        for line in lines
    )
    goods = sum((line.gross for line in paid), ZERO)
    parts = _spread_delivery(delivery, paid, delivery_vat)
    return Totals(
        lines=paid,
        goods=goods,
        reduced_by=sum((line.reduced_by for line in paid), ZERO),
        delivery=delivery,
        delivery_parts=parts,
        total=goods + delivery,
        vat_lines=vat_lines_of([(line.vat_rate, line.gross) for line in paid] + list(parts)),
    )


def vat_lines_of(amounts: Sequence[tuple[Decimal, Money]]) -> tuple[VatLine, ...]:
    """The VAT inside gross amounts, once a rate, the lowest rate first; empty rates left out."""
    by_rate: dict[Decimal, Money] = defaultdict(lambda: ZERO)
    for rate, gross in amounts:
        by_rate[rate] += gross
    taxed = [(rate, extract_vat(by_rate[rate], rate=rate)) for rate in sorted(by_rate)]
    return tuple(
        VatLine(rate=rate, gross=each.gross, base=each.net, vat=each.vat)
        for rate, each in taxed
        if each.gross != ZERO
    )


def _refuse_nonsense(lines: Sequence[Line], delivery: Money) -> None:
    if any(line.quantity < 1 or line.unit_price < ZERO for line in lines) or delivery < ZERO:
        raise ValueError("Quantities are at least 1, and no price is negative.")
    if len({line.key for line in lines}) != len(lines):
        raise ValueError("Two lines have the same key.")


def _shares(
    advantage: Advantage, lines: Sequence[Line], rest: dict[str, Money]
) -> dict[str, Money]:
    """What an advantage takes off each of its lines; lines that it leaves alone are left out."""
    keys = [
        line.key
        for line in lines
        if line.may_be_reduced
        and (advantage.keys is None or line.key in advantage.keys)
        and rest[line.key] > ZERO
    ]
    if advantage.percent is not None:
        percent = advantage.percent
        shares = [
            Money(round_half_up(Decimal(rest[key].cents) * percent / _HUNDRED)) for key in keys
        ]
    elif advantage.amount is not None and keys:
        whole = sum((rest[key] for key in keys), ZERO)
        spread = min(advantage.amount, whole)
        shares = split(spread, weights=[rest[key].cents for key in keys])
    else:
        shares = []
    return {key: share for key, share in zip(keys, shares, strict=True) if share > ZERO}


def _spread_delivery(
    delivery: Money, lines: Sequence[LineTotal], delivery_vat: Decimal
) -> tuple[tuple[Decimal, Money], ...]:
    if delivery == ZERO:
        return ()
    by_rate: dict[Decimal, int] = defaultdict(int)
    for line in lines:
        by_rate[line.vat_rate] += line.gross.cents
    rates = sorted(rate for rate, cents in by_rate.items() if cents)
    if not rates:
        return ((delivery_vat, delivery),)
    parts = split(delivery, weights=[by_rate[rate] for rate in rates])
    return tuple(zip(rates, parts, strict=True))
