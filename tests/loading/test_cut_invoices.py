"""An export in parts: an invoice that a border cuts is whole, and pieces that came apart never replace each other."""

import os
import zipfile
from datetime import datetime

import pytest

from lgs_excel.errors import InputError
from lgs_excel.loading.inbox import empty_inbox
from lgs_excel.loading.replace import Invoices
from tests.loading.exports import expected, invoice, line, lines_in, load_all, write_copy_dump, write_csv

CUT = invoice("2", 7)


def written(folder, *parts):
    """A CSV file of each part, and one after the other."""
    return [write_csv(folder / f"part-{number}.csv", part) for number, part in enumerate(parts)]


@pytest.mark.parametrize("at", range(1, 7))
def test_an_invoice_that_a_border_cuts_is_whole(warehouse, tmp_path, at):
    report = load_all(warehouse, *written(tmp_path, [*invoice("1"), *CUT[:at]], [*CUT[at:], *invoice("3")]))
    assert lines_in(warehouse) == expected([*invoice("1"), *CUT, *invoice("3")])
    assert report.invoices == Invoices(new=3)
    assert "1 invoice that the border of two parts cuts was taken as one: 2." in report.text()
    assert [file.loaded for file in report.files] == [3 + at, 10 - at]


def test_an_invoice_may_go_on_through_several_parts(warehouse, tmp_path):
    parts = [[*invoice("1"), *CUT[:2]], CUT[2:4], CUT[4:5], [*CUT[5:], *invoice("3")]]
    load_all(warehouse, *written(tmp_path, *parts))
    assert lines_in(warehouse) == expected([*invoice("1"), *CUT, *invoice("3")])


def test_parts_that_came_in_another_order_are_joined(warehouse, tmp_path):
    files = written(tmp_path, [*invoice("1"), *CUT[:3]], [*CUT[3:], *invoice("3")])
    load_all(warehouse, *reversed(files))
    assert lines_in(warehouse) == expected([*invoice("1"), *CUT, *invoice("3")])


def test_every_border_may_cut(warehouse, tmp_path):
    lines = [one for number in range(1, 12) for one in invoice(str(number), 4)]
    for start in range(0, len(lines), 6):
        write_csv(tmp_path / f"part-{start // 6 + 4}.csv", lines[start : start + 6])  # 4 to 11: ten stands before four
    report = load_all(warehouse, tmp_path)
    assert lines_in(warehouse) == expected(lines)
    assert "4 invoices that the border of two parts cuts were taken as whole: 2, 5, 8, 11." in report.text()


def test_the_parts_of_an_archive_are_taken_by_their_numbers(warehouse, tmp_path):
    files = written(tmp_path, [*invoice("1"), *CUT[:3]], [*CUT[3:], *invoice("3")])
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        archive.write(files[1], "export/part-10.csv")
        archive.write(files[0], "export/part-9.csv")
    load_all(warehouse, tmp_path / "all.zip")
    assert lines_in(warehouse) == expected([*invoice("1"), *CUT, *invoice("3")])


def test_the_tables_of_a_dump_have_their_tuples_in_one_line(warehouse, tmp_path):
    first = write_copy_dump(tmp_path / "a.sql", [*invoice("1"), *CUT[:3]])
    second = tmp_path / "b.sql"
    tuples = ", ".join("(" + ", ".join(f"'{value}'" for value in one) + ")" for one in [*CUT[3:], *invoice("3", 2)])
    second.write_text(f"INSERT INTO retail VALUES {tuples};\n")
    load_all(warehouse, first, second)
    assert lines_in(warehouse) == expected([*invoice("1"), *CUT, *invoice("3", 2)])


def test_a_later_version_that_repeats_the_earlier_replaces_it(warehouse, tmp_path):
    """The last invoice of one export may be the first of the next without any cut."""
    report = load_all(warehouse, *written(tmp_path, [*invoice("1"), *CUT[:3]], [*CUT, *invoice("3")]))
    assert lines_in(warehouse) == expected([*invoice("1"), *CUT, *invoice("3")])
    assert report.invoices == Invoices(new=3, repeated=1)


@pytest.mark.parametrize(
    "other",
    [{"customer_id": "1"}, {"invoice_date": datetime(2010, 12, 2)}],
    ids=["another customer", "another day"],
)
def test_lines_that_differ_in_more_than_their_products_are_no_piece(warehouse, tmp_path, other):
    second = [line("2", f"8{one[1]}", **other) for one in CUT]
    load_all(warehouse, *written(tmp_path, [*invoice("1"), *CUT[:3]], [*second, *invoice("3")]))
    assert lines_in(warehouse) == expected([*invoice("1"), *second, *invoice("3")])


