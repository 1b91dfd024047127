"""What a document may be: counted as text, parsed, measured and validated; then kept.

Documents are kept by their text, so that neither a hot document nor a hostile one is paid for
twice. One that is asked for again stays; one that came once, or was refused, soon makes room.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import chain, islice
from threading import Lock
from typing import Final

from graphql import (
    DocumentNode,
    FieldsOnCorrectTypeRule,
    GraphQLError,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    OperationDefinitionNode,
    Source,
    StringValueNode,
    Visitor,
    parse,
    validate,
    visit,
)
from strawberry.extensions import SchemaExtension

from kernel.graphql.least_used import LeastUsed
from kernel.graphql.merging import Selected, fragments_of, merged
from kernel.graphql.scanning import MOST_OBJECTS, MOST_TOKENS, too_much
from kernel.graphql.shapes import refusal, shape_errors

MOST_VALUES: Final = 2000
MOST_LEVELS: Final = 12
#: A parsed character takes some two hundred bytes.
_KEPT_CHARACTERS: Final = 200_000
_NEW_CHARACTERS: Final = 60_000
_KEPT_REFUSALS: Final = 256
_MOST_ERRORS: Final = 5
_LONGEST: Final = 500
NOT_TEXT: Final = "Text may not hold U+0000, nor halves of signs (U+D800 to U+DFFF)."
_UNSTORABLE: Final = re.compile("[\0\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Measure:
    """A document as it was measured: parsed, or what is wrong with it."""

    document: DocumentNode
    errors: tuple[GraphQLError, ...]
    #: Names of the fields at the root, by the name of the operation.
    roots: Mapping[str | None, tuple[str, ...]] = field(default_factory=dict)

    def roots_of(self, operation_name: str | None) -> tuple[str, ...]:
        """Names of the root fields of an operation; of the only one where none is named."""
        if operation_name is None and len(self.roots) == 1:
            return next(iter(self.roots.values()))
        return self.roots.get(operation_name, ())


def is_text(given: object) -> bool:
    """Whether a database can keep every text of a JSON value, however deep it lies."""
    if isinstance(given, str):
        return not _UNSTORABLE.search(given)
    if isinstance(given, Mapping):
        return all(is_text(key) and is_text(value) for key, value in given.items())
    return all(map(is_text, given)) if isinstance(given, list) else True


def is_too_much(given: object) -> bool:
    """Whether a JSON value holds more than 2,000 others, 200 of them objects, or nests too deep."""
    level, seen, objects = [given], 0, 0
    for _depth in range(MOST_LEVELS):
        mappings = [each for each in level if isinstance(each, dict)]
        lists = [each for each in level if isinstance(each, list)]
        seen, objects = seen + len(level), objects + len(mappings)
        if seen > MOST_VALUES or objects > MOST_OBJECTS:
            return True
        inside = chain(*(each.values() for each in mappings), *lists)
        level = list(islice(inside, MOST_VALUES + 1))
        if not level:
            return False
    return True


class Documents:
    """Measures of documents by their text, bounded by the length of the texts.

    Those that were asked for twice are apart from those that came once, so that a flood of
    documents that nobody asks for again never pushes out one that is in use.
    """

    def __init__(self) -> None:
        self._proven: LeastUsed[str, Measure] = LeastUsed(_KEPT_CHARACTERS)
        self._new: LeastUsed[str, Measure] = LeastUsed(_NEW_CHARACTERS)
        self._refused: LeastUsed[bytes, Measure] = LeastUsed(_KEPT_REFUSALS)
        self._lock = Lock()

    def get(self, text: str) -> Measure | None:
        with self._lock:
            found = self._proven.get(text)
            if found is None:
                found = self._new.take(text)
                if found is not None:
                    self._proven.put(text, found, size=len(text))
            return found or self._refused.get(_key(text))

    def put(self, text: str, found: Measure) -> None:
        with self._lock:
            if found.errors:
                self._refused.put(_key(text), found)
            else:
                self._new.put(text, found, size=len(text))

    @property
    def characters(self) -> int:
        """How much text is held parsed."""
        return self._proven.size + self._new.size


def _key(text: str) -> bytes:
    return hashlib.sha256(text.encode(errors="surrogatepass")).digest()


@lru_cache(maxsize=4)
def documents_of(_schema: GraphQLSchema) -> Documents:
    """The documents of a schema that this process has measured."""
    return Documents()


def measured(schema: GraphQLSchema, text: str) -> Measure:
    """Count, parse, measure and validate a document, once; at most five mistakes are kept."""
    documents = documents_of(schema)
    found = documents.get(text)
    if found is None:
        found = _measure(schema, text)
        documents.put(text, found)
    return found


def _measure(schema: GraphQLSchema, text: str) -> Measure:
    excess = too_much(text, field_names(schema))
    if excess is not None:
        return _refused(refusal(excess.code, excess.message))
    try:
        document = parse(Source(text), no_location=False, max_tokens=MOST_TOKENS)
    except GraphQLError as error:
        error.extensions = {"code": "TOO_EXPENSIVE" if "tokens" in error.message else "MALFORMED"}
        return _refused(error)
    except RecursionError:
        return _refused(refusal("TOO_EXPENSIVE", "The document is nested too deeply."))
    errors = tuple(shape_errors(document)) or text_errors(document, text)
    if not errors:
        errors = tuple(_mistakes(schema, document))
        for mistake in errors:
            mistake.extensions = {"code": "MALFORMED", **(mistake.extensions or {})}
    return _refused(*errors) if errors else Measure(document, (), _roots(document))


def _mistakes(schema: GraphQLSchema, document: DocumentNode) -> list[GraphQLError]:
    """Fields that do not exist are looked for first, which costs least, then all the rest."""
    unknown = validate(schema, document, [FieldsOnCorrectTypeRule], max_errors=_MOST_ERRORS)
    return unknown or validate(schema, document, max_errors=_MOST_ERRORS)


def _refused(*errors: GraphQLError) -> Measure:
    """With places told, but without the text that they are in: it may be long."""
    told = [GraphQLError(each.message[:_LONGEST], extensions=each.extensions) for each in errors]
    for plain, each in zip(told, errors, strict=True):
        plain.locations = each.locations
    return Measure(DocumentNode(definitions=()), tuple(told))


def _roots(document: DocumentNode) -> dict[str | None, tuple[str, ...]]:
    fragments = fragments_of(document)
    return {
        each.name.value if each.name else None: tuple(
            asked[0].node.name.value
            for asked in merged([Selected(each.selection_set)], fragments).values()
        )
        for each in document.definitions
        if isinstance(each, OperationDefinitionNode)
    }


@lru_cache(maxsize=4)
def field_names(schema: GraphQLSchema) -> frozenset[str]:
    """Names of all fields that anything in a schema has."""
    kinds = (GraphQLObjectType, GraphQLInterfaceType)
    found = {
        name for kind in schema.type_map.values() if isinstance(kind, kinds) for name in kind.fields
    }
    return frozenset(found | {"__typename", "__schema", "__type"})


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
