"""Components that only some machines have, and the tests' way to them.

| component       | found                                                               | installed by            |
|-----------------|---------------------------------------------------------------------|-------------------------|
| soffice         | on the path, or where LibreOffice installs itself                   | LibreOffice's installer |
| uno             | Debian's folder of modules, if its Python is of this version        | apt install python3-uno |
| poi             | Debian's folder of Java libraries, with Apache POI; and a compiler  | .ci/run has the names   |
| ooxml-validator | LGS_OOXML_VALIDATOR, or in tests/tools/node_modules                 | make tools              |
| caniemail       | its table of mail programs, in tests/tools/node_modules             | make tools              |
| pdftotext       | on the path                                                         | Debian's poppler-utils  |
| java            | in JAVA_HOME, or on the path; Spark wants 17 or newer               | OpenJDK's packages      |
| real-data       | LGS_REAL_DATA, or shared/data/online_retail.parquet beside the tree | whoever has the export  |
| dialects        | the folder dialects beside the real data: one export in many forms  | the same                |

A test that calls `need` is skipped where the component is missing, and fails there when LGS_TEST_REQUIRE=1, unless the
component can't be there at all (ELSEWHERE).

`ooxml-validator FILE` is Microsoft's Open XML SDK validator. It takes exactly one file and prints one JSON object:

    {"file": "book.xlsx", "ok": false, "errors": [{"errorType": "Schema", "id": "Sch_…", "description": "…",
     "path": "/xl/styles.xml", "xPath": "/x:styleSheet[1]/x:fonts[1]/x:font[1]"}]}

It exits with 0 (valid), 1 (not valid, or not to be opened: one error of type "Exception" whose id, path and xPath
are null) or 2 (it could not run: a message on stderr, and no JSON). `--officeVersion Office2019` checks against that
version instead of Microsoft365.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from base64 import b64decode
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
TIMEOUT_SECONDS = 180
JAVA_FOLDER = Path("/usr/share/java")
POI_JARS = ("poi", "poi-ooxml", "poi-ooxml-schemas", "xmlbeans", "commons-collections4", "commons-compress",
            "commons-codec", "commons-math3")  # fmt: skip
UNO_FOLDER = Path("/usr/lib/python3/dist-packages")


@dataclass(frozen=True)
class OoxmlError:
    """One finding of Microsoft's validator; `part` and `xpath` are empty when the file could not be opened."""

    kind: str  # Schema, Semantic, Package, MarkupCompatibility or Exception
    id: str
    part: str
    xpath: str
    description: str


def soffice() -> Path | None:
    """LibreOffice's program, or None."""
    on_path = shutil.which("soffice") or shutil.which("libreoffice")
    usual = ("/Applications/LibreOffice.app/Contents/MacOS/soffice", "C:/Program Files/LibreOffice/program/soffice.com")
    return next((Path(place) for place in (on_path, *usual) if place and Path(place).exists()), None)


def uno() -> Path | None:
    """LibreOffice's module for Python, or None; it is compiled for one version, that of Debian's own Python."""
    of_debian = Path("/usr/bin/python3").resolve().name
    same = of_debian == f"python{sys.version_info.major}.{sys.version_info.minor}"
    return _existing(UNO_FOLDER / "uno.py") if same else None


def ooxml_validator() -> Path | None:
    """Microsoft's Open XML validator, or None."""
    installed = shutil.which("ooxml-validator", path=ROOT / "tests/tools/node_modules/.bin")
    return _existing(os.environ.get("LGS_OOXML_VALIDATOR") or installed)


def caniemail() -> Path | None:
    """caniemail's table of what mail programs show, or None."""
    return _existing(ROOT / "tests/tools/node_modules/caniemail/data/caniemail.json")


def java() -> Path | None:
    """Java's program, or None."""
    home = os.environ.get("JAVA_HOME")
    return _existing(shutil.which("java", path=f"{home}/bin") if home else shutil.which("java"))


def real_data() -> Path | None:
    """The real sales lines, a Parquet file, or None."""
    return _existing(os.environ.get("LGS_REAL_DATA") or ROOT.parent / "shared/data/online_retail.parquet")


def dialects() -> Path | None:
    """The folder of one export in many forms, with expected.json, or None."""
    found = real_data()
    return _existing(found.with_name("dialects")) if found else None


def poi() -> Path | None:
    """The folder of Apache POI and what it needs, or None; it is of no use without a compiler."""
    found = all((JAVA_FOLDER / f"{name}.jar").exists() for name in POI_JARS)
    return JAVA_FOLDER if found and shutil.which("javac") else None


