"""Where the macro workbook and what it is made of are: ribbon.xml, vba/, LGS_Analytics.xlsm and its record."""

from __future__ import annotations

from pathlib import Path

from lgs_excel.errors import WorkbookError

WORKBOOK = "LGS_Analytics.xlsm"
RECORD = "LGS_Analytics.json"  # what a refresh has to know of it
RIBBON = "ribbon.xml"
MODULES = "vba"


def source_folder() -> Path:
    """The folder `workbook`: inside an installed package, else at the top of the source tree.

    Raises WorkbookError where it is missing.
    """
    places = (Path(__file__).parent / "workbook", Path(__file__).parents[2] / "workbook")
    for place in places:
        if (place / RIBBON).is_file():
            return place
    raise WorkbookError(f"{places[0]} is missing, which belongs to lgs-excel. Install lgs-excel again.")
