"""Print the table: python -m benchmarks [--scale 1] [--json FILE] [part ...]."""

import argparse
import importlib
import json
import sys
from dataclasses import asdict
from pathlib import Path

from benchmarks.measure import Row
from benchmarks.shops import shops

PARTS = ("analyses", "cold", "charts", "growth", "loading", "forecast", "cells", "refresh", "soak")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="part", help=f"default: all of {', '.join(PARTS)}")
    parser.add_argument("--scale", type=float, default=1.0, help="size of the demo shop (default: 1)")
    parser.add_argument("--json", type=Path, help="write the rows to this file, too")
    said = parser.parse_args()
    if unknown := [part for part in said.parts if part not in PARTS]:
        parser.error(f"unknown: {', '.join(unknown)}. Known: {', '.join(PARTS)}.")
    print(f"Demo shop at scale {said.scale:g}; ratios of what was measured to its yardstick, in this run.", flush=True)
    found: list[Row] = []
    with shops(said.scale) as urls:
        for part in said.parts or PARTS:
            for row in importlib.import_module(f"benchmarks.{part}").rows(urls, said.scale):
                found.append(row)
                bar = "" if row.bar is None else f"≤ {row.bar:.3g}"
                verdict = "" if row.bar is None else "met" if row.met else "NOT MET"
                print(f"{row.what:52} {row.against:43} {row.ratio:8.3f} {bar:8} {verdict:8} {row.detail}", flush=True)
    if said.json:
        said.json.write_text(json.dumps([asdict(row) for row in found], indent=1) + "\n", encoding="utf-8")
    sys.exit(0 if all(row.met for row in found) else 1)


if __name__ == "__main__":
    main()
