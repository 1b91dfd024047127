"""Which answers may be kept for every guest: those whose root fields all say so.

A root field says it by `metadata=KEPT`: whoever asks as a guest gets the same answer until the
public revision moves or the clock turns. A field below one that does not hold to it says
`info.context.answers_once()`.
"""

from functools import lru_cache
from typing import Final

import strawberry

from kernel.graphql.limits import measured

KEPT: Final = {"kept for guests": True}


@lru_cache(maxsize=4)
def kept_fields(schema: strawberry.Schema) -> frozenset[str]:
    """Names of the root fields, as clients write them, whose answers may be kept."""
    query = schema.schema_converter.type_map["Query"].definition
    names = schema.config.name_converter
    return frozenset(
        names.get_graphql_name(field)
        for field in query.fields  # type: ignore[union-attr]
        if field.metadata.items() >= KEPT.items()
    )


def may_be_kept(schema: strawberry.Schema, text: str, operation_name: str | None) -> bool:
    """Whether a document is a valid query of nothing but fields that may be kept."""
    roots = measured(schema._schema, text).roots_of(operation_name)  # noqa: SLF001  (as built)
    return bool(roots) and kept_fields(schema).issuperset(roots)
