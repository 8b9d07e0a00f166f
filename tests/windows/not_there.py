"""What can't be tested on Windows' Python under Wine, and why: a plugin of pytest, and the one list of it."""

from pathlib import Path

import pytest

from tests.components import ELSEWHERE, ROOT

OFFICE = "LibreOffice, which stands for Excel, is Linux'"
FOLDERS = "names the user's folders as Linux does"
MINUTES = "takes minutes there, with nothing of Windows in it"
WHEEL = "the wheel is made on Linux; tests/windows/test_setup.py installs it"
NAMES = "no file of Windows can be called so"
# The beginning of a test's place → why it is not run there.
PLACES = {
    "tests/docker/": "Docker's daemon is Linux'",
    "tests/libreoffice/": OFFICE,
    "tests/addin/test_macros.py::test_xlwings_ends_no_excel": "tests/windows/test_buttons.py has xlwings' own code",
    "tests/addin/test_udfs.py::test_without_windows": "this is Windows",
    "tests/addin/test_vba.py::test_excels_object_model": "vbalidator is not installed there",
    "tests/addin/test_vba.py::test_the_check_sees": "vbalidator is not installed there",
    "tests/addin/test_wheel.py": WHEEL,
    "tests/campaigns/test_statistics.py::test_the_interval": MINUTES,
    "tests/delivery/test_attachment.py::test_libreoffice_is_not_given": "LibreOffice is played by a script of Linux",
    "tests/delivery/test_command.py::test_the_templates_are_shipped": WHEEL,
    "tests/doctor/test_doctor.py::test_settings_that_cannot_be_read": FOLDERS,
    "tests/doctor/test_doctor.py::test_a_log_folder_that_cannot_be_written_to": FOLDERS,
    "tests/loading/test_dialects.py::test_a_number_in_any_form": MINUTES,
    "tests/loading/test_dialects.py::test_a_quantity_in_any_form": MINUTES,
    "tests/loading/test_dialects.py::test_a_date_in_any_form": MINUTES,
    "tests/loading/test_fuzz.py": MINUTES,
    "tests/loading/test_inbox.py::test_a_link_is_not_followed": "Wine makes links that Windows' Python can't tell",
    "tests/loading/test_replace.py::test_two_sheets_with_nine_days": MINUTES,
    "tests/loading/test_sources.py::test_a_path_is_never_a_pattern": NAMES,
    "tests/test_cli.py::test_a_reader_that_has_seen_enough": "Windows has no head; test_output.py has its more",
    "tests/test_imports.py": MINUTES,
    "tests/test_schedule.py::test_the_command_waits": "is stopped by SIGTERM, which ends a process of Windows at once",
    "tests/test_soak.py": "open files are counted where Linux has them",
    "tests/test_terminal.py::test_a_file_whose_name_steers": NAMES,
}
FIXTURES = {"office": OFFICE, "press": OFFICE, "spark_server": "Spark is run on Linux alone"}
ELSEWHERE.update({
    "caniemail": "caniemail's table comes by Linux' npm",
    "java": "Java is Linux'",
    "ooxml-validator": "Microsoft's validator is here a program of Linux",
    "pdftotext": "poppler is Linux'",
    "poi": "Java is Linux'",
    "soffice": OFFICE,
    "uno": OFFICE,
})  # fmt: skip


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
