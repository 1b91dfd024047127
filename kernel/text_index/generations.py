"""Whole folders that take each other's place at once: a reader sees one or the next, never half.

A folder is written under a new name, its files are summed up in a manifest, and one small pointer
file is replaced. So a writer may be killed at any moment, and no lock keeps readers waiting.
"""

import fcntl
import json
import os
import shutil
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from kernel.text_index.interface import IndexUnavailable

_POINTER = "current"
_LOCK = "lock"
_MANIFEST = "manifest.json"
_BLOCK = 1 << 20


class Generations:
    """The generations of one index, in a folder of their own."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._pointer = root / _POINTER

    def stamp(self) -> tuple[int, int]:
        """Cheap to ask for, and another after each switch.

        Raises:
            IndexUnavailable: nothing was ever built here.
        """
        try:
            status = self._pointer.stat()
        except OSError as error:
            raise _unavailable(self._root) from error
        return status.st_ino, status.st_mtime_ns

    def current(self) -> Path:
        """The folder to read.

        Raises:
            IndexUnavailable: there is none.
        """
        try:
            name = self._pointer.read_text(encoding="ascii").strip()
        except (OSError, ValueError) as error:
            raise _unavailable(self._root) from error
        folder = self._root / name
        if not name.isdigit() or not folder.is_dir():
            raise _unavailable(self._root)
        return folder

    def check(self, folder: Path) -> None:
        """Read every file of a generation once, to be sure that it is what was written.

        Raises:
            IndexUnavailable: a file is lacking or damaged.
        """
        try:
            expected = json.loads((folder / _MANIFEST).read_text(encoding="utf-8"))
            is_whole = isinstance(expected, dict) and expected == _manifest(folder, expected)
        except (OSError, ValueError) as error:
            raise _unavailable(self._root) from error
        if not is_whole:
            raise _unavailable(self._root)

    @contextmanager
    def writing(self) -> Iterator[Path]:
        """An empty folder that becomes the current one when the block ends well.

        One writer at a time, across processes; the lock ends with the process that holds it.
        """
        self._root.mkdir(parents=True, exist_ok=True)
        with (self._root / _LOCK).open("wb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            folder = self._next()
            folder.mkdir()
            yield folder
            files = sorted(path.name for path in folder.iterdir() if path.name != _MANIFEST)
            (folder / _MANIFEST).write_text(json.dumps(_manifest(folder, files)), encoding="utf-8")
            self._switch(folder)

    def link(self, folder: Path) -> None:
        """Give a new generation the files of the current one, which are never written to again.

        Raises:
            IndexUnavailable: there is no current one, or it is damaged.
        """
        current = self.current()
        self.check(current)
        for name in json.loads((current / _MANIFEST).read_text(encoding="utf-8")):
            os.link(current / name, folder / name)

    def _next(self) -> Path:
        """The name after all others; what killed writers left behind is deleted first."""
        keep = self._kept()
        for path in self._root.iterdir():
            if path.is_dir() and path.name not in keep:
                shutil.rmtree(path)
        return self._root / f"{max(map(int, keep), default=0) + 1:010d}"

    def _kept(self) -> set[str]:
        """The current generation and the one before it, which readers may still hold."""
        try:
            current = self.current().name
        except IndexUnavailable:
            return set()
        older = sorted(
            path.name for path in self._root.iterdir() if path.is_dir() and path.name < current
        )
        return {current, *older[-1:]}

    def _switch(self, folder: Path) -> None:
        pointer = self._root / f"{_POINTER}.new"
        with pointer.open("w", encoding="ascii") as file:
            file.write(folder.name)
            file.flush()
            os.fsync(file.fileno())
        pointer.replace(self._pointer)
        keep = self._kept()
        for path in self._root.iterdir():
            if path.is_dir() and path.name not in keep:
                shutil.rmtree(path)


def _manifest(folder: Path, names: Iterable[str]) -> dict[str, list[int]]:
    sums = {}
    for name in names:
        size, check = 0, 0
        with (folder / name).open("rb") as file:
            while block := file.read(_BLOCK):
                size += len(block)
                check = zlib.crc32(block, check)
        sums[name] = [size, check]
    return sums


def _unavailable(root: Path) -> IndexUnavailable:
    return IndexUnavailable(f"No whole index in {root}: rebuild it.")
