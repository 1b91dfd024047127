"""Selections compiled once, then called for every object: most of an answer is execution, not data.

graphql-core builds a resolve info, a path, arguments and several rounds of completion for every
field of every object. Here the value of a root field is completed by steps that were made when the
document was first seen: a function for each selected field, which reads an attribute or calls the
resolver that the schema has, and gives what is to be written in the answer.

graphql-core stays the judge. It executes the fields of the root (variables, resolvers, errors), and
whenever a step meets what is not plain (an error, a null where none may be, a value that does not
fit its type) it completes that root field's value again, in its own way, so that all errors are its
own. No resolver that knows of the request is asked twice: graphql-core is told what it answered.

Touches internals of graphql-core and strawberry, here and nowhere else; a differential test holds
answers and errors against those of the plain executor.
"""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from inspect import iscoroutinefunction
from typing import Any, Final, cast

from graphql import (
    GraphQLAbstractType,
    GraphQLBoolean,
    GraphQLField,
    GraphQLID,
    GraphQLLeafType,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLString,
    TypeNameMetaFieldDef,
    get_nullable_type,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
    is_object_type,
)
from graphql.execution.collect_fields import FieldDetailsList, collect_subfields
from graphql.execution.values import get_argument_values
from graphql.pyutils import Path, Undefined, UndefinedType
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext
from strawberry.schema.schema_converter import CustomGraphQLEnumType
from strawberry.types.arguments import convert_arguments

_KEPT_OPERATIONS: Final = 128
#: Values of exactly these Python types are written as they are.
_AS_THEY_ARE: Final = {GraphQLString: str, GraphQLID: str, GraphQLBoolean: bool}
#: Values that are an error to be raised, or nothing at all.
_TOLD_OTHERWISE: Final = (Exception, UndefinedType)

#: Where a value stands: a `Path` in all but name, cheaper to make, and seldom asked for.
type Place = tuple[Place | None, str | int, str | None]
type Step = Callable[[Any, CompiledExecutor, Place], Any]


class NotPlain(Exception):
    """A value that graphql-core must complete."""


@dataclass(frozen=True, slots=True)
class Selected:
    """A field as a document selects it on a type, by one node or several."""

    parent: GraphQLObjectType
    field: GraphQLField
    details: FieldDetailsList


class _Itself:
    """A key that only the very same things find: nodes are equal to their likes, at some cost."""

    __slots__ = ("things",)

    def __init__(self, *things: object) -> None:
        self.things = things

    def __hash__(self) -> int:
        return hash(tuple(map(id, self.things)))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Itself) and all(
            mine is theirs for mine, theirs in zip(self.things, other.things, strict=True)
        )


@lru_cache(maxsize=_KEPT_OPERATIONS)
def _steps_of(_operation: _Itself, _switches: Hashable) -> dict[Hashable, Step]:
    """The steps of an operation's root fields, for one setting of its switches; empty at first."""
    return {}


