"""What a document may cost: tokens, depth, aliases, one mutation field, and a static price.

Documents are parsed and validated once and then kept, by their text, so that neither a hot
document nor a hostile one is paid for twice. Rules are built once: classes made per request
would defeat the cache.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    NameNode,
    OperationDefinitionNode,
    OperationType,
    SelectionNode,
    SelectionSetNode,
    Source,
    StringValueNode,
    VariableNode,
    Visitor,
    parse,
    validate,
    visit,
)
from strawberry.extensions import SchemaExtension

from kernel.graphql.paging import DEFAULT_PAGE, LARGEST_PAGE

MOST_TOKENS: Final = 2000
MOST_DEPTH: Final = 12
MOST_ALIASES: Final = 30
GUEST_COST: Final = 2000
OWNER_COST: Final = 5000
STAFF_COST: Final = 20000
_KEPT_DOCUMENTS: Final = 512
_MOST_ERRORS: Final = 5
_PAGED: Final = frozenset({"nodes", "edges"})
_INTROSPECTION: Final = frozenset({"__schema", "__type"})
NOT_TEXT: Final = "Text may not hold U+0000, nor halves of signs (U+D800 to U+DFFF)."
_UNSTORABLE: Final = re.compile("[\0\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Measure:
    """A document as it was measured: how deep, how many aliases, and its fragments by name."""

    document: DocumentNode
    errors: tuple[GraphQLError, ...]


def is_text(given: object) -> bool:
    """Whether a database can keep every text of a JSON value, however deep it lies."""
    if isinstance(given, str):
        return not _UNSTORABLE.search(given)
    if isinstance(given, Mapping):
        return all(is_text(key) and is_text(value) for key, value in given.items())
    return all(map(is_text, given)) if isinstance(given, list) else True


def refusal(code: str, message: str, node: OperationDefinitionNode | None = None) -> GraphQLError:
    return GraphQLError(message, nodes=[node] if node else None, extensions={"code": code})


@lru_cache(maxsize=_KEPT_DOCUMENTS)
def measured(schema: GraphQLSchema, text: str) -> Measure:
    """Parse, measure and validate a document, once; at most five mistakes are kept with it."""
    try:
        document = parse(Source(text), no_location=False, max_tokens=MOST_TOKENS)
    except GraphQLError as error:
        code = "TOO_EXPENSIVE" if "tokens" in error.message else "MALFORMED"
        error.extensions = {"code": code}
        return Measure(DocumentNode(definitions=()), (error,))
    except RecursionError:
        nested = refusal("TOO_EXPENSIVE", "The document is nested too deeply.")
        return Measure(DocumentNode(definitions=()), (nested,))
    errors = tuple(shape_errors(document)) or text_errors(document, text)
    if not errors:
        errors = tuple(validate(schema, document, max_errors=_MOST_ERRORS))
        for mistake in errors:
            mistake.extensions = {"code": "MALFORMED", **(mistake.extensions or {})}
    return Measure(document, errors)


def shape_errors(document: DocumentNode) -> Iterator[GraphQLError]:
    """What is wrong with a document before its fields are even looked up."""
    fragments = fragments_of(document)
    for operation in document.definitions:
        if not isinstance(operation, OperationDefinitionNode):
            continue
        shape = _Shape(fragments)
        shape.walk(operation.selection_set, depth=1, seen=frozenset())
        if shape.depth > MOST_DEPTH:
            yield refusal("TOO_EXPENSIVE", f"Deeper than {MOST_DEPTH} levels.", operation)
        if shape.aliases > MOST_ALIASES:
            yield refusal("TOO_EXPENSIVE", f"More than {MOST_ALIASES} aliases.", operation)
        if operation.operation is OperationType.MUTATION and shape.root_fields > 1:
            yield refusal("ONE_MUTATION", "One mutation field a request.", operation)


def text_errors(document: DocumentNode, text: str) -> tuple[GraphQLError, ...]:
    """What no database can keep comes into a literal as it is, or behind an escape."""
    if is_text(text) and "\\u" not in text:
        return ()
    literals = _Literals()
    visit(document, literals)
    return () if is_text(literals.found) else (refusal("BAD_REQUEST", NOT_TEXT),)


class _Literals(Visitor):
    """The texts that are written into a document."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[object] = []

    def enter_string_value(self, node: StringValueNode, *_place: object) -> None:
        self.found.append(node.value)


def fragments_of(document: DocumentNode) -> dict[str, FragmentDefinitionNode]:
    return {
        each.name.value: each
        for each in document.definitions
        if isinstance(each, FragmentDefinitionNode)
    }


