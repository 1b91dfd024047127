"""How deep and how wide an operation is, before its fields are even looked up."""

from collections.abc import Iterator, Sequence
from typing import Final

from graphql import (
    DocumentNode,
    GraphQLError,
    OperationDefinitionNode,
    OperationType,
)

from kernel.graphql.merging import Fragments, Selected, fragments_of, merged
from kernel.graphql.scanning import MOST_ALIASES, MOST_TOKENS

MOST_DEPTH: Final = 12
#: Validation compares the fields of one response name in pairs, and below them once more.
MOST_PAIRS: Final = 500
INTROSPECTION: Final = frozenset({"__schema", "__type"})


def refusal(code: str, message: str, node: OperationDefinitionNode | None = None) -> GraphQLError:
    return GraphQLError(message, nodes=[node] if node else None, extensions={"code": code})


class _TooWide(Exception):
    """The walk was given up: fragments unfold to more than a document may hold."""


def shape_errors(document: DocumentNode) -> Iterator[GraphQLError]:
    """What is wrong with a document before its fields are looked up."""
    fragments = fragments_of(document)
    for operation in document.definitions:
        if not isinstance(operation, OperationDefinitionNode):
            continue
        shape = _Shape(fragments)
        try:
            shape.walk([Selected(operation.selection_set)], depth=1)
        except _TooWide:
            yield refusal("TOO_EXPENSIVE", f"Unfolds to more than {MOST_TOKENS} fields.", operation)
            return
        yield from _told(shape, operation)


def _told(shape: "_Shape", operation: OperationDefinitionNode) -> Iterator[GraphQLError]:
    for found, most, message in (
        (shape.depth, MOST_DEPTH, f"Deeper than {MOST_DEPTH} levels."),
        (shape.aliases, MOST_ALIASES, f"More than {MOST_ALIASES} aliases."),
        (shape.pairs, MOST_PAIRS, "The same fields are asked for again and again."),
    ):
        if found > most:
            yield refusal("TOO_EXPENSIVE", message, operation)
    if operation.operation is OperationType.MUTATION and shape.root_fields > 1:
        yield refusal("ONE_MUTATION", "One mutation field a request.", operation)


class _Shape:
    """Depth, aliases, root fields, and pairs of equal response names of one operation."""

    def __init__(self, fragments: Fragments) -> None:
        self.fragments = fragments
        self.depth = 0
        self.aliases = 0
        self.root_fields = 0
        self.pairs = 0
        self._visits = 0

    def walk(self, selected: Sequence[Selected], *, depth: int) -> None:
        """Raises: _TooWide, once more was visited than a document may hold."""
        self.depth = max(self.depth, depth)
        if depth > MOST_DEPTH:
            return
        for asked in merged(selected, self.fragments, self._visit).values():
            self.root_fields += depth == 1 and len(asked)
            self.aliases += sum(each.node.alias is not None for each in asked)
            self.pairs += len(asked) * (len(asked) - 1) // 2
            below = [
                Selected(each.node.selection_set)
                for each in asked
                if each.node.selection_set and each.node.name.value not in INTROSPECTION
            ]
            if below:
                self.walk(below, depth=depth + 1)

    def _visit(self) -> None:
        self._visits += 1
        if self._visits > MOST_TOKENS:
            raise _TooWide