class CompiledExecutor(StrawberryGraphQLCoreExecutionContext):
    """A synchronous executor that completes the values of root fields by compiled steps."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.arguments: dict[Step, dict[str, Any]] = {}
        #: What resolvers below the root gave, or raised, by their place.
        self.answers: dict[Place, Any] = {}
        self._by_steps = not (self.middleware_manager and self.middleware_manager.middlewares)
        self._steps = _steps_of(_Itself(self.schema, self.operation), self._switches())

    def _switches(self) -> Hashable:
        """Boolean variables: by them `@skip` and `@include` choose what is selected."""
        coerced = self.variable_values.coerced
        return tuple((name, value) for name, value in coerced.items() if isinstance(value, bool))

    def complete_value(
        self,
        return_type: GraphQLOutputType,
        field_details_list: FieldDetailsList,
        info: Any,
        path: Path,
        result: Any,
        position_context: Any,
    ) -> Any:
        if self._by_steps:
            try:
                return self._step(return_type, field_details_list, info)(result, self, path)
            except Exception:  # noqa: BLE001  (graphql-core meets it again, and tells it)
                self._by_steps = False
                self.middleware_manager = cast("Any", _AsTheyAnswered(self.answers))
        return super().complete_value(
            return_type, field_details_list, info, path, result, position_context
        )

    def _step(self, kind: GraphQLOutputType, details: FieldDetailsList, info: Any) -> Step:
        key = (kind, *(id(each.node) for each in details))
        found = self._steps.get(key)
        if found is None:
            selected = Selected(info.parent_type, field_of(info.parent_type, details), details)
            found = self._steps[key] = completion(kind, selected, self)
        return found

    def info_at(self, selected: Selected, place: Place) -> Any:
        """The resolve info of a field, given the place of its value or of an item of its list."""
        while place[2] is None and place[0] is not None:
            place = place[0]
        nodes = [each.node for each in selected.details]
        return self.build_resolve_info(selected.field, nodes, selected.parent, path_of(place))


class _AsTheyAnswered:
    """Middleware that tells what resolvers answered already; an error as a value is raised."""

    def __init__(self, answers: Mapping[Place, Any]) -> None:
        self.answers = answers

    def get_field_resolver(self, resolve: Callable[..., Any]) -> Callable[..., Any]:
        def answer(source: Any, info: Any, **given: Any) -> Any:
            if info.path in self.answers:
                return self.answers[info.path]
            return resolve(source, info, **given)

        return answer


def path_of(place: Place) -> Path:
    if isinstance(place, Path):
        return place
    before, key, kind = place
    return Path(None if before is None else path_of(before), key, kind)


def completion(kind: GraphQLOutputType, selected: Selected, run: CompiledExecutor) -> Step:
    """What completes a value of a type.

    Raises:
        NotPlain: graphql-core must.
    """
    if is_non_null_type(kind):
        return _never_null(completion(kind.of_type, selected, run))
    if is_list_type(kind):
        return _list_of(completion(kind.of_type, selected, run))
    if is_leaf_type(kind):
        return _leaf(kind)
    if is_object_type(kind):
        return _object(kind, selected.details, run)
    return _abstract(cast("GraphQLAbstractType", kind), selected)


def _never_null(complete: Step) -> Step:
    def step(value: Any, run: CompiledExecutor, place: Place) -> Any:
        found = complete(value, run, place)
        if found is None:
            raise NotPlain
        return found

    return step


def _list_of(complete: Step) -> Step:
    def step(value: Any, run: CompiledExecutor, place: Place) -> Any:
        if value is None:
            return None
        if not isinstance(value, list | tuple):
            raise NotPlain
        return [complete(each, run, (place, index, None)) for index, each in enumerate(value)]

    return step


def _leaf(kind: GraphQLLeafType) -> Step:
    written = _writer_of(kind)

    def step(value: Any, _run: CompiledExecutor, _place: Place) -> Any:
        if value is None:
            return None
        found = written(value)
        if found is None or found is Undefined or isinstance(value, _TOLD_OTHERWISE):
            raise NotPlain
        return found

    return step


def _writer_of(kind: GraphQLLeafType) -> Callable[[Any], Any]:
    """What serialises a leaf; the names of an enum's members are looked up once."""
    if not isinstance(kind, CustomGraphQLEnumType):
        return kind.coerce_output_value
    enum = cast("type[Enum]", kind.wrapped_cls)
    names = {member: kind.coerce_output_value(member) for member in enum}

    def name_of(value: Any) -> Any:
        return names[value] if type(value) is enum else kind.coerce_output_value(value)

    return name_of


def _object(kind: GraphQLObjectType, details: FieldDetailsList, run: CompiledExecutor) -> Step:
    selected = collect_subfields(
        run.schema, run.fragments, run.variable_values, run.operation, kind, details
    )
    fields = [
        (key, _field(key, Selected(kind, field_of(kind, each), each), run))
        for key, each in selected.grouped_field_set.items()
    ]
    is_type_of = kind.is_type_of

    def step(value: Any, run: CompiledExecutor, place: Place) -> Any:
        if value is None:
            return None
        if isinstance(value, _TOLD_OTHERWISE):
            raise NotPlain
        if is_type_of and not is_type_of(value, cast("Any", None)):
            raise NotPlain
        return {key: read(value, run, place) for key, read in fields}

    return step


