"""What a backup says of itself: every file with its size and its SHA-256, so that damage shows."""

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

FORMAT = 1
_NAME, _PROOF = "manifest.json", "manifest.sha256"
_SHOWN = 20


class BackupRefused(Exception):
    """A backup that cannot be made, or may not be used; the words say why and what to do."""


@dataclass(frozen=True, slots=True)
class FileSum:
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """`database` is its kind, `files_in` says where pictures and documents were: folders or s3.

    `rows` counts some tables as of the copy; `migrations` are those that it had, as `app.name`.
    """

    made_at: datetime
    database: str
    files_in: str
    migrations: tuple[str, ...]
    rows: Mapping[str, int]
    files: Mapping[str, FileSum]

    @property
    def counted(self) -> str:
        """How many rows it holds, for people."""
        return ", ".join(f"{count} {table}" for table, count in self.rows.items())


def sum_up(folder: Path) -> dict[str, FileSum]:
    """All files of a backup but the manifest's own, by their path within it.

    A link counts as a file of its own, so that none passes for what it leads to.
    """
    found = (path for path in sorted(folder.rglob("*")) if path.is_symlink() or path.is_file())
    names = ((path.relative_to(folder).as_posix(), path) for path in found)
    return {name: _sum_of(path) for name, path in names if name not in (_NAME, _PROOF)}


def settle(path: Path) -> None:
    """Have the disk hold a file, or a folder with all in it, should the power fail then."""
    for each in (*path.rglob("*"), path):
        opened = os.open(each, os.O_RDONLY)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)


def write(folder: Path, manifest: Manifest) -> None:
    told = {"format": FORMAT, **asdict(manifest), "made_at": manifest.made_at.isoformat()}
    (folder / _NAME).write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    proof = f"{_sum_of(folder / _NAME).sha256}  {_NAME}\n"
    (folder / _PROOF).write_text(proof, encoding="ascii")


def read(folder: Path) -> Manifest:
    """The manifest of a backup; its files are not looked at.

    Raises:
        BackupRefused: there is none, it is damaged, or a newer version of the shop wrote it.
    """
    try:
        proof = (folder / _PROOF).read_text(encoding="ascii")
        text = (folder / _NAME).read_bytes()
    except (OSError, ValueError) as error:
        raise BackupRefused(f"{folder} is no whole backup: {error}.") from None
    if proof != f"{hashlib.sha256(text).hexdigest()}  {_NAME}\n":
        raise BackupRefused(f"{_NAME} is damaged. Take another backup.")
    told = json.loads(text)
    if told["format"] > FORMAT:
        raise BackupRefused(
            f"A newer version of the shop made this backup (format {told['format']}, known is "
            f"{FORMAT}): install that version first."
        )
    return _manifest(told)


def check(folder: Path) -> Manifest:
    """The manifest of a backup whose every file is as it was written, none missing, none added.

    Raises:
        BackupRefused: with the names of the files that are not.
    """
    manifest = read(folder)
    found = sum_up(folder)
    problems = [f"{name} is missing" for name in sorted(manifest.files.keys() - found.keys())]
    problems += [
        f"{name} does not belong to it" for name in sorted(found.keys() - manifest.files.keys())
    ]
    problems += [
        f"{name} is damaged ({found[name].size} bytes, {known.size} expected)"
        for name, known in manifest.files.items()
        if name in found and found[name] != known
    ]
    if problems:
        more = f"; and {len(problems) - _SHOWN} more" if len(problems) > _SHOWN else ""
        told = "; ".join(problems[:_SHOWN])
        raise BackupRefused(f"{told}{more}. Nothing was restored: take another backup.")
    return manifest


def _manifest(told: dict[str, Any]) -> Manifest:
    return Manifest(
        made_at=datetime.fromisoformat(told["made_at"]),
        database=told["database"],
        files_in=told["files_in"],
        migrations=tuple(told["migrations"]),
        rows=told["rows"],
        files={name: FileSum(**facts) for name, facts in told["files"].items()},
    )


def _sum_of(path: Path) -> FileSum:
    if path.is_symlink():
        return FileSum(size=0, sha256="a link")
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256")
        return FileSum(size=file.tell(), sha256=digest.hexdigest())
