"""The values that the operator gave, read by name and told by name when they are wrong."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured


class Environment:
    """The values that the operator gave, read one by one."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self._values = values

    def text(self, name: str, default: str) -> str:
        return self._values.get(name, default).strip()

    def flag(self, name: str, *, default: bool) -> bool:
        read = self.text(name, str(default).lower())
        known = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}
        if read.lower() not in known:
            raise self.refused(name, "true or false")
        return known[read.lower()]

    def number(self, name: str, default: int, *, least: int = 0) -> int:
        read = self.text(name, str(default))
        if not read.isdecimal() or int(read) < least:
            raise self.refused(name, f"a whole number of at least {least}")
        return int(read)

    def key(self, name: str, *beginnings: str, needed: bool) -> str:
        """A key whose first letters say what it opens; nothing where it is not needed."""
        read = self.text(name, "")
        if read.startswith(beginnings) or (not read and not needed):
            return read
        raise self.refused(name, "a key that begins with " + " or ".join(beginnings), secret=True)

    def secret(self, name: str, *, least: int) -> str:
        """Of so many characters or more; nothing switches off what it opens."""
        read = self.text(name, "")
        if read and len(read) < least:
            raise self.refused(name, f"{least} characters or more, or nothing", secret=True)
        return read

    def words(self, name: str, default: str = "") -> list[str]:
        return [word.strip() for word in self.text(name, default).split(",") if word.strip()]

    def one_of(self, name: str, default: str, *, among: tuple[str, ...]) -> str:
        read = self.text(name, default)
        if read not in among:
            raise self.refused(name, "one of " + ", ".join(among))
        return read

    def database(self, name: str, default: str) -> dict[str, Any]:
        """`sqlite:///path` or `postgres://user:password@host:port/database`."""
        address = urlsplit(self.text(name, default))
        if address.scheme == "sqlite" and address.path not in ("", "/"):
            return sqlite(Path(unquote(address.path)))
        if address.scheme in ("postgres", "postgresql") and address.path.strip("/"):
            return {
                "ENGINE": "django.db.backends.postgresql",
                "NAME": unquote(address.path.strip("/")),
                "USER": unquote(address.username or ""),
                "PASSWORD": unquote(address.password or ""),
                "HOST": address.hostname or "",
                "PORT": str(address.port or 5432),
                "CONN_MAX_AGE": None,
                "CONN_HEALTH_CHECKS": True,
                "OPTIONS": {"connect_timeout": 5},
            }
        raise self.refused(
            name, "sqlite:///PATH or postgres://USER:PASSWORD@HOST:PORT/NAME", secret=True
        )

    def cache(self, name: str) -> dict[str, Any]:
        """Memory of this process, or `redis://host:port/number` shared by them all."""
        address = self.text(name, "")
        if not address:
            backend = "django.core.cache.backends.locmem.LocMemCache"
            return {"BACKEND": backend, "OPTIONS": {"MAX_ENTRIES": 20_000}}
        if urlsplit(address).scheme in ("redis", "rediss"):
            return {
                "BACKEND": "django.core.cache.backends.redis.RedisCache",
                "LOCATION": address,
                "OPTIONS": {"socket_connect_timeout": 2, "socket_timeout": 2},
            }
        raise self.refused(name, "redis://HOST:PORT/NUMBER", secret=True)

    def refused(self, name: str, expected: str, *, secret: bool = False) -> ImproperlyConfigured:
        read = self._values.get(name)
        shown = "nothing" if read is None else "a value kept secret" if secret else repr(read)
        return ImproperlyConfigured(f"{name}: read {shown}, expected {expected}.")


def origin_of(address: str) -> str:
    """Scheme, host and port of a URL."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"


def sqlite(path: Path) -> dict[str, Any]:
    path.parent.mkdir(parents=True, exist_ok=True)
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": path,
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": (
                "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; "
                "PRAGMA temp_store=MEMORY; PRAGMA mmap_size=268435456;"
            ),
        },
    }
