"""The figures of docs/performance.md, printed by `uv run python -m benchmarks`."""
