"""The arithmetic of invoices and credit notes over cents that are stored already."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from kernel.money import Money, round_half_up, split
from orders.totals import ZERO, VatLine


@dataclass(frozen=True, slots=True)
class Credited:
    """What the credit notes of an invoice gave back so far at one rate."""

    gross: Money = ZERO
    vat: Money = ZERO


def shares(total: Money, weights: Sequence[Money]) -> list[Money]:
    """An amount over others in proportion, to the cent; nothing over nothing is nothing.

    None gets more than its weight while the total is at most their sum.

    Raises:
        ValueError: an amount that is not zero over weights that are.
    """
    if total == ZERO:
        return [ZERO for _ in weights]
    return split(total, weights=[each.cents for each in weights])


def vat_of_credit(
    invoiced: Sequence[VatLine],
    *,
    before: Mapping[Decimal, Credited],
    grosses: Mapping[Decimal, Money],
) -> tuple[VatLine, ...]:
    """The VAT of a credit note, a line a rate, so that credit notes of all the gross add up to
    the invoice's VAT and never pass it: each takes the cumulated share, less what came before.

    `before` is what was credited so far; `grosses` what is credited now. All are positive.

    Raises:
        ValueError: more than the invoice has left at a rate.
    """
    lines = []
    for line in invoiced:
        gross = grosses.get(line.rate, ZERO)
        if gross == ZERO:
            continue
        earlier = before.get(line.rate, Credited())
        through = earlier.gross + gross
        if gross < ZERO or through > line.gross:
            raise ValueError(f"More than was invoiced at {line.rate} %.")
        share = Decimal(line.vat.cents) * through.cents / line.gross.cents
        vat = Money(round_half_up(share)) - earlier.vat
        lines.append(VatLine(rate=line.rate, gross=gross, base=gross - vat, vat=vat))
    if {rate for rate, gross in grosses.items() if gross != ZERO} - {each.rate for each in lines}:
        raise ValueError("A rate that the invoice does not have.")
    return tuple(lines)
