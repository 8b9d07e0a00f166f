"""The pages that people read list what there is: commands, settings, analyses, sheets, segments, functions."""

import re
import shlex
from dataclasses import fields
from datetime import datetime
from pathlib import Path

import pytest
import typer
from openpyxl import load_workbook

from lgs_excel.analytics.catalogue import CATALOGUE
from lgs_excel.analytics.rfm import SEGMENTS
from lgs_excel.cli import app
from lgs_excel.loading.columns import read_header
from lgs_excel.settings import Settings
from tests.loading import exports

ROOT = Path(__file__).parents[1]
README, GUIDE, IT_GUIDE, LOADING = (
    ROOT / name for name in ("README.md", "docs/guide.md", "docs/it-guide.md", "docs/loading.md")
)
# Defaults that the pages tell in words, as the values are long or differ from machine to machine.
IN_WORDS = {
    "warehouse_url": "a DuckDB file in your data folder",
    "closed_days": "24 December to 3 January, as `MM-DD`",
    "themes": "five: Christmas, Easter, Valentine, Halloween, Mother's Day",
}


def table(page, header):
    """The rows of the page's table with this first header, as lists of cells."""
    lines = page.read_text(encoding="utf-8").splitlines()
    start = next(number for number, line in enumerate(lines) if re.match(rf"\|\s*{re.escape(header)}\s*\|", line))
    rows = []
    for line in lines[start + 2 :]:
        if not line.startswith("|"):
            break
        rows.append([cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]])
    return rows


def default_in_docs(value):
    """A default as the pages write it: a list with commas, nothing for an empty one."""
    if isinstance(value, tuple):
        value = ", ".join(map(str, value))
    text = f"{value:g}" if isinstance(value, float) else str(value)
    return f"`{text.replace('|', chr(92) + '|')}`" if text else ""


def commands_in(page):
    """Each command line of the page that begins with lgs-excel, as its words."""
    text = page.read_text(encoding="utf-8")
    lines = re.findall(r"^(?:[$>] )?(?:\S*[/\\])?(lgs-excel [^\n]*)$", text, re.MULTILINE)
    quoted = re.findall(r"`(lgs-excel [^`]*)`", text)
    return [shlex.split(line.replace("\\", "/"), comments=True)[1:] for line in (*lines, *quoted)]


def test_each_setting_has_one_row_and_its_default():
    rows = [*table(README, "Setting"), *table(IT_GUIDE, "Setting")]
    documented = {name.strip("`"): default for name, default, *_ in rows if re.fullmatch("`[a-z_]+`", name)}
    defaults = {f.name: default_in_docs(getattr(Settings(), f.name)) for f in fields(Settings)} | IN_WORDS
    assert documented == defaults
    assert len([name for name, *_ in rows if re.fullmatch("`[a-z_]+`", name)]) == len(defaults)


def test_the_readme_lists_every_analysis():
    text = " ".join(README.read_text(encoding="utf-8").split())
    listed = re.search(r"The analyses are ((?:`[\w-]+`(?:, | and )?)+);", text)
    assert listed
    assert re.findall(r"`([\w-]+)`", listed[1]) == list(CATALOGUE)


def test_the_guide_lists_every_sheet_of_the_workbook_in_order():
    workbook = load_workbook(ROOT / "workbook/LGS_Analytics.xlsm", read_only=True)
    sheets = [sheet.title for sheet in workbook if sheet.sheet_state == "visible"]
    assert [title for title, _ in table(GUIDE, "Sheet")] == sheets


def test_the_readme_counts_the_sheets_of_a_report():
    counts = re.findall(r"(\d+) sheets, data to", README.read_text(encoding="utf-8"))
    reports = len(table(GUIDE, "Sheet")) - 3  # Customer, Campaigns and Settings are in the macro workbook only
    assert counts
    assert set(map(int, counts)) == {reports}


def test_the_guide_tells_what_to_do_for_each_segment():
    def span(scores):
        return "–".join(str(score) for score in dict.fromkeys((min(scores), max(scores))))

    assert table(GUIDE, "Segment") == [[s.name, span(s.r), span(s.f), s.action] for s in SEGMENTS]


def test_the_guide_lists_every_worksheet_function_with_its_arguments():
    vba = (ROOT / "workbook/vba/xlwings_udfs.bas").read_text(encoding="utf-8")
    functions = {}
    for name, arguments in re.findall(r"^Function (LGS_\w+)\(([^)]*)\)", vba, re.MULTILINE):
        names = [re.sub(r"^Optional (\w+).*", r"[\1]", argument.strip()) for argument in arguments.split(",")]
        functions[name] = f"`{name}({', '.join(names)})`"
    assert functions
    assert {row[0] for row in table(GUIDE, "Function")} == set(functions.values())


@pytest.mark.parametrize("place", ["tests/windows/test_com_server.py", "docs/excel-checklist.md"])
def test_every_worksheet_function_is_tried_on_windows_and_by_hand_in_excel(place):
    tried = set(re.findall(r"LGS_[A-Z_]+", (ROOT / place).read_text(encoding="utf-8")))
    assert {re.match(r"`(\w+)", row[0])[1] for row in table(GUIDE, "Function")} - tried == set()


@pytest.mark.parametrize(
    "page", [README, GUIDE, IT_GUIDE, ROOT / "docs/scale.md", ROOT / "CONTRIBUTING.md"], ids=lambda page: page.name
)
def test_every_command_and_option_of_the_pages_exists(page):
    known = typer.main.get_command(app).commands
    for name, *words in commands_in(page):
        if name == "COMMAND":
            continue
        assert name in known, f"{page.name}: lgs-excel {name}"
        command = known[name]
        if subcommands := getattr(command, "commands", {}):
            command = subcommands[words[0]] if words else command
        options = {option for parameter in command.params for option in parameter.opts} | {"--help"}
        unknown = {word for word in words if word.startswith("--")} - options
        assert not unknown, f"{page.name}: lgs-excel {name} has no {', '.join(sorted(unknown))}"


def examples_in(page):
    """The page's examples of exports: the name that such a file has, and its text."""
    text = page.read_text(encoding="utf-8")
    found = re.findall(r"^```(csv|json|sql)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    return [(f"sales.{kind}", example) for kind, example in found]


@pytest.mark.parametrize(("name", "text"), examples_in(LOADING))
def test_each_example_of_an_export_loads_to_the_same_lines(warehouse, tmp_path, name, text):
    (tmp_path / name).write_text(text, encoding="utf-8")
    exports.load_all(warehouse, tmp_path / name)
    sold = exports.line("536365", "85123A", "WHITE HANGING HEART", 1200)
    when = datetime(2010, 12, 1, 9, 41)
    cancelled = exports.line("C536379", "22139", "RETROSPOT TEA SET", -12, when, "27.50", "14527")
    assert exports.lines_in(warehouse) == exports.expected([sold, cancelled])


def test_every_other_name_that_the_page_lists_is_known():
    for column, names in table(LOADING, "Column"):
        for name in names.split(", "):
            header = read_header([name], "here")
            assert header.places == {column: 0}, name
