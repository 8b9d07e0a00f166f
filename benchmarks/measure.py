"""A row of the table, and how time and memory are measured: in fresh processes, the best of several runs."""

import importlib
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any


@dataclass(frozen=True)
class Row:
    """What was measured against what: ratio = what ÷ against, which must be at most `bar` (None: no bar)."""

    what: str
    against: str
    ratio: float
    bar: float | None
    detail: str = ""

    @property
    def met(self) -> bool:
        return self.bar is None or self.ratio <= self.bar


@dataclass(frozen=True)
class Cost:
    """seconds: of the fastest run. megabytes: the process's peak, its libraries included."""

    seconds: float
    megabytes: float


def cost(function: Callable[..., Any], *arguments: Any, runs: int = 3) -> Cost:
    """What `function(*arguments)` costs in a fresh process: a first run to warm up, then the fastest of `runs`.

    The function must stand at the top of a module of this package; arguments must be plain (JSON).
    """
    return _child(function, arguments, runs, warm=True)


def cold_cost(function: Callable[..., Any], *arguments: Any) -> Cost:
    """The same for a single run, imports included, in a fresh process."""
    return min((_child(function, arguments, 1, warm=False) for _ in range(3)), key=lambda cost: cost.seconds)


def once(function: Callable[..., Any], *arguments: Any) -> Cost:
    """The same, measured once: for what takes long and whose memory is asked for."""
    return _child(function, arguments, 1, warm=False)


def seconds(command: list[str], runs: int = 5, *, again: bool = False) -> float:
    """How long a command takes from start to end: the fastest of `runs`, each with nothing known of the one before, or
    with what the first of them kept.
    """
    times = []
    with TemporaryDirectory() as folder:
        for number in range(runs):
            environment = _cache_in(folder if again else str(Path(folder) / f"{number}"))
            start = time.perf_counter()
            subprocess.run(command, check=True, capture_output=True, env=environment)
            times.append(time.perf_counter() - start)
    return min(times)


def _cache_in(folder: str) -> dict[str, str]:
    """The environment of a process whose user's cache is in a folder; matplotlib's list of fonts stays where it is."""
    fonts = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "matplotlib"
    return {"MPLCONFIGDIR": str(fonts), **os.environ, "XDG_CACHE_HOME": folder}


def returned_by(function: Callable[..., Any], *arguments: Any) -> Any:
    """What `function(*arguments)` returns, in a fresh process; plain like the arguments."""
    return _in_child([function.__module__, function.__name__, arguments])


def _child(function: Callable[..., Any], arguments: tuple[Any, ...], runs: int, *, warm: bool) -> Cost:
    return Cost(*_in_child([function.__module__, function.__name__, arguments, runs, warm]))


def _in_child(said: list[Any]) -> Any:
    command = [sys.executable, "-m", "benchmarks.measure", json.dumps(said)]
    with TemporaryDirectory() as folder:
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE, env=_cache_in(folder))
    return json.loads(done.stdout.splitlines()[-1])


def _measure(module: str, name: str, arguments: list[Any], runs: int, *, warm: bool) -> None:
    begun = time.perf_counter()
    function = getattr(importlib.import_module(module), name)
    if warm:
        function(*arguments)
    times = []
    for i in range(runs):
        start = begun if i == 0 and not warm else time.perf_counter()
        function(*arguments)
        times.append(time.perf_counter() - start)
    print(json.dumps([min(times), _peak_megabytes()]))


def _peak_megabytes() -> float:
    import resource

    status = Path("/proc/self/status")
    if status.exists():  # Linux's ru_maxrss begins with what the process had that started this one
        return int(re.search(r"VmHWM:\s+(\d+) kB", status.read_text())[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 * 1024 if sys.platform == "darwin" else 1024)


if __name__ == "__main__":
    module, name, arguments, *how = json.loads(sys.argv[1])
    if how:
        _measure(module, name, arguments, how[0], warm=how[1])
    else:
        print(json.dumps(getattr(importlib.import_module(module), name)(*arguments)))
