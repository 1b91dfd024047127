"""Print the whole table: `uv run python -m benchmarks [--write]`; a part of it, by its options.

Works on a database of its own: SQLite in a temporary folder, or the PostgreSQL of DATABASE_URL,
which it empties first.
"""

import argparse
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path

LIST = """{ products(first: 20) { nodes { id name slug picture { url(width: 320) } category { name }
    variants { name: pack sku price { amount } availability } } } }"""
FACETED = """query($search: String) { products(first: 20, search: $search) { totalCount corrected
    facets { slug values { slug label count } }
    nodes { id name slug picture { url(width: 320) } category { name }
    variants { pack sku price { amount } availability } } } }"""
COMPLETION = '{ searchSuggestions(text: "croq") }'
PORT, STAND_IN_PORT = 8931, 8932
PAGE = Path(__file__).parent.parent / "docs" / "performance.md"
ARGS = [each for each in sys.argv[1:] if each != "--write"]
DATABASE = "PostgreSQL" if "DATABASE_URL" in os.environ else "SQLite"
_TOLD_OF = ("Django", "strawberry-graphql", "graphql-core", "granian", "psycopg")


def main() -> None:
    parser = argparse.ArgumentParser(prog="benchmarks")
    parser.add_argument("--products", default="189,10000", help="Sizes of shop, with load.")
    parser.add_argument("--growth", default="1000,10000,100000", help="Sizes to copy a shop to.")
    parser.add_argument("--shop", action=argparse.BooleanOptionalAction, default=True)
    parser.add_argument("--refusals", action=argparse.BooleanOptionalAction, default=True)
    parser.add_argument("--seconds", type=float, default=3.0)
    parser.add_argument("--write", action="store_true", help="Put it into docs/performance.md.")
    chosen = parser.parse_args()
    parts: list[tuple[str, ...]] = [
        ("one_size", size, str(chosen.seconds), str(PORT))
        for size in chosen.products.split(",")
        if size
    ]
    if chosen.growth:
        parts.append(("growth", chosen.growth))
    if chosen.shop:
        parts.append(("whole_shop",))
    if chosen.refusals:
        parts.append(("refusals",))
    lines = [machine()]
    for name, *how in parts:
        lines += in_own_process(name, *how)
    text = "\n".join(lines)
    print(text)
    if chosen.write:
        PAGE.write_text(put_into(PAGE.read_text(encoding="utf-8"), text), encoding="utf-8")


def put_into(page: str, text: str) -> str:
    """A page with what was printed of this database in its place, between two remarks."""
    begin, end = (f"<!-- {edge} of {DATABASE} -->" for edge in ("begin", "end"))
    before, _, rest = page.partition(begin)
    _, _, after = rest.partition(end)
    return f"{before}{begin}\n\n{text}\n\n{end}{after}"


def in_own_process(part: str, *how: str) -> list[str]:
    """Measure a part in a fresh process with a folder of its own, so that memory is its own."""
    with tempfile.TemporaryDirectory() as folder:
        values = {**os.environ, "DATA_DIR": folder, "DJANGO_SETTINGS_MODULE": "benchmarks.settings"}
        values |= {"LOG_LEVEL": "ERROR", "STRIPE_SECRET_KEY": ""}
        values["STRIPE_STAND_IN_URL"] = f"http://127.0.0.1:{STAND_IN_PORT}"
        values.setdefault("DATABASE_URL", f"sqlite:///{folder}/bench.sqlite3")
        found = subprocess.run(
            [sys.executable, "-m", f"benchmarks.{part}", *how],
            env=values,
            capture_output=True,
            text=True,
            check=False,
        )
    if found.returncode:
        raise SystemExit(found.stderr)
    return found.stdout.splitlines()


def machine() -> str:
    """When and on what: a machine's pace is told by what ten million additions take it."""
    begun, total = time.process_time(), 0
    for number in range(10_000_000):
        total += number
    pace = time.process_time() - begun
    known = ", ".join(f"{name} {version(name)}" for name in _TOLD_OF)
    return (
        f"Printed on {time.strftime('%Y-%m-%d')} by `{' '.join(['python -m benchmarks', *ARGS])}` "
        f"on {DATABASE}: {os.cpu_count()} cores, ten million additions in {pace:.2f} s; Python "
        f"{platform.python_version()}, {known}."
    )


def peak_mb() -> int:
    """The most memory that this process has held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


if __name__ == "__main__":
    main()
