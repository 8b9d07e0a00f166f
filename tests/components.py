"""Components that only some machines have, and the tests' way to them.

| component       | found                                                               | installed by            |
|-----------------|---------------------------------------------------------------------|-------------------------|
| soffice         | on the path, or where LibreOffice installs itself                   | LibreOffice's installer |
| ooxml-validator | LGS_OOXML_VALIDATOR, or in tests/tools/node_modules                 | make tools              |
| java            | in JAVA_HOME, or on the path; Spark wants 17 or newer               | OpenJDK's packages      |
| real-data       | LGS_REAL_DATA, or shared/data/online_retail.parquet beside the tree | whoever has the export  |

A test that calls `need` is skipped where the component is missing, and fails there when LGS_TEST_REQUIRE=1.

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
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
TIMEOUT_SECONDS = 180


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


def ooxml_validator() -> Path | None:
    """Microsoft's Open XML validator, or None."""
    installed = shutil.which("ooxml-validator", path=ROOT / "tests/tools/node_modules/.bin")
    return _existing(os.environ.get("LGS_OOXML_VALIDATOR") or installed)


def java() -> Path | None:
    """Java's program, or None."""
    home = os.environ.get("JAVA_HOME")
    return _existing(shutil.which("java", path=f"{home}/bin") if home else shutil.which("java"))


def real_data() -> Path | None:
    """The real sales lines, a Parquet file, or None."""
    return _existing(os.environ.get("LGS_REAL_DATA") or ROOT.parent / "shared/data/online_retail.parquet")


COMPONENTS: dict[str, tuple[Callable[[], Path | None], str]] = {
    "soffice": (soffice, "LibreOffice is not installed"),
    "ooxml-validator": (ooxml_validator, "Microsoft's Open XML validator is not installed: run `make tools`"),
    "java": (java, "Java is not installed"),
    "real-data": (real_data, "the real sales lines are not here: set LGS_REAL_DATA to their Parquet file"),
}


def need(component: str) -> Path:
    """Where `component`, a key of COMPONENTS, is; without it the test is skipped, or fails if LGS_TEST_REQUIRE=1."""
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
