"""One import from beginning to end: read, compare, write what differs, report what was refused."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import batched
from pathlib import Path

from django.db import transaction
from django.db.models import Value
from django.db.models.functions import Coalesce

from accounts.models import Person
from catalog import cards, products
from catalog.events import CatalogueTextChanged
from catalog.importing import shelves, withdrawing
from catalog.importing.clinic_format import SOURCE, ClinicFolder
from catalog.importing.comparing import Chunk, Difference
from catalog.importing.files import refused
from catalog.importing.pricing import PriceKeeper
from catalog.importing.reading import FileRefused, Problem
from catalog.importing.supplier_format import SupplierFile
from catalog.importing.writing import WHOLESALER, Writer
from catalog.models import (
    ImportProblem,
    ImportRun,
    Product,
    ProductReference,
    SupplierFormat,
)
from catalog.vocabulary import ProductStatus
from clinic import details, revision
from clinic.models import Place
from kernel import events

_CHUNK = 100
_KEPT_DIFFERENCES = 2000
_KEPT_PROBLEMS = 5000
_LONGEST_FILE_NAME = 120
_SUPPLIER = re.compile(r"[-\w]{1,40}", re.ASCII)
#: More than this share of a source's products gone from a file is taken for a cut-off file.
_MOST_WITHDRAWN = 0.2


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be imported, and how."""

    path: Path
    supplier: str = ""
    is_dry: bool = False
    is_strict: bool = False
    publish: bool = True


@dataclass(slots=True)
class Report:
    """What came of an import: counts, differences field by field, and every refused row."""

    is_dry: bool
    counts: Counter[str] = field(default_factory=Counter)
    differences: list[Difference] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    run: ImportRun | None = None

    def tell(self, problem: Problem) -> None:
        self.counts["refused"] += 1
        if len(self.problems) < _KEPT_PROBLEMS:
            self.problems.append(problem)

    def note(self, difference: Difference) -> None:
        self.counts[difference.kind] += 1
        if len(self.differences) < _KEPT_DIFFERENCES:
            self.differences.append(difference)

    @property
    def changed_nothing(self) -> bool:
        return not any(self.counts[kind] for kind in ("new", "changed", "withdrawn"))


class StrictRefused(Exception):
    """Strict, and a row was refused: nothing was written. The report is in `report`."""

    def __init__(self, report: Report) -> None:
        super().__init__(f"{report.counts['refused']} rows refused, nothing imported")
        self.report = report


type Progress = Callable[[int], object]


type Source = ClinicFolder | SupplierFile


def run(
    order: Order, *, by: Person | None, at: datetime, progress: Progress = lambda _done: None
) -> Report:
    """Import a catalogue: each hundred products in a transaction of their own, or all in one when
    strict. The report is kept, in the back office too, whatever comes of it.

    Raises:
        StrictRefused: strict, and a row was refused: nothing was written.
        FileRefused: the file, or one of the folder, cannot be read at all.
    """
    report = Report(is_dry=order.is_dry)
    steps = _Run(order, report, by=by, at=at, progress=progress)
    try:
        steps.carry_out_whole() if order.is_strict else steps.carry_out()
    except FileRefused as refusal:
        report.tell(refusal.problem)
        report.is_dry = order.is_dry or order.is_strict
        _keep(order, report, by=by, at=at)
        raise
    except StrictRefused:
        report.is_dry = True
        _keep(order, report, by=by, at=at)
        raise
    _keep(order, report, by=by, at=at)
    return report


