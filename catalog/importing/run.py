"""One import from beginning to end: read, compare, write what differs, report what was refused."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import batched
from pathlib import Path

from django.db import transaction

from accounts.models import Person
from catalog import cards, products
from catalog.events import CatalogueTextChanged
from catalog.importing.clinic_format import SOURCE, ClinicFolder
from catalog.importing.reading import FileRefused, Problem
from catalog.importing.records import ProductRecord
from catalog.importing.supplier_format import SupplierFile
from catalog.importing.writing import Chunk, Difference
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


def run(
    order: Order, *, by: Person | None, at: datetime, progress: Progress = lambda _done: None
) -> Report:
    """Import a catalogue: each hundred products in a transaction of their own, or all in one when
    strict.

    Raises:
        StrictRefused: strict, and a row was refused.
        FileRefused: the file, or one of the folder, cannot be read at all.
    """
    if order.is_strict and not order.is_dry:
        rehearsal = _carry_out(order, Report(is_dry=True), by=by, at=at, progress=progress)
        if rehearsal.problems:
            raise StrictRefused(_kept(order, rehearsal, by=by, at=at))
        with transaction.atomic():
            report = _carry_out(order, Report(is_dry=False), by=by, at=at, progress=progress)
    else:
        report = _carry_out(order, Report(is_dry=order.is_dry), by=by, at=at, progress=progress)
    return _kept(order, report, by=by, at=at)


def _source(order: Order) -> str:
    return order.supplier or SOURCE


def _records(order: Order, report: Report) -> Iterator[ProductRecord]:
    if not order.supplier:
        return ClinicFolder(order.path, report.tell).products()
    known = SupplierFormat.objects.filter(supplier=order.supplier).first()
    reader = SupplierFile(
        order.path,
        columns=known.columns if known else {},
        defaults=known.defaults if known else {},
        tell=report.tell,
    )
    return reader.products()


def _carry_out(
    order: Order, report: Report, *, by: Person | None, at: datetime, progress: Progress
) -> Report:
    seen: set[str] = set()
    place = Place.objects.order_by("pk").first()
    reductions = details.public_details(revision.current()).reductions_allowed
    records = _once_each(_records(order, report), seen, report)
    for batch in batched(records, _CHUNK, strict=False):
        chunk = Chunk(
            list(batch),
            source=_source(order),
            place=place,
            reductions_allowed=reductions,
            at=at,
            tell=report.tell,
        )
        chunk.compare()
        for difference in chunk.differences:
            report.note(difference)
        report.counts["unchanged"] += chunk.unchanged
        if not report.is_dry:
            _write(chunk, publish=order.publish, at=at)
        progress(len(batch))
    _withdraw_missing(order, report, seen, by=by, at=at)
    return report


def _once_each(
    records: Iterable[ProductRecord], seen: set[str], report: Report
) -> Iterator[ProductRecord]:
    for record in records:
        if record.reference in seen:
            report.tell(record.row.refused("product", "rows of one product together").problem)
            continue
        seen.add(record.reference)
        yield record


def _write(chunk: Chunk, *, publish: bool, at: datetime) -> None:
    if not chunk.has_changes:
        return
    with transaction.atomic():
        touched = chunk.write()
        if publish:
            touched = sorted({*touched, *_publish(touched, at=at)})
        cards.project(touched, at=at)
        events.enqueue(CatalogueTextChanged(product_ids=touched))


def _publish(product_ids: Iterable[int], *, at: datetime) -> list[int]:
    """Publish the drafts among products that lack nothing that the law asks for."""
    drafts = (
        Product.objects.filter(pk__in=product_ids, status=ProductStatus.DRAFT)
        .select_related("brand")
        .prefetch_related("texts", "pictures", "variants__price_changes")
    )
    ready = [draft.pk for draft in drafts if not products.missing_particulars(draft)]
    Product.objects.filter(pk__in=ready).update(status=ProductStatus.PUBLISHED, published_at=at)
    return ready


def _withdraw_missing(
    order: Order, report: Report, seen: set[str], *, by: Person | None, at: datetime
) -> None:
    """Withdraw what the source no longer lists; a file that lost too much withdraws nothing."""
    known = ProductReference.objects.filter(source=_source(order)).exclude(
        product__status=ProductStatus.WITHDRAWN
    )
    listed = dict(known.values_list("reference", "product_id"))
    refused = {problem.value for problem in report.problems}
    gone = sorted(set(listed) - seen - refused)
    if len(gone) > max(1, _MOST_WITHDRAWN * len(listed)):
        expected = "a whole file: more than a fifth of the products are missing, none is withdrawn"
        report.tell(Problem(order.path.name, 1, "", f"{len(gone)} products missing", expected))
        return
    for reference in gone:
        report.note(Difference("withdrawn", reference, {}))
        if not report.is_dry:
            product = Product.objects.get(pk=listed[reference])
            products.withdraw(product=product, by=by, at=at)


def _kept(order: Order, report: Report, *, by: Person | None, at: datetime) -> Report:
    """Keep the report for the back office, where its refused rows can be downloaded."""
    with transaction.atomic():
        report.run = ImportRun.objects.create(
            path=order.path.name,
            supplier=order.supplier,
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
                file=problem.file,
                line=problem.line,
                column=problem.column,
                value=problem.value,
                expected=problem.expected[:300],
            )
            for problem in report.problems
        )
    return report


__all__ = ["FileRefused", "Order", "Report", "StrictRefused", "run"]
