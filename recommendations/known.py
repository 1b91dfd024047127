"""What a trained model knows, as arrays: written to bytes, read back, and asked for one pet.

Pure. Keys of products and names of groups are kept beside the arrays.
"""

import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import cached_property
from typing import Final

import numpy as np
from scipy.sparse import csr_array

from recommendations import blend, neighbours
from recommendations.blend import BlendOptions
from recommendations.neighbours import Counts, Matrix
from recommendations.popularity import Kind, Popularity
from recommendations.vocabulary import ReasonKind

#: A pet's shelf holds so many candidates, some of which the filters will take away.
CANDIDATES: Final = 30
_LONGEST_LIST: Final = 45
#: What the other pets of a household had counts half.
_LENT: Final = 0.5


@dataclass(frozen=True, slots=True)
class Candidate:
    """A product for a pet, and why: keys of products, or words and numbers, never sentences."""

    product: int
    score: float
    kind: ReasonKind
    because: list[int] = field(default_factory=list)
    group: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Known:
    """A model: `products` their keys, `like` (products, products), `types` (products, types)."""

    products: list[int]
    like: Matrix
    types: Matrix
    names: list[Kind]
    popular: Popularity
    options: BlendOptions

    @cached_property
    def columns(self) -> dict[int, int]:
        return {key: column for column, key in enumerate(self.products)}

    @cached_property
    def groups(self) -> dict[Kind, int]:
        return {name: group for group, name in enumerate(self.names)}

    def group_of(self, kind: Kind) -> int:
        """The narrowest group that speaks for a kind of pet."""
        while kind not in self.groups:
            kind = kind[:-1]
        return int(self.popular.speaks[self.groups[kind]])

    def row(self, weights: Mapping[int, float]) -> Matrix:
        """Decayed purchases by product as a row; products that the model does not know left out."""
        found = [(self.columns[key], w) for key, w in weights.items() if key in self.columns]
        columns, values = [each[0] for each in found], [each[1] for each in found]
        return neighbours.gathered([0] * len(found), columns, values, (1, len(self.products)))

    def favourites(self, kind: Kind, most: int = _LONGEST_LIST) -> list[int]:
        """Keys of what is most popular with a kind of pet; nothing that nobody bought."""
        scores = self.popular.scores[[self.group_of(kind)]]
        found = neighbours.ranked(np.where(scores > 0, scores, -np.inf), most)[0]
        return [self.products[column] for column in found]

    def fresh(
        self,
        own: Mapping[int, float],
        kind: Kind,
        *,
        borrowed: Mapping[int, float] | None = None,
        allowed: Sequence[int] | None = None,
    ) -> list[Candidate]:
        """What a pet never had, the best first.

        `own` and `borrowed` are weights by product; what other pets of the household had counts
        only for a pet that had nothing. `allowed` are the columns that the pet may have.
        """
        weights = self.row(own or borrowed or {})
        group = self.group_of(kind)
        scores = self._scores(weights, group, is_own=bool(own))
        barred = np.ones(len(self.products), bool)
        barred[np.arange(len(self.products)) if allowed is None else list(allowed)] = False
        scores[0, barred | (scores[0] <= 0)] = -np.inf
        kind_of = ReasonKind.BOUGHT if own else ReasonKind.HOUSEHOLD
        chosen = neighbours.ranked(scores, _LONGEST_LIST)[0]
        likely = np.asarray(self.like[weights.indices][:, chosen].toarray(), np.float32)
        return [
            self._reasoned(
                _Asked(weights, column, likely[:, n], kind_of, group), float(scores[0, column])
            )
            for n, column in enumerate(chosen)
        ]

    def _scores(self, weights: Matrix, group: int, *, is_own: bool) -> Counts:
        popular = self.popular.scores[[group]]
        affinity = blend.affinities(weights, self.types)
        if is_own:
            return blend.new_scores(weights, self.like, popular, self.options, affinity)
        lent = blend.row_scaled(weights.toarray())
        lent += blend.row_scaled(np.asarray((weights @ self.like).toarray(), np.float32))
        return np.asarray(popular + _LENT * (lent + affinity), np.float32)

    def _reasoned(self, asked: "_Asked", score: float) -> Candidate:
        """A candidate with its largest terms; else its kind of product; else its popularity."""
        weights, column, kind = asked.weights, asked.column, asked.kind
        if kind is ReasonKind.HOUSEHOLD and column in weights.indices:
            return Candidate(self.products[column], score, kind, [self.products[column]])
        found = blend.terms(weights, asked.likely)
        because = [self.products[each.product] for each in found]
        if not because:
            because, kind = self._alike(weights, column), ReasonKind.SAME_KIND
        if not because:
            names = list(self.names[asked.group])
            return Candidate(self.products[column], score, ReasonKind.POPULAR, group=names)
        return Candidate(self.products[column], score, kind, because)

    def _alike(self, weights: Matrix, column: int) -> list[int]:
        """The purchase of the same type that weighs most; every product has one type."""
        kinds = self.types.indices
        same = np.flatnonzero(kinds[weights.indices] == kinds[column])
        order = np.lexsort((weights.indices[same], -weights.data[same]))
        return [self.products[weights.indices[same[each]]] for each in order[:1]]


@dataclass(frozen=True, slots=True)
class _Asked:
    """A column of which a reason is asked, with the likeness of each purchase to it."""

    weights: Matrix
    column: int
    likely: Counts
    kind: ReasonKind
    group: int


def packed(known: Known) -> bytes:
    """The bytes of a model; equal models give equal bytes."""
    head = {
        "products": known.products,
        "names": known.names,
        "options": asdict(known.options),
        "types": list(known.types.shape),
    }
    file = io.BytesIO()
    np.savez(
        file,
        head=np.frombuffer(json.dumps(head).encode(), np.uint8),
        like_data=known.like.data,
        like_indices=known.like.indices,
        like_indptr=known.like.indptr,
        types_data=known.types.data,
        types_indices=known.types.indices,
        types_indptr=known.types.indptr,
        popular=known.popular.scores,
        speaks=known.popular.speaks,
    )
    return file.getvalue()


def unpacked(data: bytes) -> Known:
    """The model in bytes that `packed` gave."""
    with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
        head = json.loads(arrays["head"].tobytes())
        size = len(head["products"])
        return Known(
            products=head["products"],
            like=_csr(arrays, "like", (size, size)),
            types=_csr(arrays, "types", (size, head["types"][1])),
            names=[tuple(each) for each in head["names"]],
            popular=Popularity(arrays["popular"], arrays["speaks"]),
            options=BlendOptions(**head["options"]),
        )


def _csr(arrays: Mapping[str, np.ndarray], name: str, shape: tuple[int, int]) -> Matrix:
    parts = tuple(arrays[f"{name}_{part}"] for part in ("data", "indices", "indptr"))
    return csr_array(parts, shape=shape)
