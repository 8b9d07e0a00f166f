"""A folder as IT has it: the project's files, .env, an inbox; and Compose run in it."""

import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.components import ROOT
from tests.docker.daemon import Docker, run

# Each character that has a meaning to a shell, to Compose, to a URL or to SQL.
AWKWARD = r"""a$b"c#d %/:@[]? {e}&;`f|<g>*\n=é€\$(h)"""
REPORT_PASSWORD = r"""r"$x\y z%"""  # noqa: S105 - of a warehouse that the tests make
PORT = 54329
COPIED = ("docker-compose.yml", "docker", "requirements", "pyproject.toml", "README.md", "LICENSE", "CHANGELOG.md",
          "lgs_excel", "workbook", ".dockerignore", ".env.example", "tests", "docs")  # fmt: skip


@dataclass(frozen=True)
class Site:
    """A checkout in `folder`, whose containers `docker` runs."""

    folder: Path
    docker: Docker

    def compose(self, *command: str, check: bool = True, said: str | None = None) -> str:
        """What `docker compose COMMAND` prints here."""
        return run([self.docker.compose, *command], self.docker.environment, self.folder, check=check, said=said)

    def set(self, **said: object) -> None:
        """Set these variables in .env, as .env.example says: in single quotes."""
        file = self.folder / ".env"
        kept = [line for line in file.read_text(encoding="utf-8").splitlines() if line.split("=")[0] not in said]
        lines = [f"{name}='{value}'" for name, value in said.items()]
        file.write_text("\n".join([*kept, *lines, ""]), encoding="utf-8")

    def sql(self, statement: str, user: str = "lgs", password: str = AWKWARD) -> str:
        """What a statement gives, asked over the network as any machine would."""
        command = ("psql", "--no-psqlrc", "--tuples-only", "--no-align", "--set", "ON_ERROR_STOP=1",
                   "--host=warehouse", f"--username={user}", "--dbname=lgs", "--command", statement)  # fmt: skip
        network = ("run", "--rm", "--network", "lgs_default", "--env", f"PGPASSWORD={password}")
        return self.docker(*network, "postgres:18", *command).strip()

    def inspect(self, service: str, form: str) -> str:
        """What Docker knows of a service's container, in a Go template."""
        container = self.compose("ps", "--all", "--quiet", service).strip()
        return self.docker("inspect", "--format", form, container).strip()


def new_site(folder: Path, docker: Docker, ignored: Callable[..., set[str]]) -> Site:
    """A checkout with .env made of .env.example, as README.md says."""
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=ignored)
        else:
            shutil.copy(source, folder / name)
    shutil.copy(folder / ".env.example", folder / ".env")
    site = Site(folder, docker)
    site.set(LGS_DB_PASSWORD=AWKWARD, LGS_REPORT_PASSWORD=REPORT_PASSWORD, LGS_DB_PORT=PORT)
    return site


def wait_until(is_so: Callable[[], object], seconds: float = 120) -> None:
    """Come back when it is so; AssertionError if that takes too long."""
    until = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < until, "it did not become so in time"
        time.sleep(0.5)


def lgs_excel(site: Site, *command: str | Path, password: str = AWKWARD) -> "subprocess.CompletedProcess[str]":
    """`lgs-excel COMMAND` on this machine, with the warehouse of the site."""
    environment = {
        **site.docker.environment,
        "LGS_WAREHOUSE_URL": f"postgresql+psycopg2://lgs@localhost:{PORT}/lgs",
        "PGPASSWORD": password,
        "HOME": str(site.folder),
    }
    return subprocess.run(
        [sys.executable, "-m", "lgs_excel.cli", *command], check=False, env=environment, cwd=ROOT,
        capture_output=True, encoding="utf-8",
    )  # fmt: skip
