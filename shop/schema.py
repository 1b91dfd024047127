"""The one schema: what each app gives, merged."""

from collections.abc import Callable

import strawberry
from graphql import GraphQLSchema
from strawberry.schema.config import StrawberryConfig
from strawberry.tools import merge_types

from accounts.graphql.info import Info
from accounts.graphql.queries import AccountMe, AccountsQuery, Person
from accounts.graphql.uploads import UploadMutation
from catalog.graphql.mutations import CatalogMutation
from catalog.graphql.queries import CatalogQuery
from kernel.animals import Language
from kernel.graphql.limits import KeptDocuments
from kernel.graphql.payloads import PlainError

Me = merge_types("Me", (AccountMe,))


@strawberry.type
class MeQuery:
    @strawberry.field(description="The signed-in person and what is theirs; null for guests.")
    def me(self, info: Info) -> Me | None:  # type: ignore[valid-type]
        person = info.context.viewer.person
        if person is None:
            return None
        language = Language(person.language)
        me = Person(first_name=person.first_name, last_name=person.last_name, language=language)
        return Me(person=me)  # type: ignore[no-any-return]


Query = merge_types("Query", (CatalogQuery, AccountsQuery, MeQuery))
Mutation = merge_types("Mutation", (CatalogMutation, UploadMutation))


def read_attributes_directly(built: GraphQLSchema) -> None:
    """Have fields without a resolver read their attribute, past strawberry's wrappers.

    A list of twenty products has some 400 such fields; touches a mark that strawberry sets.
    """
    for kind in built.type_map.values():
        for field in getattr(kind, "fields", {}).values():
            if getattr(getattr(field, "resolve", None), "_is_default", False):
                definition = field.extensions["strawberry-definition"]
                field.resolve = reader_of(definition.python_name)


def reader_of(name: str) -> Callable[[object, object], object]:
    return lambda source, _info: getattr(source, name)


schema = strawberry.Schema(
    query=Query,
    mutation=Mutation,
    types=[PlainError],
    extensions=[KeptDocuments],
    config=StrawberryConfig(sort_schema=True, disable_field_suggestions=False),
)
read_attributes_directly(schema._schema)  # noqa: SLF001