def test_a_bad_line_at_the_border_does_not_hide_the_cut(warehouse, tmp_path):
    lines = [list(one) for one in CUT]
    lines[2][3] = "many"
    report = load_all(
        warehouse, *written(tmp_path, [*invoice("1"), *lines[:3]], [*lines[3:], *invoice("3")]), accept_rejects=True
    )
    assert lines_in(warehouse) == expected([*invoice("1"), *CUT[:2], *CUT[3:], *invoice("3")])
    assert sum(file.rejected for file in report.files) == 1


def test_pieces_that_are_loaded_one_after_the_other_stop(warehouse, tmp_path):
    files = written(tmp_path, [*invoice("1"), *CUT[:2]], [*CUT[2:], *invoice("3")])
    load_all(warehouse, files[0])
    message = r"1 invoice has OTHER products than before, .* customer: 2\. .* load its parts together, .* --again"
    with pytest.raises(InputError, match=message):
        load_all(warehouse, files[1])
    assert lines_in(warehouse) == expected([*invoice("1"), *CUT[:2]])
    load_all(warehouse, *files, again=True)
    assert lines_in(warehouse) == expected([*invoice("1"), *CUT, *invoice("3")])


def test_pieces_of_an_export_that_is_not_in_the_order_of_its_invoices_stop(warehouse, tmp_path):
    files = written(tmp_path, [*CUT[:3], *invoice("1")], [*invoice("3"), *CUT[3:], *invoice("4")])
    with pytest.raises(InputError, match="1 invoice has OTHER products than before"):
        load_all(warehouse, *files)
    report = load_all(warehouse, *files, accept_fewer=True)
    assert lines_in(warehouse) == expected([*invoice("1"), *invoice("3"), *CUT[3:], *invoice("4")])
    assert "WARNING: 1 invoice has OTHER products than before" in report.text()


def test_a_corrected_product_is_a_correction(warehouse, tmp_path):
    load_all(warehouse, write_csv(tmp_path / "a.csv", [*invoice("1", 1), *invoice("2", 4)]))
    corrected = [line("1", "21730"), *invoice("2", 3), line("2", "21730")]
    load_all(warehouse, write_csv(tmp_path / "b.csv", corrected))
    assert lines_in(warehouse) == expected(corrected)


@pytest.fixture
def inbox(tmp_path):
    folder = tmp_path / "inbox"
    folder.mkdir()
    return folder


def drop(inbox, name, rows, seconds=0):
    os.utime(write_csv(inbox / name, rows), (seconds or 1, seconds or 1))


def test_the_parts_in_an_inbox_are_loaded_together(warehouse, settings, inbox):
    drop(inbox, "part-9.csv", [*invoice("1"), *CUT[:3]])
    drop(inbox, "part-10.csv", [*CUT[3:], *invoice("3")])
    drop(inbox, "other.csv", invoice("4"))
    emptied = empty_inbox(inbox, warehouse, settings)
    assert emptied.loaded == ("other.csv", "part-9.csv", "part-10.csv")
    assert lines_in(warehouse) == expected([*invoice("1"), *CUT, *invoice("3"), *invoice("4")])
    assert "taken as one: 2." in (inbox / "done" / "part-9.csv.txt").read_text()


def test_a_bad_part_in_an_inbox_keeps_no_other_out(warehouse, settings, inbox):
    drop(inbox, "part-1.csv", invoice("1"))
    drop(inbox, "part-2.csv", [["no", "line"]])
    drop(inbox, "part-3.csv", invoice("3"))
    emptied = empty_inbox(inbox, warehouse, settings)
    assert (emptied.loaded, emptied.failed) == (("part-1.csv", "part-3.csv"), ("part-2.csv",))
    assert lines_in(warehouse) == expected([*invoice("1"), *invoice("3")])


def test_parts_wait_for_the_one_that_is_being_written(warehouse, settings, inbox):
    drop(inbox, "part-1.csv", [*invoice("1"), *CUT[:3]])
    write_csv(inbox / "part-2.csv", [*CUT[3:]])
    emptied = empty_inbox(inbox, warehouse, settings)
    assert (emptied.left, emptied.loaded) == (("part-1.csv", "part-2.csv"), ())
    assert emptied.said == (
        "part-2.csv: changed just now, left for the next run, and with it what may be parts of the same export.",
    )


def test_a_part_that_is_known_does_not_stop_the_new_one(warehouse, settings, inbox):
    drop(inbox, "part-1.csv", invoice("1"))
    empty_inbox(inbox, warehouse, settings)
    drop(inbox, "part-1.csv", invoice("1"))
    drop(inbox, "part-2.csv", invoice("3"))
    emptied = empty_inbox(inbox, warehouse, settings)
    assert (emptied.known, emptied.loaded) == (("part-1.csv",), ("part-2.csv",))
