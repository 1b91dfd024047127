"""Print how training grows: `uv run python -m benchmarks.suggestions [--pets 10000,100000]`.

Pets buy ten things each, of which a few are everybody's favourites; each size runs in a process of
its own, so that its peak of memory is its own too.
"""

import argparse
import resource
import subprocess
import sys
import time

import numpy as np

from recommendations import blend, neighbours
from recommendations.blend import BlendOptions
from recommendations.neighbours import Matrix

_EACH = 10
_SAMPLE = 2_000


def main() -> None:
    parser = argparse.ArgumentParser(prog="benchmarks.suggestions")
    parser.add_argument("--pets", default="10000,100000,1000000")
    parser.add_argument("--products", type=int, default=1_000)
    parser.add_argument("--one", type=int, help="One size, in this process.")
    chosen = parser.parse_args()
    if chosen.one:
        print(line(chosen.one, chosen.products))
        return
    print("| pets | purchases | products | neighbours, s | scores, ms a pet | peak, MB |")
    print("| --- | --- | --- | --- | --- | --- |")
    for pets in chosen.pets.split(","):
        asked = ["--one", pets, "--products", str(chosen.products)]
        command = [sys.executable, "-m", "benchmarks.suggestions", *asked]
        subprocess.run(command, check=True)


def purchases(pets: int, products: int) -> Matrix:
    """Random purchases, the first products bought most."""
    random = np.random.default_rng(1)
    shares = 1 / np.arange(1, products + 1) ** 0.8
    columns = random.choice(products, size=pets * _EACH, p=shares / shares.sum())
    rows = np.repeat(np.arange(pets), _EACH)
    weights = random.random(pets * _EACH)
    return neighbours.gathered(rows, columns, weights, (pets, products))


def line(pets: int, products: int) -> str:
    options = BlendOptions()
    weights = purchases(pets, products)
    begun = time.perf_counter()
    like = neighbours.likeness(weights, options.neighbours)
    trained = time.perf_counter() - begun
    begun = time.perf_counter()
    popular = np.zeros((1, products), np.float32)
    for start in range(0, _SAMPLE, 500):
        scores = blend.new_scores(weights[start : start + 500], like, popular, options)
        neighbours.ranked(scores, 60)
    each = (time.perf_counter() - begun) / _SAMPLE * 1000
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    bought = pets * _EACH
    return f"| {pets:,} | {bought:,} | {products:,} | {trained:.1f} | {each:.2f} | {peak:,} |"


if __name__ == "__main__":
    main()
