"""What ten times the lines cost: all analyses on the demo shop at scale 10 against scale 1."""

from collections.abc import Iterator

from benchmarks.analyses import all_analyses
from benchmarks.measure import Row, cost
from benchmarks.shops import shops


def rows(*_: object) -> Iterator[Row]:
    """Time and memory of our process on each engine."""
    with shops(1) as small:
        once = {engine: cost(all_analyses, url) for engine, url in small.items()}
    with shops(10) as large:
        for engine, url in large.items():
            one, ten = once[engine], cost(all_analyses, url, runs=2)
            what = f"all analyses, {engine}, 10 × the lines"
            yield Row(
                f"{what}: time", "the lines once", ten.seconds / one.seconds, 10,
                f"{ten.seconds:.2f} s, {one.seconds:.2f} s",
            )  # fmt: skip
            yield Row(
                f"{what}: memory", "the lines once", ten.megabytes / one.megabytes, 1.5,
                f"{ten.megabytes:.0f} MB, {one.megabytes:.0f} MB",
            )  # fmt: skip
