"""What a credit note says: what the invoice said of what is given back, negated."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import cast

from django.utils.formats import date_format
from django.utils.translation import override

from kernel.animals import Language
from kernel.money import Money
from orders.credited import Credited, shares, vat_of_credit
from orders.invoice_content import (
    Content,
    Delivery,
    Sold,
    day_of,
    negative,
    sold_of,
    sums_of,
    written,
)
from orders.mentions import mention_of_correction
from orders.models import Refund, RefundLine
from orders.stored import StoredVat, rate_text
from orders.totals import ZERO, VatLine

type ByRate = dict[Decimal, Money]


_GOODWILL = {Language.FR: "Geste commercial", Language.EN: "Goodwill gesture"}


def content_of_credit_note(
    refund: Refund, *, invoice: Content, earlier: Sequence[Content], number: str, at: datetime
) -> Content:
    """All that the credit note of a refund says; `earlier` are those of the same invoice.

    Raises:
        ValueError: more than the invoice has left.
    """
    sold, delivery = _given(refund, invoice, earlier)
    before = {
        rate: Credited(gross=-1 * gross, vat=-1 * vat)
        for rate, (gross, vat) in _by_rate(earlier).items()
    }
    invoiced = tuple(
        VatLine(
            rate=Decimal(each["rate"]),
            gross=Money(each["gross_cents"]),
            base=Money(each["base_cents"]),
            vat=Money(each["vat_cents"]),
        )
        for each in invoice["vat_lines"]
    )
    taxed = vat_of_credit(invoiced, before=before, grosses=_grosses(sold, delivery))
    told = _told(sold, delivery, invoice, [_stored(each) for each in taxed])
    language, corrected = Language(invoice["language"]), invoice["number"]
    with override(language):
        day = date_format(date.fromisoformat(invoice["issued_on"]), "DATE_FORMAT")
    mention = mention_of_correction(number=corrected, day=day, language=language)
    return {
        **told,
        "kind": "credit_note",
        "number": number,
        "issued_on": day_of(at),
        "corrects": {
            "number": corrected,
            "issued_on": invoice["issued_on"],
            "reason": refund.reason,
        },
        "payment": {
            "method": refund.payment.method,
            "on": day_of(refund.done_at) if refund.done_at else "",
        },
        "mentions": [mention, *invoice["mentions"]],
    }


def _given(
    refund: Refund, invoice: Content, earlier: Sequence[Content]
) -> tuple[list[Sold], ByRate]:
    """Lines and delivery that are given back; what is for neither is goodwill, a line a rate."""
    sold = [_sold(each) for each in refund.lines.select_related("line").order_by("line_id")]
    delivery = _spread(Money(refund.delivery_cents), _left_of_delivery(invoice, earlier))
    rest = Money(refund.amount_cents - refund.delivery_cents)
    rest -= sum((each.gross for each in sold), ZERO)
    left = {rate: gross for rate, (gross, _vat) in _by_rate([invoice, *earlier]).items()}
    for rate, gross in _grosses(sold, delivery).items():
        left[rate] = left.get(rate, ZERO) - gross
    name = _GOODWILL[Language(invoice["language"])]
    gesture = [
        Sold(name=name, rate=rate_text(rate), quantity=1, unit=money, gross=money)
        for rate, money in _spread(rest, left).items()
        if money != ZERO
    ]
    return [*sold, *gesture], delivery


def _grosses(sold: Sequence[Sold], delivery: ByRate) -> ByRate:
    found: ByRate = defaultdict(lambda: ZERO, delivery)
    for each in sold:
        found[Decimal(each.rate)] += each.gross
    return dict(found)


def _sold(row: RefundLine) -> Sold:
    """What is given back of a line, with the reductions that it was bought with."""
    gross = Money(row.gross_cents)
    taken = Money(row.line.unit_cents) * row.quantity - gross
    if taken < ZERO or row.quantity == 0:
        whole = sold_of(row.line, quantity=1, gross=gross, reductions=())
        return replace(whole, unit=gross)
    reductions = (("", taken),) if taken != ZERO else ()
    return sold_of(row.line, quantity=row.quantity, gross=gross, reductions=reductions)


def _left_of_delivery(invoice: Content, earlier: Sequence[Content]) -> ByRate:
    left: ByRate = defaultdict(lambda: ZERO)
    for content in (invoice, *earlier):
        for part in content["delivery"]["parts"]:
            left[Decimal(part["rate"])] += Money(part["gross_cents"])
    return left


def _by_rate(contents: Sequence[Content]) -> dict[Decimal, tuple[Money, Money]]:
    """Gross and VAT of some documents by rate, signs as they are."""
    found: dict[Decimal, tuple[Money, Money]] = {}
    for content in contents:
        for each in content["vat_lines"]:
            gross, vat = found.get(Decimal(each["rate"]), (ZERO, ZERO))
            found[Decimal(each["rate"])] = (
                gross + Money(each["gross_cents"]),
                vat + Money(each["vat_cents"]),
            )
    return found


def _spread(money: Money, left: ByRate) -> ByRate:
    """An amount over what is left by rate.

    Raises:
        ValueError: more than is left, or less than nothing.
    """
    whole = sum(left.values(), ZERO)
    if not ZERO <= money <= whole:
        raise ValueError(f"{money} of the {whole} that are left.")
    rates = sorted(left)
    return dict(zip(rates, shares(money, [left[rate] for rate in rates]), strict=True))


def _stored(line: VatLine) -> StoredVat:
    return {
        "rate": rate_text(line.rate),
        "gross_cents": line.gross.cents,
        "base_cents": line.base.cents,
        "vat_cents": line.vat.cents,
    }


def _told(
    sold: Sequence[Sold], given: ByRate, invoice: Content, vat_lines: list[StoredVat]
) -> Content:
    """The invoice's words with the amounts that are given back."""
    delivered = {rate_text(rate): money for rate, money in given.items() if money != ZERO}
    lines, parts = written(sold, delivered, vat_lines)
    delivery: Delivery = {
        **invoice["delivery"],
        "gross_cents": sum(part["gross_cents"] for part in parts),
        "net_cents": sum(part.get("net_cents", 0) for part in parts),
        "parts": parts,
    }
    changed = {
        "lines": lines,
        "delivery": delivery,
        "vat_lines": vat_lines,
        "totals": sums_of(lines, delivery, vat_lines),
    }
    return cast("Content", {**invoice, **negative(changed)})