class _Run:
    """The steps of one import."""

    def __init__(
        self,
        order: Order,
        report: Report,
        *,
        by: Person | None,
        at: datetime,
        progress: Progress,
    ) -> None:
        self._order = order
        self._report = report
        self._by = by
        self._at = at
        self._progress = progress
        self._name = order.supplier or SOURCE

    def carry_out_whole(self) -> None:
        """All in one transaction. Raises: StrictRefused, when a row was refused."""
        with transaction.atomic():
            self.carry_out()
            if self._report.problems:
                raise StrictRefused(self._report)

    def carry_out(self) -> None:
        source = self._open()
        if isinstance(source, ClinicFolder):
            self._follow_brands(source.brand_facts)
        prices = PriceKeeper(
            reductions_allowed=details.public_details(revision.current()).reductions_allowed,
            by=self._by,
            at=self._at,
            tell=self._report.tell,
        )
        writer = Writer(
            source=self._name,
            place=Place.objects.order_by("pk").first(),
            prices=prices,
            by=self._by,
            at=self._at,
        )
        claimed: set[str] = set()
        for batch in batched(source.products(), _CHUNK, strict=False):
            chunk = Chunk(
                list(batch),
                source=self._name,
                named_packs=source.named_packs,
                claimed=claimed,
                prices=prices,
                tell=self._report.tell,
            )
            if not self._report.is_dry:
                self._write(chunk, writer)
            for difference in chunk.differences:
                self._report.note(difference)
            self._report.counts["unchanged"] += chunk.unchanged
            self._progress(len(batch))
        self._withdraw_missing(source.named_products)

    def _open(self) -> Source:
        order, tell = self._order, self._report.tell
        if not order.supplier:
            if not order.path.is_dir():
                expected = "a folder in the clinic's format, or a supplier's file and its name"
                raise refused(order.path, "a file", expected)
            return ClinicFolder(order.path, tell)
        if not _SUPPLIER.fullmatch(order.supplier) or order.supplier in (SOURCE, WHOLESALER):
            expected = "a supplier's name of at most 40 letters, digits, hyphens; not our own"
            raise refused(order.path, order.supplier, expected)
        known = SupplierFormat.objects.filter(supplier=order.supplier).first()
        return SupplierFile(
            order.path,
            columns=known.columns if known else {},
            defaults=known.defaults if known else {},
            tell=tell,
        )

    def _follow_brands(self, facts: Mapping[str, Mapping[str, str]]) -> None:
        """Change what brands.csv says of brands that are there."""
        for brand, changes in shelves.brands_that_differ(facts):
            self._report.note(Difference("changed", f"brand {brand.name}", changes))
            if not self._report.is_dry:
                shelves.change_brand(brand, changes, at=self._at)

    def _write(self, chunk: Chunk, writer: Writer) -> None:
        if not chunk.changed:
            return
        with transaction.atomic():
            touched = writer.write(chunk)
            if self._order.publish:
                _publish(touched, at=self._at)
            cards.project(touched, at=self._at)
            events.enqueue(CatalogueTextChanged(product_ids=touched))

    def _withdraw_missing(self, named: Iterable[str]) -> None:
        """Withdraw what the source no longer names; a file that lost too much withdraws nothing."""
        known = ProductReference.objects.filter(source=self._name).exclude(
            product__status=ProductStatus.WITHDRAWN
        )
        listed = dict(known.values_list("reference", "product_id"))
        gone = sorted(listed.keys() - set(named))
        if len(gone) > max(1, _MOST_WITHDRAWN * len(listed)):
            self._report.tell(
                Problem(
                    self._order.path.name,
                    1,
                    "",
                    f"{len(gone)} of {len(listed)} products missing",
                    "at most a fifth missing: none of them is withdrawn",
                )
            )
            return
        for reference in gone:
            self._report.note(Difference("withdrawn", reference, {}))
            if not self._report.is_dry:
                with transaction.atomic():
                    product = Product.objects.get(pk=listed[reference])
                    products.withdraw(product=product, by=self._by, at=self._at)
                    withdrawing.note_taken_off([product], by=self._by, at=self._at)


def _publish(product_ids: Iterable[int], *, at: datetime) -> None:
    """Publish the drafts among products that lack nothing that the law asks for."""
    drafts = (
        Product.objects.filter(pk__in=product_ids, status=ProductStatus.DRAFT)
        .select_related("brand")
        .prefetch_related("texts", "pictures", "variants__price_changes")
    )
    ready = [draft.pk for draft in drafts if not products.missing_particulars(draft)]
    Product.objects.filter(pk__in=ready).update(
        status=ProductStatus.PUBLISHED, published_at=Coalesce("published_at", Value(at))
    )


def _keep(order: Order, report: Report, *, by: Person | None, at: datetime) -> None:
    """Keep the report for the back office, where its refused rows can be downloaded."""
    with transaction.atomic():
        report.run = ImportRun.objects.create(
            path=_storable(order.path.name),
            supplier=order.supplier[:40],
            started_at=at,
            finished_at=at,
            is_dry=report.is_dry,
            by=by,
            counts=dict(report.counts),
            differences=[difference.as_json() for difference in report.differences],
        )
        ImportProblem.objects.bulk_create(
            ImportProblem(
                run=report.run,
                file=_storable(problem.file),
                line=problem.line,
                column=problem.column,
                value=problem.value,
                expected=problem.expected[:300],
            )
            for problem in report.problems
        )


def _storable(name: str) -> str:
    """A file name that any database keeps, whatever bytes the disk gave it."""
    return name.encode(errors="replace").decode()[-_LONGEST_FILE_NAME:]


__all__ = ["FileRefused", "Order", "Report", "StrictRefused", "run"]
