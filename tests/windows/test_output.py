"""What commands say, in the code pages that Windows has, redirected as the Task Scheduler does it."""

import os
import subprocess
import sys

import pytest

from tests.loading.exports import invoice, write_csv

PROGRAM = f'"{sys.executable}" -m lgs_excel.cli'


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    """A folder with a warehouse that was filled, and one to fill."""
    folder = tmp_path_factory.mktemp("Käse & Söhne")
    write_csv(folder / "sales.csv", [*invoice("536365", 5, description="Crème £ − ”x”"), *invoice("C536366")])
    url = f"duckdb:///{(folder / 'full.duckdb').as_posix()}"
    assert batch(folder, 65001, url, "load sales.csv > loaded.txt").returncode == 0
    return folder


NOT_STARTED = 9009  # cmd.exe did not start a program: Wine can't now and then on a busy machine


def batch(folder, page, url, *lines, encoding=None):
    """Run commands as a batch file does, in a code page; encoding: what Python takes for redirected output."""
    file = folder / "job.cmd"
    file.write_bytes("\r\n".join(["@echo off", f"chcp {page} >nul", *(f"{PROGRAM} {line}" for line in lines)]).encode())
    said = {"PYTHONIOENCODING": encoding} if encoding else {}
    for _ in range(3):
        done = subprocess.run(
            [os.environ["COMSPEC"], "/c", file.name], check=False, cwd=folder, input=b"",
            env={**os.environ, "LGS_WAREHOUSE_URL": url, "LOCALAPPDATA": str(folder),
                 "LGS_MAIL_FROM": "reports@example.com", **said},
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        if done.returncode != NOT_STARTED:
            break
    return done


@pytest.mark.parametrize(("page", "encoding"), [(1252, None), (850, None), (65001, None), (1252, "cp1252"),
                                                (850, "cp850"), (437, "cp437")])  # fmt: skip
def test_every_command_says_its_piece_into_a_file(shop, tmp_path, page, encoding):
    url = f"duckdb:///{(tmp_path / 'lgs.duckdb').as_posix()}"
    done = batch(shop, page, url, "load sales.csv > load.txt 2>&1", encoding=encoding)
    said = (shop / "load.txt").read_bytes().decode(encoding or "utf-8")
    assert done.returncode == 0, said
    assert "8 lines read = 8 loaded" in said
    assert "Nothing was changed" not in said
    for line in ("report --out report.xlsx", "show sales", "doctor", "loads"):
        done = batch(shop, page, url, f"{line} > said.txt 2>&1", encoding=encoding)
        said = (shop / "said.txt").read_bytes().decode(encoding or "utf-8")
        assert "Traceback" not in said
        assert "UnicodeEncodeError" not in said
        assert done.returncode == 0 or line == "doctor", said


def test_a_run_says_what_was_loaded_and_ends_well(shop, tmp_path):
    (tmp_path / "inbox").mkdir()
    write_csv(tmp_path / "inbox/sales.csv", invoice("536365"))
    os.utime(tmp_path / "inbox/sales.csv", (1e9, 1e9))
    url = f"duckdb:///{(tmp_path / 'lgs.duckdb').as_posix()}"
    line = f'run --inbox "{tmp_path}\\inbox" --out "{tmp_path}\\report.xlsx" > said.txt 2>&1'
    done = batch(shop, 1252, url, line)
    said = (shop / "said.txt").read_text(encoding="utf-8")
    assert done.returncode == 0, said
    assert "3 loaded" in said
    assert (tmp_path / "report.xlsx").exists()


def test_the_mail_is_previewed(shop):
    url = f"duckdb:///{(shop / 'full.duckdb').as_posix()}"
    done = batch(shop, 850, url, "send --to ann@example.com --preview mail.eml > said.txt 2>&1")
    said = (shop / "said.txt").read_text(encoding="utf-8")
    assert "Traceback" not in said
    assert (shop / "mail.eml").exists(), (done, said)


def test_a_reader_that_has_seen_enough_is_no_error(shop):
    url = f"duckdb:///{(shop / 'full.duckdb').as_posix()}"
    done = batch(shop, 1252, url, "show products --format csv | more")
    assert b"stock_code" in done.stdout, done.stdout
    assert b"Traceback" not in done.stdout
