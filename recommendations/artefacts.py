"""Files of trained models: kept in private storage, checked by their SHA-256 when they are read."""

import hashlib
from functools import lru_cache

from django.core.files.base import ContentFile
from django.core.files.storage import storages

from recommendations import known
from recommendations.known import Known
from recommendations.models import ModelVersion


class Damaged(ValueError):
    """The file of a model is not the one that was written."""


def keep(model: Known, name: str) -> tuple[str, str]:
    """Write a model; its name in storage, and its SHA-256."""
    data = known.packed(model)
    stored = storages["private"].save(f"models/{name}.npz", ContentFile(data))
    return stored, hashlib.sha256(data).hexdigest()


def model_of(version: ModelVersion) -> Known:
    """The model of a version. Raises: Damaged."""
    return _read(version.artefact, version.sha256)


@lru_cache(maxsize=2)
def _read(name: str, sha256: str) -> Known:
    with storages["private"].open(name) as file:
        data = file.read()
    if hashlib.sha256(data).hexdigest() != sha256:
        raise Damaged(f"{name} is not the file that was written: train again.")
    return known.unpacked(data)


def delete(names: list[str]) -> None:
    for name in names:
        storages["private"].delete(name)
