"""A verb's refusal of a value, told as a problem of a row."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from kernel.refusals import Invalid
from pets.importing.reading import Row


@contextmanager
def refusing(row: Row, columns: Mapping[str, str]) -> Iterator[None]:
    """Tell an Invalid as RowRefused; `columns` gives the column of each input field.

    Raises:
        RowRefused: what is done inside refuses a value.
    """
    try:
        yield
    except Invalid as refusal:
        field = refusal.path[-1]
        raise row.refused(columns.get(field, field), str(refusal.facts["expected"])) from None
