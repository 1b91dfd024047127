from typing import TYPE_CHECKING, Any

from django.db import models

if TYPE_CHECKING:
    _JSONField = models.JSONField[Any, Any]
else:
    _JSONField = models.JSONField


class Immutable(TypeError):
    """Somebody tried to change what is written once."""


class WrittenOnce(_JSONField):
    """JSON that is written when its row is inserted: any later save of it fails."""

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:  # noqa: FBT001
        if not add:
            raise Immutable(f"{self.name} of {model_instance} is written once.")
        return super().pre_save(model_instance, add)

    def deconstruct(self) -> Any:
        name, _path, positional, options = super().deconstruct()
        return name, "django.db.models.JSONField", positional, options
