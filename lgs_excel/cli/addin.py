"""What sets the add-in up."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from lgs_excel.cli.common import progress, tell, tell_data
from lgs_excel.cli.options import Listing, Warehouse


def build_workbook(
    out: Annotated[Path, typer.Option("--out", metavar="FILE.xlsm", help="The workbook to write.")] = Path(
        "LGS_Analytics.xlsm"
    ),
) -> None:
    """Build the workbook with macros and no figures, from its sources: VBA, ribbon, sheets."""
    from lgs_excel.addin.build.workbook import build

    with progress() as say:
        say("Building")
        build(out)
    tell(f"Wrote {out}: no figures yet. `lgs-excel install` makes a copy that knows this Python.")


def install(
    folder: Annotated[
        Path | None, typer.Argument(metavar="FOLDER", help="Where to. Default: LGS Analytics in your home folder.")
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Also where one is already: the old one is kept beside the new.")
    ] = False,
) -> None:
    """Give you the workbook with macros, for this Python to serve, and check the set-up."""
    from lgs_excel.addin.install import install as install_workbook
    from lgs_excel.addin.install import usual_folder
    from lgs_excel.doctor import as_text, examine

    with progress() as say:
        say("Installing")
        done = install_workbook(folder or usual_folder(), force=force)
        say("Checking the set-up")
        findings = examine(str(done.workbook))
    tell(f"Wrote {done.workbook}" + (f"; the old one is {done.backup}." if done.backup else "."))
    tell(
        "Open it in Excel, allow its macros, and click Refresh all on the tab LGS Analytics.\n"
        "If Excel says that macros are blocked: close it, right-click the file, Properties, tick Unblock;\n"
        "or let IT make its folder a Trusted Location (docs/it-guide.md)."
    )
    tell(f"\n{as_text(findings)}")


def doctor(
    book: Annotated[str | None, typer.Option("--book", metavar="FILE", help="Also look at this workbook.")] = None,
    warehouse: Warehouse = None,
    form: Annotated[Listing, typer.Option("--format", help="table to read; json: one array of records.")] = (
        Listing.TABLE
    ),
) -> None:
    """Check this machine's set-up, and say how to mend what is wrong. Exit code 1 if something is."""
    from lgs_excel.doctor import Level, as_json, as_text, examine

    with progress() as say:
        say("Checking the set-up")
        findings = examine(book, warehouse=warehouse)
    if form is Listing.JSON:
        tell_data(f"{as_json(findings)}\n")
    else:
        tell(as_text(findings))
    if any(finding.level is Level.BAD for finding in findings):
        raise typer.Exit(1)
