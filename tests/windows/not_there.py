"""What can't be tested on Windows' Python under Wine, and why: a plugin of pytest, and the one list of it."""

from pathlib import Path

import pytest

from tests.components import ROOT

OFFICE = "LibreOffice, which stands for Excel, is Linux'"
FOLDERS = "names the user's folders as Linux does"
# The beginning of a test's place → why it is not run there.
PLACES = {
    "tests/docker/": "Docker's daemon is Linux'",
    "tests/libreoffice/": OFFICE,
    "tests/test_terminal.py::test_a_file_whose_name_steers": "no file of Windows can be called so",
    "tests/doctor/test_doctor.py::test_settings_that_cannot_be_read": FOLDERS,
    "tests/doctor/test_doctor.py::test_a_log_folder_that_cannot_be_written_to": FOLDERS,
}
FIXTURES = {"office": OFFICE, "spark_server": "Spark is run on Linux alone"}


def pytest_ignore_collect(collection_path: Path) -> bool | None:
    """Leave out what can't even be imported."""
    place = collection_path.relative_to(ROOT).as_posix() + "/"
    return True if place == "tests/docker/" else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip what is listed, and say why."""
    for item in items:
        reasons = [why for place, why in PLACES.items() if item.nodeid.startswith(place)]
        reasons += [why for fixture, why in FIXTURES.items() if fixture in getattr(item, "fixturenames", ())]
        if reasons:
            item.add_marker(pytest.mark.skip(reason=reasons[0]))
