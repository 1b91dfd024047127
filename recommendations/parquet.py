"""The matrix of pets and products as Parquet, and neighbours that another engine made of it.

Needs the dependency group `bigger`; nothing but its two commands imports this module. Pets go out
under names that mean nothing elsewhere and change with every export.
"""

import hashlib
import hmac
import secrets
from collections.abc import Iterator
from datetime import datetime
from itertools import batched
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.parquet as pq

from clinic.details import PARIS
from recommendations import histories

#: What an export has: who, what, when, and how much of it was theirs.
INTERACTIONS: Final = pa.schema(
    [
        ("pet", pa.string()),
        ("product", pa.int64()),
        ("day", pa.date32()),
        ("share", pa.float32()),
    ]
)
#: What comes back: neighbours of each product.
NEIGHBOURS: Final = ("product", "other", "likeness")
_ROWS: Final = 50_000


class NotNeighbours(ValueError):
    """The file has not the columns of neighbours."""


def export(path: Path, *, at: datetime) -> int:
    """Write all purchases that the shop may learn from, in pieces; how many rows."""
    key = secrets.token_bytes(32)
    count = 0
    with pq.ParquetWriter(path, INTERACTIONS) as writer:
        for part in batched(histories.purchases(before=at), _ROWS, strict=False):
            columns = [
                [_name(key, each.pet_id) for each in part],
                [each.product_id for each in part],
                [each.at.astimezone(PARIS).date() for each in part],
                [each.share for each in part],
            ]
            arrays = [pa.array(c, f.type) for c, f in zip(columns, INTERACTIONS, strict=True)]
            writer.write_table(pa.Table.from_arrays(arrays, schema=INTERACTIONS))
            count += len(part)
    return count


def _name(key: bytes, pet_id: int) -> str:
    return hmac.new(key, str(pet_id).encode(), hashlib.sha256).hexdigest()[:16]


def read_neighbours(path: Path) -> Iterator[tuple[int, int, float]]:
    """Neighbours as (product, other, likeness), in pieces.

    Raises:
        NotNeighbours: a column is missing.
    """
    with pq.ParquetFile(path) as file:
        missing = sorted(set(NEIGHBOURS) - set(file.schema_arrow.names))
        if missing:
            raise NotNeighbours(f"{path}: without {', '.join(missing)}.")
        for part in file.iter_batches(batch_size=_ROWS, columns=list(NEIGHBOURS)):
            columns = (part.column(name).to_pylist() for name in NEIGHBOURS)
            yield from zip(*columns, strict=True)
