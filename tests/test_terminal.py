"""Text on its way out: no code page stops it, and no text of the data steers a terminal."""

import io
import json
import os
import subprocess
import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lgs_excel.terminal import prepare_output, visible
from tests.conftest import USER_FOLDERS
from tests.loading.exports import invoice, write_csv

HOSTILE = "RED\x1b[31m \x1b]0;title\x07 MUG\x9b2J \u202egum\u2069 \x7f"
STEERING = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}


def steering(text):
    return {x for x in text if x not in "\r\n\t" and unicodedata.category(x) in STEERING}


@given(st.text())
def test_no_text_steers_a_terminal(text):
    assert not steering(visible(text))
    assert visible(text).count("\n") == text.count("\n")


@given(st.text(st.characters(categories=["L", "N", "P", "S", "Zs"])))
def test_letters_numbers_and_signs_of_any_language_stay(text):
    assert visible(text) == text


@pytest.mark.parametrize("encoding", ["cp1252", "cp850", "ascii", "utf-8"])
@given(text=st.text(st.characters(exclude_categories=["Cs"])))
def test_a_stream_of_any_code_page_takes_any_text(encoding, text):
    stream = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "stdout", stream)
        prepare_output()
    stream.write(text)
    stream.flush()


def test_what_a_code_page_lacks_is_written_in_plain_letters(monkeypatch):
    stream = io.TextIOWrapper(io.BytesIO(), encoding="cp1252")
    monkeypatch.setattr(sys, "stdout", stream)
    prepare_output()
    stream.write("−5 → £3 … Łódź 日")
    stream.flush()
    assert stream.buffer.getvalue().decode("cp1252") == "-5 -> £3 … ?ódz ?"


@pytest.fixture
def place(tmp_path):
    """Runs commands in a folder with an export whose texts would steer a terminal."""
    write_csv(tmp_path / "sales.csv", invoice("536365", description=f"{HOSTILE} CUP"))
    variables = {name: value for name, value in os.environ.items() if not name.startswith("LGS_")}
    url = f"duckdb:///{(tmp_path / 'lgs.duckdb').as_posix()}"
    folders = dict.fromkeys(USER_FOLDERS, str(tmp_path / "home"))
    folders["TERM"] = "dumb"  # progress is drawn with escapes of its own elsewhere
    environment = variables | folders | {"LGS_WAREHOUSE_URL": url}

    def command(*words, encoding="utf-8", **more):
        given = environment | {"PYTHONIOENCODING": encoding}
        line = [sys.executable, "-m", "lgs_excel.cli", *words]
        return subprocess.run(line, cwd=tmp_path, env=given, check=False, **{"capture_output": True} | more)

    return command


def in_terminal(place, *words):
    """What a command writes to a terminal."""
    pty = pytest.importorskip("pty", reason="a terminal of Linux' kind")
    ours, its = pty.openpty()
    place(*words, stdout=its, stderr=its, capture_output=False)
    os.close(its)
    read = b""
    try:
        while part := os.read(ours, 65536):
            read += part
    except OSError:  # Linux: the other end is closed
        pass
    os.close(ours)
    return read.decode()


@pytest.mark.parametrize("encoding", ["cp1252", "cp850", "cp437"])
def test_every_command_can_be_redirected_in_every_code_page(place, encoding):
    commands = (
        ("load", "sales.csv"), ("loads",), ("show", "products"), ("show", "sales"), ("doctor",), ("sql", "sales"),
        ("report", "--out", "r.xlsx"), ("load", "--help"), ("run", "--inbox", ".", "--out", "r.xlsx"),
    )  # fmt: skip
    for words in commands:
        done = place(*words, encoding=encoding)
        assert b"unforeseen" not in done.stderr, words
        assert b"Traceback" not in done.stderr, words
        if words[0] != "sql":  # for a program, so in UTF-8
            done.stdout.decode(encoding)
    assert place("loads", encoding=encoding).stdout.count(b"sales.csv") == 1


def test_a_table_and_messages_in_a_terminal_show_codes_instead_of_controls(place):
    place("load", "sales.csv")
    shown = in_terminal(place, "show", "products")
    assert "CUP" in shown
    assert not steering(shown)
    assert "\\u001b[31m" in shown
    refused = in_terminal(place, "show", "products", "--country", HOSTILE)
    assert "gum" in refused
    assert not steering(refused)


@pytest.mark.parametrize("form", ["csv", "json"])
def test_data_for_a_program_have_every_character_but_not_in_a_terminal(place, form):
    place("load", "sales.csv")
    words = ("show", "products", "--format", form)
    piped = place(*words, encoding="ascii").stdout.decode("utf-8")  # whatever the code page
    described = json.loads(piped)[0]["description"] if form == "json" else piped
    assert "\u202egum" in described
    shown = in_terminal(place, *words)
    assert not steering(shown)
    if form == "json":
        assert json.loads(shown) == json.loads(piped)


def test_a_file_whose_name_steers_a_terminal_or_is_markup_is_named_harmlessly(place, tmp_path):
    name = "evil\x1b[31m[bold]x[blink].csv"
    (tmp_path / name).write_text("nothing")
    shown = in_terminal(place, "load", name)
    errors = shown.rpartition("lgs-excel: ")[2]
    assert "evil\\u001b[31m[bold]x[blink].csv" in errors
    assert not steering(errors)