class _Shape:
    """Depth, aliases and root fields of one operation, fragments unfolded."""

    def __init__(self, fragments: Mapping[str, FragmentDefinitionNode]) -> None:
        self.fragments = fragments
        self.depth = 0
        self.aliases = 0
        self.root_fields = 0
        self.visits = 0

    def walk(self, selections: SelectionSetNode, *, depth: int, seen: frozenset[str]) -> None:
        self.depth = max(self.depth, depth)
        for node in selections.selections:
            self.visits += 1
            if self.visits > MOST_TOKENS:
                self.depth = MOST_DEPTH + 1
                return
            if isinstance(node, FieldNode):
                self.field(node, depth=depth, seen=seen)
            elif isinstance(node, InlineFragmentNode):
                self.walk(node.selection_set, depth=depth, seen=seen)
            elif isinstance(node, FragmentSpreadNode):
                name = node.name.value
                fragment = self.fragments.get(name)
                if fragment and name not in seen:
                    self.walk(fragment.selection_set, depth=depth, seen=seen | {name})

    def field(self, node: FieldNode, *, depth: int, seen: frozenset[str]) -> None:
        self.root_fields += depth == 1
        if node.alias is not None:
            self.aliases += 1
        if node.selection_set and node.name.value not in _INTROSPECTION:
            self.walk(node.selection_set, depth=depth + 1, seen=seen)


def cost(
    document: DocumentNode, variables: Mapping[str, Any] | None, operation_name: str | None
) -> int:
    """Objects that an operation may bring: page sizes multiply, plain fields are free.

    A field that takes `first` counts its page (24 when not given, 100 when not a number);
    every other field with selections of its own counts one.
    """
    pricing = _Pricing(fragments_of(document), variables or {})
    for each in document.definitions:
        if isinstance(each, OperationDefinitionNode) and _named(each.name, operation_name):
            return pricing.price(each.selection_set, frozenset())
    return 0


class _Pricing:
    """The price of selections; documents were measured before, so fragments cannot explode."""

    def __init__(
        self, fragments: Mapping[str, FragmentDefinitionNode], variables: Mapping[str, Any]
    ) -> None:
        self.fragments = fragments
        self.variables = variables

    def price(self, selections: SelectionSetNode, seen: frozenset[str]) -> int:
        return sum(self.price_of(node, seen) for node in selections.selections)

    def price_of(self, node: SelectionNode, seen: frozenset[str]) -> int:
        if isinstance(node, FieldNode):
            if not node.selection_set or node.name.value in _INTROSPECTION:
                return 0
            return _page(node, self.variables) * (1 + self.price(node.selection_set, seen))
        if isinstance(node, InlineFragmentNode):
            return self.price(node.selection_set, seen)
        if isinstance(node, FragmentSpreadNode) and node.name.value not in seen:
            fragment = self.fragments.get(node.name.value)
            return self.price(fragment.selection_set, seen | {node.name.value}) if fragment else 0
        return 0


def _named(name: NameNode | None, wanted: str | None) -> bool:
    return not wanted or (name is not None and name.value == wanted)


def _page(node: FieldNode, variables: Mapping[str, Any]) -> int:
    for argument in node.arguments or ():
        if argument.name.value != "first":
            continue
        given = argument.value
        if isinstance(given, IntValueNode):
            return max(1, min(int(given.value), LARGEST_PAGE))
        if isinstance(given, VariableNode):
            number = variables.get(given.name.value, DEFAULT_PAGE)
            return max(1, min(number, LARGEST_PAGE)) if isinstance(number, int) else LARGEST_PAGE
    return DEFAULT_PAGE if _is_connection(node) else 1


def _is_connection(node: FieldNode) -> bool:
    """A list whose `first` was left out shows by what it selects."""
    selected = node.selection_set.selections if node.selection_set else ()
    return any(isinstance(each, FieldNode) and each.name.value in _PAGED for each in selected)


class KeptDocuments(SchemaExtension):
    """Execute the document that the endpoint has measured and validated already."""

    def on_parse(self) -> Iterator[None]:
        context = self.execution_context
        found = measured(context.schema._schema, context.query or "")  # noqa: SLF001
        if not found.errors:
            context.graphql_document = found.document
        yield

    def on_validate(self) -> Iterator[None]:
        context = self.execution_context
        found = measured(context.schema._schema, context.query or "")  # noqa: SLF001
        context.pre_execution_errors = list(found.errors)
        yield
