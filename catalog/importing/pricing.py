"""The prices that an import brings: a history is told as it was, a plain price from now on."""

from collections.abc import Sequence
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from catalog import regulation
from catalog.importing.clinic_format import Tell
from catalog.importing.records import PackRecord, PricePoint, ProductRecord
from catalog.models import PriceChange, Reduction, Variant, VatRate

PARIS = ZoneInfo("Europe/Paris")
IMPORTED = "import"
_BEGINNING = date(2014, 1, 1)

type Changes = dict[str, tuple[str, str]]
type Window = tuple[PricePoint, date | None]


def midnight(day: date) -> datetime:
    """The moment a day begins in France."""
    return datetime.combine(day, time.min, tzinfo=PARIS)


class PriceKeeper:
    """Turns price points into list prices and reductions, and adds those that are not there yet."""

    def __init__(self, *, reductions_allowed: bool, at: datetime, tell: Tell) -> None:
        self._reductions_allowed = reductions_allowed
        self._at = at
        self._tell = tell

    def check(self, record: ProductRecord) -> None:
        """Take out of each history the cuts that may not be, and tell why."""
        for pack in record.packs:
            pack.history = [point for point in pack.history if self._may_stand(point, pack)]

    def _may_stand(self, point: PricePoint, pack: PackRecord) -> bool:
        if not point.is_cut:
            return True
        rule = regulation.rule_for(pack.fields["regulatory_class"])
        if not rule.may_be_reduced:
            expected = f"no reduction on {pack.fields['regulatory_class']} ({rule.article})"
        elif not self._reductions_allowed:
            expected = "no reduction while the seller is the clinic itself (Code rural R.242-62)"
        else:
            return True
        self._tell(point.row.refused("reason", expected).problem)
        return False

    def changes(self, pack: PackRecord, variant: Variant) -> Changes:
        """What the file says of the price that the database does not know."""
        changes: Changes = {}
        fresh = self._missing_prices(pack, variant)
        if fresh:
            changes["price"] = ("", ", ".join(f"{c / 100:.2f} from {d}" for d, c in fresh))
        cuts = self._missing_cuts(pack, variant)
        if cuts:
            changes["reductions"] = ("", f"{len(cuts)} new")
        rates = [rate.percent for rate in variant.vat_rates.all()]
        if not rates or rates[-1] != pack.vat_percent:
            changes["vat"] = (str(rates[-1]) if rates else "", str(pack.vat_percent))
        return changes

    def _missing_prices(self, pack: PackRecord, variant: Variant) -> list[tuple[date, int]]:
        known = list(variant.price_changes.all())
        if pack.history:
            days = {change.effective_from for change in known if change.reason != "set"}
            return [
                (point.day, point.cents)
                for point in pack.history
                if not point.is_cut and midnight(point.day) not in days
            ]
        imported = [change for change in known if change.reason == IMPORTED]
        if pack.price_cents is None or (imported and imported[-1].gross_cents == pack.price_cents):
            return []
        return [(self._at.astimezone(PARIS).date(), pack.price_cents)]

    def _missing_cuts(self, pack: PackRecord, variant: Variant) -> list[Window]:
        known = {cut.starts_at: cut.ends_at for cut in variant.reductions.all()}
        return [
            (point, until)
            for point, until in _windows(pack.history)
            if known.get(midnight(point.day), self) != (until and midnight(until))
        ]

    def start(self, packs: Sequence[tuple[PackRecord, Variant]]) -> None:
        """Write the prices, reductions and VAT rates of new packs."""
        PriceChange.objects.bulk_create(
            change for pack, variant in packs for change in self._first_prices(pack, variant)
        )
        Reduction.objects.bulk_create(
            _reduction(variant, window)
            for pack, variant in packs
            for window in _windows(pack.history)
        )
        VatRate.objects.bulk_create(
            VatRate(variant=variant, percent=pack.vat_percent, effective_from=_BEGINNING)
            for pack, variant in packs
        )

    def _first_prices(self, pack: PackRecord, variant: Variant) -> list[PriceChange]:
        listed = [point for point in pack.history if not point.is_cut]
        if listed:
            return [
                self._change(variant, midnight(point.day), point.cents, point.reason)
                for point in listed
            ]
        return [self._change(variant, self._at, pack.price_cents or 0, IMPORTED)]

    def _change(self, variant: Variant, since: datetime, cents: int, reason: str) -> PriceChange:
        return PriceChange(
            variant=variant,
            gross_cents=cents,
            effective_from=since,
            recorded_at=self._at,
            reason=reason,
        )

    def follow(self, pack: PackRecord, variant: Variant) -> None:
        """Add to a pack that is there what the file says and the database does not know."""
        for day, cents in self._missing_prices(pack, variant):
            since = midnight(day) if pack.history else self._at
            reason = "regular" if pack.history else IMPORTED
            self._change(variant, since, cents, reason).save()
        for point, until in self._missing_cuts(pack, variant):
            Reduction.objects.update_or_create(
                variant=variant,
                starts_at=midnight(point.day),
                defaults={
                    "price_cents": point.cents,
                    "ends_at": until and midnight(until),
                    "reason": point.reason,
                },
            )
        rates = [rate.percent for rate in variant.vat_rates.all()]
        if not rates or rates[-1] != pack.vat_percent:
            today = self._at.astimezone(PARIS).date()
            VatRate.objects.update_or_create(
                variant=variant, effective_from=today, defaults={"percent": pack.vat_percent}
            )


def _windows(history: Sequence[PricePoint]) -> list[Window]:
    """Each cut with the day on which the next line ends it; None while nothing does."""
    followers = [*history[1:], None]
    return [
        (point, follower.day if follower else None)
        for point, follower in zip(history, followers, strict=True)
        if point.is_cut
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
