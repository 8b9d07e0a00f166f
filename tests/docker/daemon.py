"""A Docker daemon of the tests' own, which leaves nothing behind: no mount, no bridge, no rule of the firewall."""

import os
import re
import shlex
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

START_SECONDS = 60
FOLDERS = "lgs-docker-"  # begin the names of the daemons' folders
BRIDGE, ADDRESS = "lgs-test0", "172.30.255.1/24"  # not docker0, which another daemon may have
TABLES = ("filter", "nat")
DOCKERS = re.compile(rf"DOCKER|{BRIDGE}| br-[0-9a-f]{{12}}")
FORWARDING = Path("/proc/sys/net/ipv4/ip_forward")


@dataclass(frozen=True)
class Docker:
    """A running daemon; compose: the program of Compose v2."""

    host: str
    compose: Path

    @property
    def environment(self) -> dict[str, str]:
        """For whoever asks this daemon: without this machine's own settings of ours."""
        own = {name: value for name, value in os.environ.items() if not name.startswith(("LGS_", "COMPOSE_", "PG"))}
        return {**own, "DOCKER_HOST": self.host}

    def __call__(self, *command: str | Path, check: bool = True, said: str | None = None) -> str:
        """What `docker COMMAND` prints; RuntimeError with all that it said if it fails."""
        return run(["docker", *command], self.environment, check=check, said=said)


def run(
    command: list[str | Path], environment: dict[str, str], folder: Path | None = None, *,
    check: bool = True, said: str | None = None,
) -> str:  # fmt: skip
    """What a command prints on both its ways; RuntimeError if it fails."""
    done = subprocess.run(
        command, check=False, env=environment, cwd=folder, input=said or "", encoding="utf-8",
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=600,
    )  # fmt: skip
    if check and done.returncode:
        raise RuntimeError(f"{' '.join(map(str, command))} failed ({done.returncode}): {done.stdout[-4000:]}")
    return done.stdout


@contextmanager
def daemon(compose: Path) -> Iterator[Docker]:
    """A daemon with folders, a socket and a bridge of its own. Raises RuntimeError where none can start."""
    _clear_leftovers()
    folder = Path(tempfile.mkdtemp(prefix=FOLDERS))
    with _network(), (folder / "log").open("wb") as log:
        docker = Docker(f"unix://{folder}/socket", compose)
        command = ["dockerd", "--data-root", folder / "data", "--exec-root", folder / "exec", "-p", folder / "pid",
                   "-H", docker.host, "--bridge", BRIDGE]  # fmt: skip
        process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)
        try:
            _wait(docker, process, folder / "log")
            yield docker
        finally:
            if process.poll() is None:
                _empty(docker)
                process.terminate()
                process.wait(timeout=60)
            _unmount(folder)
            shutil.rmtree(folder, ignore_errors=True)


def _clear_leftovers() -> None:
    """What a run that was killed left: its daemon, mounts, folder, bridge and the rules that name the bridge."""
    for folder in Path(tempfile.gettempdir()).glob(f"{FOLDERS}*"):
        with suppress(OSError, ValueError):
            process = int((folder / "pid").read_text(encoding="ascii"))
            if "dockerd" in Path(f"/proc/{process}/comm").read_text(encoding="ascii"):
                _empty(Docker(f"unix://{folder}/socket", folder))
                os.kill(process, signal.SIGTERM)
                _wait_for_end(process)
        _unmount(folder)
        shutil.rmtree(folder, ignore_errors=True)
    if Path(f"/sys/class/net/{BRIDGE}").exists():
        for table, line in _rules():
            if line.startswith("-A") and BRIDGE in line:
                _iptables("-t", table, "-D", *shlex.split(line)[1:])
        run(["ip", "link", "delete", BRIDGE], dict(os.environ))


def _wait_for_end(process: int) -> None:
    until = time.monotonic() + START_SECONDS
    while Path(f"/proc/{process}").exists() and time.monotonic() < until:
        time.sleep(0.2)


def _wait(docker: Docker, process: "subprocess.Popen[bytes]", log: Path) -> None:
    until = time.monotonic() + START_SECONDS
    while "Server Version" not in docker("info", check=False):
        if process.poll() is not None or time.monotonic() > until:
            raise RuntimeError(f"dockerd does not start: {log.read_text(encoding='utf-8')[-2000:]}")
        time.sleep(0.2)


def _empty(docker: Docker) -> None:
    if containers := docker("ps", "--all", "--quiet").split():
        docker("rm", "--force", "--volumes", *containers)
    docker("network", "prune", "--force")


@contextmanager
def _network() -> Iterator[None]:
    """The daemon's bridge; afterwards forwarding and the firewall are as they were."""
    forwarding, before = FORWARDING.read_text(encoding="ascii"), _rules()
    run(["ip", "link", "add", BRIDGE, "type", "bridge"], dict(os.environ))
    try:
        run(["ip", "addr", "add", ADDRESS, "dev", BRIDGE], dict(os.environ))
        run(["ip", "link", "set", BRIDGE, "up"], dict(os.environ))
        yield
    finally:
        run(["ip", "link", "delete", BRIDGE], dict(os.environ))
        _take_back(before)
        FORWARDING.write_text(forwarding, encoding="ascii")


def _rules() -> list[tuple[str, str]]:
    """Each rule, chain and policy of the firewall, with its table."""
    return [(table, line) for table in TABLES for line in _iptables("-t", table, "-S").splitlines()]


def _take_back(before: list[tuple[str, str]]) -> None:
    """Remove what a daemon added since, rules before the chains that they name, and set its policies back."""
    added = [(table, line) for table, line in _rules() if (table, line) not in before and DOCKERS.search(line)]
    for begins, undone in (("-A", "-D"), ("-N", "-X")):
        for table, line in added:
            if line.startswith(begins):
                _iptables("-t", table, undone, *shlex.split(line)[1:])
    for table, line in before:
        if line.startswith("-P"):
            _iptables("-t", table, *shlex.split(line))


def _unmount(folder: Path) -> None:
    mounts = [line.split()[1] for line in Path("/proc/mounts").read_text(encoding="utf-8").splitlines()]
    for place in reversed([mount for mount in mounts if mount.startswith(f"{folder}/")]):
        run(["umount", "--lazy", place], dict(os.environ), check=False)


def _iptables(*command: str) -> str:
    return run(["iptables", "--wait", *command], dict(os.environ))
