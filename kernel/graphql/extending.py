"""Fields that an upper app adds to a type that a lower app owns, as SDL's `extend type` does."""

from collections.abc import Callable
from typing import Any

from strawberry.types.field import StrawberryField


def extend(target: type) -> Callable[[StrawberryField], StrawberryField]:
    """Append a field to `target` before the schema is built.

    Touches a strawberry internal (the list of a type's fields), here and nowhere else.

    Raises:
        TypeError: `target` has a field of that name already, or is no strawberry type.
    """

    def add(field: StrawberryField) -> StrawberryField:
        definition: Any = getattr(target, "__strawberry_definition__", None)
        if definition is None:
            raise TypeError(f"{target.__name__} is not a GraphQL type.")
        if any(known.python_name == field.python_name for known in definition.fields):
            raise TypeError(f"{target.__name__}.{field.python_name} already exists.")
        definition.fields.append(field)
        return field

    return add