COMPONENTS: dict[str, tuple[Callable[[], Path | None], str]] = {
    "soffice": (soffice, "LibreOffice is not installed"),
    "poi": (poi, "Debian's libapache-poi-java, or a Java compiler, is not installed"),
    "uno": (uno, "Debian's python3-uno is not installed, or is for another Python than this one"),
    "ooxml-validator": (ooxml_validator, "Microsoft's Open XML validator is not installed: run `make tools`"),
    "caniemail": (caniemail, "caniemail's table is not installed: run `make tools`"),
    "pdftotext": (lambda: _existing(shutil.which("pdftotext")), "pdftotext is not installed"),
    "java": (java, "Java is not installed"),
    "real-data": (real_data, "the real sales lines are not here: set LGS_REAL_DATA to their Parquet file"),
    "dialects": (dialects, "there is no folder dialects beside the real sales lines"),
}


# Components that this system can't have, with the reason: what tests/windows/not_there.py says.
ELSEWHERE: dict[str, str] = {}


def need(component: str) -> Path:
    """Where `component`, a key of COMPONENTS, is; without it the test is skipped, or fails if LGS_TEST_REQUIRE=1."""
    if component in ELSEWHERE:
        pytest.skip(ELSEWHERE[component])
    find, reason = COMPONENTS[component]
    if place := find():
        return place
    if os.environ.get("LGS_TEST_REQUIRE") == "1":
        pytest.fail(f"{reason} (LGS_TEST_REQUIRE=1)", pytrace=False)
    pytest.skip(reason)


def ooxml_errors(workbook: Path) -> list[OoxmlError]:
    """What Microsoft's validator finds in `workbook`, in its order: empty for a workbook that Excel opens as it is."""
    done = _run(need("ooxml-validator"), workbook)
    if done.returncode not in (0, 1):
        raise RuntimeError(f"The validator could not run: {done.stderr.strip()}")
    return [
        OoxmlError(
            kind=error["errorType"],
            id=error["id"] or "",
            part=error["path"] or "",
            xpath=error["xPath"] or "",
            description=error["description"],
        )
        for error in json.loads(done.stdout)["errors"]
    ]


def poi_findings(workbook: Path, folder: Path) -> dict[str, dict[str, str]]:
    """What Apache POI finds in `workbook`: kind → name → value, as tests/poi/ReadWorkbook.java says; compiled into
    `folder`.
    """
    jars = os.pathsep.join(str(need("poi") / f"{name}.jar") for name in POI_JARS)
    for command in (
        ("javac", "-cp", jars, "-d", folder, ROOT / "tests/poi/ReadWorkbook.java"),
        ("java", "-cp", os.pathsep.join((str(folder), jars)), "ReadWorkbook", workbook),
    ):
        done = _run(*command)
        if done.returncode:
            raise RuntimeError(f"{command[0]} failed: {done.stderr.strip()}")
    found: dict[str, dict[str, str]] = {}
    for line in done.stdout.splitlines():
        kind, name, value = line.split("\t")
        found.setdefault(kind, {})[name] = b64decode(value).decode()
    return found


def to_pdf(workbook: Path, folder: Path) -> Path:
    """The PDF in `folder` that LibreOffice makes of `workbook`."""
    return _converted(workbook, folder, "pdf")


def to_xlsx(workbook: Path, folder: Path) -> Path:
    """The workbook in `folder` that LibreOffice makes of what it reads in `workbook`."""
    return _converted(workbook, folder, "xlsx")


def _converted(workbook: Path, folder: Path, suffix: str) -> Path:
    # With a profile of its own, so that runs don't meet.
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        user = f"-env:UserInstallation={Path(profile).as_uri()}"
        done = _run(need("soffice"), "--headless", user, "--convert-to", suffix, "--outdir", folder, workbook)
    made = folder / f"{workbook.stem}.{suffix}"
    if not made.exists():  # LibreOffice exits with 0 all the same
        raise RuntimeError(f"LibreOffice made no {suffix} of {workbook}: {done.stdout.strip()} {done.stderr.strip()}")
    return made


def _existing(place: str | Path | None) -> Path | None:
    return Path(place) if place and Path(place).exists() else None


def _run(*command: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, check=False, capture_output=True, encoding="utf-8", stdin=subprocess.DEVNULL, timeout=TIMEOUT_SECONDS
    )
