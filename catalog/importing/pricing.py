"""The prices that an import brings: a history is told as it was, a plain price from now on.

Rows of a price history are added, never changed. What staff set by hand stays until the file
names a later day.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from itertools import zip_longest

from accounts import audit
from accounts.models import AuditEntry, Person
from catalog import prices, regulation
from catalog.importing.clinic_format import BY_HAND, Tell
from catalog.importing.records import PackRecord, PricePoint, ProductRecord
from catalog.models import PriceChange, Reduction, Variant, VatRate
from catalog.pricing import Cut, overlaps
from catalog.vocabulary import RegulatoryClass
from clinic.details import PARIS

IMPORTED = "import"
CORRECTED = "correction"
_BEGINNING = date(2014, 1, 1)
_USUAL_VAT = Decimal(20)

type Changes = dict[str, tuple[str, str]]
type Window = tuple[PricePoint, date | None]
type Price = tuple[datetime, int, str]


def midnight(day: date) -> datetime:
    """The moment a day begins in France."""
    return datetime.combine(day, time.min, tzinfo=PARIS)


class PriceKeeper:
    """Turns price points into list prices and reductions, and adds those that are not there yet."""

    def __init__(
        self, *, reductions_allowed: bool, by: Person | None, at: datetime, tell: Tell
    ) -> None:
        self._reductions_allowed = reductions_allowed
        self._by = by
        self._at = at
        self._today = at.astimezone(PARIS).date()
        self._tell = tell

    def check(self, record: ProductRecord, variants: Mapping[str, Variant]) -> None:
        """Find the cuts of each history that may not be, and tell why."""
        for pack in record.packs:
            if any(point.is_cut for point in pack.history):
                barred = self._barred(pack, variants.get(pack.fields["sku"]))
                for point, column, expected in barred:
                    self._tell(point.row.refused(column, expected).problem)
                pack.refused_days = {point.day for point, _column, _expected in barred}

    def _barred(
        self, pack: PackRecord, variant: Variant | None
    ) -> list[tuple[PricePoint, str, str]]:
        """Cuts that may not be, each with the column that is wrong and what is expected."""
        barred = []
        by_law = self._law_against(pack.fields.get("regulatory_class", RegulatoryClass.UNKNOWN))
        listed: int | None = None
        for point, until in _spans(pack.history):
            if not point.is_cut:
                listed = point.cents
            elif by_law:
                barred.append((point, "reason", by_law))
            elif listed is None or point.cents >= listed:
                expected = "a price below the one before it, which is not reduced"
                barred.append((point, "price_ttc", expected))
            elif variant and self._overlaps_another(pack, variant, (point, until)):
                barred.append((point, "effective_date", "a day without another reduction"))
        return barred

    def _law_against(self, regulatory_class: str) -> str:
        rule = regulation.rule_for(regulatory_class)
        if not rule.may_be_reduced:
            return f"no reduction on {regulatory_class} ({rule.article})"
        if not self._reductions_allowed:
            return "no reduction while the seller is the clinic itself (Code rural R.242-62)"
        return ""

    def _overlaps_another(self, pack: PackRecord, variant: Variant, window: Window) -> bool:
        ours = {midnight(point.day) for point in pack.history if point.is_cut}
        others = [cut for cut in variant.reductions.all() if cut.starts_at not in ours]
        point, until = window
        cut = Cut(midnight(point.day), midnight(until) if until else None, point.cents)
        return any(
            overlaps([cut, Cut(each.starts_at, each.ends_at, each.price_cents)]) for each in others
        )

    def changes(self, pack: PackRecord, variant: Variant) -> Changes:
        """What the file says of the price that the database does not know."""
        changes: Changes = {}
        fresh = self._missing_prices(pack, variant)
        if fresh:
            told = (f"{cents / 100:.2f} from {_day(since)}" for since, cents, _reason in fresh)
            changes["price"] = ("", ", ".join(told))
        cuts = self._missing_cuts(pack, variant)
        if self._is_reduced_against_law(pack, variant):
            changes["reductions"] = ("on offer", "ended")
        elif cuts:
            told = (f"{cut.cents / 100:.2f} from {cut.day}" for cut, _until in cuts)
            changes["reductions"] = ("", ", ".join(told))
        rate = self._rate_today(variant)
        if pack.vat_percent is not None and rate != pack.vat_percent:
            changes["vat"] = ("" if rate is None else str(rate), str(pack.vat_percent))
        return changes

    def _is_reduced_against_law(self, pack: PackRecord, variant: Variant) -> bool:
        """Whether the class that the pack has now bars a reduction that stands."""
        named = pack.fields.get("regulatory_class", variant.regulatory_class)
        is_open = any(
            cut.ends_at is None or cut.ends_at > self._at for cut in variant.reductions.all()
        )
        return is_open and not regulation.rule_for(named).may_be_reduced

    def _rate_today(self, variant: Variant) -> Decimal | None:
        rates = variant.vat_rates.all()
        past = [rate.percent for rate in rates if rate.effective_from <= self._today]
        return past[-1] if past else None

    def _missing_prices(self, pack: PackRecord, variant: Variant) -> list[Price]:
        known = list(variant.price_changes.all())
        told = [change for change in known if change.reason != BY_HAND]
        listed = [point for point in pack.history if not point.is_cut]
        if not listed:
            is_new = not told or told[-1].gross_cents != pack.price_cents
            return [(self._at, pack.price_cents, IMPORTED)] if pack.price_cents and is_new else []
        standing = {change.effective_from: change.gross_cents for change in told}
        fresh = [
            _price(point)
            for point in listed
            if standing.get(midnight(point.day)) != point.cents
            and (point.day > self._today or midnight(point.day) not in standing)
        ]
        return fresh + self._correction(listed, known, standing)

    def _correction(
        self,
        listed: Sequence[PricePoint],
        known: Sequence[PriceChange],
        standing: Mapping[datetime, int],
    ) -> list[Price]:
        """The price in force, when its line was changed afterwards: what was charged until now
        was charged, so the new one holds from now; not against a later price set by hand.
        """
        past = [point for point in listed if point.day <= self._today]
        if not past or standing.get(since := midnight(past[-1].day)) in (None, past[-1].cents):
            return []
        later = [each for each in known if since <= each.effective_from <= self._at]
        if any(each.reason == BY_HAND for each in later) or later[-1].gross_cents == past[-1].cents:
            return []
        return [(self._at, past[-1].cents, CORRECTED)]

    def _missing_cuts(self, pack: PackRecord, variant: Variant) -> list[Window]:
        """Cuts that are not there, and open ones that have an end now. One that staff ended is
        left alone.
        """
        known = {cut.starts_at: cut.ends_at for cut in variant.reductions.all()}
        absent = object()
        missing = []
        for point, until in _windows(pack):
            ends_at = known.get(midnight(point.day), absent)
            if ends_at is absent or (ends_at is None and until is not None):
                missing.append((point, until))
        if not missing:
            return []
        ended = self._reductions_ended(variant)
        return [each for each in missing if ended is None or midnight(each[0].day) > ended]

    def _reductions_ended(self, variant: Variant) -> datetime | None:
        """When staff last put the pack back to its list price."""
        ends = AuditEntry.objects.filter(action="reduction.end", subject=audit.subject_of(variant))
        return ends.order_by("-at").values_list("at", flat=True).first()

    def start(self, packs: Sequence[tuple[PackRecord, Variant]]) -> None:
        """Write the prices, reductions and VAT rates of new packs."""
        self._add_prices(
            (variant, price) for pack, variant in packs for price in self._first_prices(pack)
        )
        Reduction.objects.bulk_create(
            _reduction(variant, window) for pack, variant in packs for window in _windows(pack)
        )
        VatRate.objects.bulk_create(
            VatRate(
                variant=variant,
                percent=_USUAL_VAT if pack.vat_percent is None else pack.vat_percent,
                effective_from=_BEGINNING,
            )
            for pack, variant in packs
        )

    def _first_prices(self, pack: PackRecord) -> list[Price]:
        listed = [point for point in pack.history if not point.is_cut]
        holds_now = any(point.day <= self._today for point in listed)
        now = [] if holds_now or not pack.price_cents else [(self._at, pack.price_cents, IMPORTED)]
        return now + [_price(point) for point in listed]

    def _add_prices(self, added: Iterable[tuple[Variant, Price]]) -> None:
        PriceChange.objects.bulk_create(
            PriceChange(
                variant=variant,
                gross_cents=cents,
                effective_from=since,
                recorded_at=self._at,
                reason=reason,
            )
            for variant, (since, cents, reason) in added
        )

    def follow(self, packs: Sequence[tuple[PackRecord, Variant]]) -> None:
        """Add to packs that are there what the file says and the database does not know."""
        for pack, variant in packs:
            if self._is_reduced_against_law(pack, variant):
                prices.end_reductions(variant=variant, by=self._by, at=self._at)
        self._add_prices(
            (variant, price)
            for pack, variant in packs
            for price in self._missing_prices(pack, variant)
        )
        cuts = [
            (variant, window)
            for pack, variant in packs
            for window in self._missing_cuts(pack, variant)
        ]
        Reduction.objects.bulk_create(
            (_reduction(variant, window) for variant, window in cuts),
            update_conflicts=True,
            unique_fields=["variant", "starts_at"],
            update_fields=["ends_at"],
        )
        VatRate.objects.bulk_create(
            (
                VatRate(variant=variant, percent=pack.vat_percent, effective_from=self._today)
                for pack, variant in packs
                if pack.vat_percent not in (None, self._rate_today(variant))
            ),
            update_conflicts=True,
            unique_fields=["variant", "effective_from"],
            update_fields=["percent"],
        )


def _price(point: PricePoint) -> Price:
    return midnight(point.day), point.cents, point.reason


def _day(moment: datetime) -> date:
    return moment.astimezone(PARIS).date()


def _spans(history: Sequence[PricePoint]) -> list[Window]:
    """Each line with the day on which the next one ends it; None while nothing does."""
    return [
        (point, follower.day if follower else None)
        for point, follower in zip_longest(history, history[1:])
    ]


def _windows(pack: PackRecord) -> list[Window]:
    """The cuts that may be; a refused line ends the one before it all the same."""
    return [
        (point, until)
        for point, until in _spans(pack.history)
        if point.is_cut and point.day not in pack.refused_days
    ]


def _reduction(variant: Variant, window: Window) -> Reduction:
    point, until = window
    return Reduction(
        variant=variant,
        price_cents=point.cents,
        starts_at=midnight(point.day),
        ends_at=until and midnight(until),
        reason=point.reason,
    )
