from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

from accounts.folding import fold

if TYPE_CHECKING:
    _TextField = models.TextField[str, str]
else:
    _TextField = models.TextField


class FoldedField(_TextField):
    """Other fields of the row, folded whenever the row is saved; to search and to sort by.

    Sorted by code point on every database, so that a list goes on where its cursor says. A saving
    that names its fields, and an `update`, must name this one too.
    """

    def __init__(self, *sources: str, **options: Any) -> None:
        self.sources = sources
        super().__init__(**{"editable": False, "default": "", **options})

    def deconstruct(self) -> tuple[str, str, list[Any], dict[str, Any]]:
        name, path, _positional, options = super().deconstruct()
        return name, path, list(self.sources), options

    def pre_save(self, model_instance: models.Model, add: bool) -> str:  # noqa: FBT001
        key = folded(*(getattr(model_instance, source) for source in self.sources))
        setattr(model_instance, self.attname, key)
        return key

    def db_parameters(self, connection: BaseDatabaseWrapper) -> dict[str, Any]:
        found = super().db_parameters(connection)
        return {**found, "collation": "C"} if connection.vendor == "postgresql" else {**found}


def folded(*texts: str) -> str:
    """The key of a row: each text folded, in order, a space between."""
    return " ".join(map(fold, texts))


def refold(row: models.Model) -> None:
    """Fold anew what a bulk update will write: it saves no row, so that nothing else would."""
    for field in row._meta.concrete_fields:  # noqa: SLF001  (Django documents `_meta`)
        if isinstance(field, FoldedField):
            field.pre_save(row, add=False)
