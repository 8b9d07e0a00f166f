"""Docker for the tests of this folder: a daemon of their own, the stand-ins, a checkout with everything running."""

import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.docker import standins
from tests.docker.daemon import Docker, daemon
from tests.docker.site import Site, new_site

PROGRAMS = ("dockerd", "docker", "debootstrap", "iptables", "ip")


def pytest_report_header() -> str:
    """What whoever reads the run's output must know."""
    return standins.NOTE


@pytest.fixture(scope="session")
def docker() -> Iterator[Docker]:
    """A daemon with the stand-ins; skipped unless it is asked for, and where no daemon can start."""
    if os.environ.get("LGS_TEST_DOCKER") != "1":
        pytest.skip("Docker is asked for with LGS_TEST_DOCKER=1: run `make test-docker`")
    missing = [program for program in PROGRAMS if not shutil.which(program)]
    if missing or os.geteuid() != 0:
        _without(f"Docker's tests want root and {', '.join(missing or PROGRAMS)}")
    with ExitStack() as stack:
        try:
            made = stack.enter_context(daemon(standins.compose()))
            _make(made)
        except RuntimeError as error:
            _without(str(error))
        yield made


@pytest.fixture(scope="module")
def site(docker: Docker, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A checkout of which nothing runs yet; its containers and volumes are removed afterwards."""
    made = new_site(tmp_path_factory.mktemp("site"), docker, shutil.ignore_patterns("__pycache__", "node_modules"))
    yield made
    made.compose("--profile", "*", "down", "--volumes", "--timeout", "5")


def _make(docker: Docker) -> None:
    docker("import", standins.debian(), "lgs-test-debian")
    with standins.context() as folder:
        for image, source in standins.STANDINS.items():
            docker("build", "--tag", image, "--file", folder / f"{source}.Dockerfile", folder)
        image, major = standins.OLDER
        file = folder / "postgres.Dockerfile"
        docker("build", "--tag", image, "--build-arg", f"MAJOR={major}", "--file", file, folder)


def _without(reason: str) -> None:
    if os.environ.get("LGS_TEST_REQUIRE") == "1":
        pytest.fail(f"{reason} (LGS_TEST_REQUIRE=1)", pytrace=False)
    pytest.skip(reason)
