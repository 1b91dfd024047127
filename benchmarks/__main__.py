"""Print the whole table: `uv run python -m benchmarks [--products 1000,10000] [--write]`.

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
from pathlib import Path

LIST = """{ products(first: 20) { nodes { id name slug picture { url(width: 320) } category { name }
    variants { name: pack sku price { amount } availability } } } }"""
FACETED = """query($search: String) { products(first: 20, search: $search) { totalCount corrected
    facets { slug values { slug label count } }
    nodes { id name slug picture { url(width: 320) } category { name }
    variants { pack sku price { amount } availability } } } }"""
COMPLETION = '{ searchSuggestions(text: "croq") }'
HOSTILE = "{ shop { " + "name " * 6000 + "} }"
PORT, STAND_IN_PORT = 8931, 8932


def main() -> None:
    parser = argparse.ArgumentParser(prog="benchmarks")
    parser.add_argument("--products", default="1000,10000")
    parser.add_argument("--seconds", type=float, default=4.0)
    parser.add_argument("--shop", action="store_true", help="The demonstration's shop first.")
    parser.add_argument("--growth", default="", help="Sizes to copy a shop to: 1000,10000,100000.")
    parser.add_argument("--write", action="store_true", help="Write docs/performance.md.")
    chosen = parser.parse_args()
    sizes = [int(size) for size in chosen.products.split(",") if size]
    lines = in_own_process("whole_shop") if chosen.shop else []
    if chosen.growth:
        lines += in_own_process("growth", chosen.growth)
    for size in sizes:
        lines += in_own_process("one_size", str(size), str(chosen.seconds), str(PORT))
    text = "\n".join(lines)
    print(text)
    if chosen.write:
        page = Path(__file__).parent.parent / "docs" / "performance.md"
        page.write_text(text + "\n", encoding="utf-8")


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
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return (
        f"{time.strftime('%Y-%m-%d')}, {os.cpu_count()} cores, Python {platform.python_version()}, "
        f"peak {peak} MB"
    )


if __name__ == "__main__":
    main()
