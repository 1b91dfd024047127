"""Products that the same pets have: cosine of histories, kept sparse, built in blocks.

Pure: matrices in, matrices out; which pet and which product a row is stays with the caller.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, vstack

type Counts = NDArray[np.float32]
type Floats = NDArray[np.floating]
type Places = Sequence[int] | NDArray[np.integer]
type Matrix = csr_array[Any, tuple[int, int]]

#: A block of dense scores has at most so many numbers: 16 MB of them.
_MOST_NUMBERS: Final = 4_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class NeighbourOptions:
    """How many neighbours a product keeps, and how much a rare pair is doubted.

    Raises:
        ValueError: fewer than one neighbour, or a negative doubt.
    """

    keep: int = 200
    shrink: float = 10.0

    def __post_init__(self) -> None:
        if self.keep < 1 or self.shrink < 0:
            raise ValueError("keep must be 1 or more, and shrink 0 or more.")


def gathered(
    rows: Places, columns: Places, values: Sequence[float] | Floats, shape: tuple[int, int]
) -> Matrix:
    """CSR, float32, of numbers at their places; those at one place are added."""
    places = (np.array(rows, np.int64), np.array(columns, np.int64))
    return csr_array((np.array(values, np.float32), places), shape=shape)


def likeness(histories: Matrix, options: NeighbourOptions) -> Matrix:
    """Cosine of products that the same pets had: `pairs / (|i| |j| + shrink)`.

    `histories` is (pets, products); what counts is whether a pet had a product, not how often.
    Gives CSR (products, products), float32, without a diagonal: in each row the `keep` largest,
    ties to the lower product. Source: Deshpande & Karypis 2004, ACM TOIS 22(1), section 4.1; the
    shrink term after Bell & Koren 2007.
    """
    had = csr_array(
        (np.ones(histories.nnz, np.float32), histories.indices, histories.indptr),
        shape=histories.shape,
    )
    turned = had.T.tocsr()
    norms = np.sqrt(np.diff(turned.indptr)).astype(np.float32)
    products = norms.size
    step = max(1, _MOST_NUMBERS // max(1, products))
    blocks = []
    for start in range(0, products, step):
        rows = np.arange(start, min(start + step, products))
        pairs = np.asarray((turned[rows] @ had).toarray(), np.float32)
        scores = pairs / (norms[rows, None] * norms[None, :] + max(options.shrink, 1e-9))
        scores[np.arange(rows.size), rows] = 0
        blocks.append(csr_array(_largest(scores, options.keep)))
    return (
        csr_array(vstack(blocks, format="csr")) if blocks else csr_array((0, 0), dtype=np.float32)
    )


def _largest(scores: Counts, keep: int) -> Counts:
    """All but the `keep` largest positive numbers of each row put to 0, ties to the left."""
    if keep >= scores.shape[1]:
        return scores
    least = np.partition(scores, -keep, axis=1)[:, -keep, None]
    above = scores > least
    ties = (scores == least) & (least > 0)
    room = keep - above.sum(axis=1, keepdims=True)
    kept = above | (ties & (ties.cumsum(axis=1) <= room))
    scores[~kept] = 0
    return scores


def ranked(scores: NDArray[np.floating], first: int) -> list[list[int]]:
    """The `first` best columns of each row, ties to the lower one; those of -inf never."""
    first = min(first, scores.shape[1])
    if first == 0:
        return [[] for _row in scores]
    least = np.partition(scores, -first, axis=1)[:, -first]
    found = []
    for row, limit in zip(scores, least, strict=True):
        possible = np.flatnonzero((row >= limit) & (row > -np.inf))
        order = np.argsort(-row[possible], kind="stable")[:first]
        found.append(possible[order].tolist())
    return found