def _abstract(kind: GraphQLAbstractType, selected: Selected) -> Step:
    resolve_type = kind.resolve_type
    if resolve_type is None:
        raise NotPlain
    objects: dict[str, Step] = {}

    def step(value: Any, run: CompiledExecutor, place: Place) -> Any:
        if value is None:
            return None
        info = run.info_at(selected, place)
        name = cast("str", resolve_type(value, info, kind))
        if name not in objects:
            found = run.ensure_valid_runtime_type(name, kind, selected.details, info, value)
            objects[name] = _object(found, selected.details, run)
        return objects[name](value, run, place)

    return step


def field_of(kind: GraphQLObjectType, details: FieldDetailsList) -> GraphQLField:
    """Raises: NotPlain, for introspection."""
    name = details[0].node.name.value
    if name == "__typename":
        return TypeNameMetaFieldDef
    if kind.name.startswith("__") or name not in kind.fields:
        raise NotPlain
    found: GraphQLField = kind.fields[name]
    return found


def _field(key: str, selected: Selected, run: CompiledExecutor) -> Step:
    """What gives a field of an object, completed."""
    field, kind = selected.field, selected.parent.name
    if field is TypeNameMetaFieldDef:
        return lambda _source, _run, _place: kind
    complete = completion(field.type, selected, run)
    definition = field.extensions.get("strawberry-definition")
    if definition is None or field.resolve is None or iscoroutinefunction(field.resolve):
        raise NotPlain
    if definition.is_basic_field and definition.default_resolver is getattr:
        return _attribute(key, definition.python_name, selected, complete)
    make = _called if _asks_only_its_object(field) else _resolved
    return make(key, selected, complete)


def _attribute(key: str, name: str, selected: Selected, complete: Step) -> Step:
    kind = selected.parent.name
    usual = _AS_THEY_ARE.get(cast("Any", get_nullable_type(selected.field.type)))

    def step(source: Any, run: CompiledExecutor, place: Place) -> Any:
        value = getattr(source, name)
        if type(value) is usual:
            return value
        return complete(value, run, (place, key, kind))

    return step


def _asks_only_its_object(field: GraphQLField) -> bool:
    """Whether a resolver is a method that knows of no request, and takes plain arguments."""
    definition = field.extensions["strawberry-definition"]
    method = definition.base_resolver
    reserved = {each for each in method.reserved_parameters.values() if each} if method else set()
    return (
        len(reserved) == 1
        and method.self_parameter in reserved
        and not definition.extensions
        and all(is_leaf_type(get_nullable_type(each.type)) for each in field.args.values())
    )


def _called(key: str, selected: Selected, complete: Step) -> Step:
    """A field given by a method of its object, whose arguments are converted once a request."""
    kind, definition = selected.parent.name, selected.field.extensions["strawberry-definition"]
    method, wanted = definition.base_resolver, definition.arguments

    def step(source: Any, run: CompiledExecutor, place: Place) -> Any:
        given = run.arguments.get(step)
        if given is None:
            converter = cast("Any", run.schema)._strawberry_schema.schema_converter  # noqa: SLF001
            given = run.arguments[step] = convert_arguments(
                _arguments(selected, run), wanted, converter.scalar_registry, converter.config
            )
        return complete(method(source, **given), run, (place, key, kind))

    return step


def _resolved(key: str, selected: Selected, complete: Step) -> Step:
    """A field given by a resolver that may ask who asks, and is therefore asked but once."""
    resolve = cast("Callable[..., Any]", selected.field.resolve)
    kind = selected.parent.name

    def step(source: Any, run: CompiledExecutor, place: Place) -> Any:
        here = (place, key, kind)
        given = run.arguments.get(step)
        if given is None:
            given = run.arguments[step] = _arguments(selected, run)
        try:
            value = resolve(source, run.info_at(selected, here), **given)
        except Exception as error:
            run.answers[here] = error
            raise
        run.answers[here] = value
        return complete(value, run, here)

    return step


def _arguments(selected: Selected, run: CompiledExecutor) -> dict[str, Any]:
    first = selected.details[0]
    return get_argument_values(
        selected.field, first.node, run.variable_values, first.fragment_variable_values
    )
