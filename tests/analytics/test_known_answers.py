"""What is known of before: only of the same lines, filters, settings and options."""

from dataclasses import replace

import pytest
import sqlalchemy as sa

from lgs_excel import pipeline
from lgs_excel.analytics.catalogue import Options
from lgs_excel.analytics.known_answers import KNOWN, KnownAnswers
from lgs_excel.loading.load import load as load_files
from lgs_excel.user_cache import ANSWERS, clear_user_cache
from lgs_excel.warehouse.connect import open_warehouse
from lgs_excel.warehouse.filters import parse_filters
from lgs_excel.warehouse.schema import retail
from tests.conftest import ENGINES, settings_for
from tests.loading.exports import invoice, write_csv


@pytest.fixture(params=ENGINES)
def loaded(request, new_url, tmp_path):
    """Settings of a warehouse with two invoices."""
    settings = settings_for(new_url(request.param))
    load(settings, tmp_path, invoice("536365"), invoice("536366"))
    return settings


def load(settings, folder, *invoices):
    file = folder / f"{len(list(folder.iterdir()))}.csv"
    write_csv(file, [line for lines in invoices for line in lines])
    load_files([file], open_warehouse(settings), settings)


@pytest.fixture
def asked(monkeypatch):
    """How often the warehouse was asked for all answers, as a list."""
    times, ask = [], pipeline.answer_all

    def counting(*args):
        times.append(1)
        return ask(*args)

    monkeypatch.setattr(pipeline, "answer_all", counting)
    return times


def cells(report):
    """All that it says, but for the run."""
    return [(sheet.title, sheet.finding, [table.rows for table in sheet.tables]) for sheet in report]


def test_the_same_lines_are_not_asked_again(loaded, asked):
    first, second = (pipeline.make_report(loaded) for _ in range(2))
    assert len(asked) == 1
    assert cells(first) == cells(second)


def test_other_lines_are(loaded, asked, tmp_path):
    first = pipeline.make_report(loaded)
    load(loaded, tmp_path, invoice("536367"))
    second = pipeline.make_report(loaded)
    assert len(asked) == 2
    assert cells(first) != cells(second)


def test_a_line_that_somebody_changed_is_seen(loaded, asked):
    first = pipeline.make_report(loaded)
    with open_warehouse(loaded).writing() as connection:
        connection.execute(sa.update(retail).where(retail.c.invoice_no == "536366").values(unit_price=99))
    second = pipeline.make_report(loaded)
    assert len(asked) == 2
    assert cells(first) != cells(second)


@pytest.mark.parametrize(
    "change",
    [
        lambda settings: (settings, parse_filters(to_month="2010-12"), None),
        lambda settings: (settings, None, Options(by="units")),
        lambda settings: (replace(settings, lead_days=5), None, None),
    ],
    ids=["filter", "ranking", "setting"],
)
def test_another_question_is_asked(loaded, asked, change):
    pipeline.make_report(loaded)
    pipeline.make_report(*change(loaded))
    assert len(asked) == 2
    pipeline.make_report(loaded)
    assert len(asked) == 2  # the first is still known


def test_only_a_few_are_held(loaded, asked):
    for days in range(ANSWERS.most + 1):
        pipeline.make_report(replace(loaded, lead_days=days))
    pipeline.make_report(replace(loaded, lead_days=0))
    assert len(asked) == ANSWERS.most + 2
    KNOWN.forget()
    clear_user_cache()
    pipeline.make_report(replace(loaded, lead_days=0))
    assert len(asked) == ANSWERS.most + 3


@pytest.fixture
def next_process(monkeypatch):
    """Makes this process as one that has just begun: it has no answers of its own."""
    return lambda: monkeypatch.setattr(pipeline, "KNOWN", KnownAnswers())


def test_the_next_process_knows_them(loaded, asked, next_process):
    first = pipeline.make_report(loaded)
    next_process()
    second = pipeline.make_report(loaded)
    assert len(asked) == 1
    assert cells(first) == cells(second)


def test_the_next_process_asks_of_other_lines(loaded, asked, next_process, tmp_path):
    first = pipeline.make_report(loaded)
    load(loaded, tmp_path, invoice("536367"))
    next_process()
    second = pipeline.make_report(loaded)
    assert len(asked) == 2
    assert cells(first) != cells(second)


def test_loads_are_told_as_they_are_though_the_lines_are_the_same(loaded, asked, tmp_path):
    """Of a file of which every line is rejected there is a load, and no line."""
    before = pipeline.make_report(loaded)
    bad = list(invoice("536368")[0])
    bad[3] = "six"
    write_csv(tmp_path / "bad.csv", [tuple(bad)])
    load_files([tmp_path / "bad.csv"], open_warehouse(loaded), loaded, accept_rejects=True)
    after = pipeline.make_report(loaded)
    assert len(asked) == 1
    waiting = [{row[0]: row[1] for row in checks_of(report)} for report in (before, after)]
    assert [rows["Rejected lines that wait to be mended"] for rows in waiting] == [0, 1]


def checks_of(report):
    """The rows of its sheet Checks."""
    return next(sheet for sheet in report if sheet.title == "Checks").tables[0].rows
