"""What the pages show below a command is what it prints: they are run, one after the other, as a reader would."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from tests.components import ROOT, need

HOME = "/home/you"
# Of the guide's campaign, so that it is always the same one.
AS_SHOWN = {"campaign new": ("--as-of", "2011-09-01", "--seed", "1")}
# Shown, and run elsewhere: what is printed has a clock, a mail server or Windows in it.
ELSEWHERE = {"schedule": "tests/test_schedule.py", "send": "tests/delivery", "doctor": "tests/doctor"}


def shown(page):
    """The page's commands that have something printed below them, with that: [(words, text)]."""
    found = []
    blocks = re.findall(r"^```console\n(.*?)^```$", (ROOT / page).read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    for block in blocks:
        for command, text in re.findall(r"^[$>] (.*)\n((?:[^$>\n].*\n)*)", block, re.MULTILINE):
            if text and "lgs-excel" in command.split()[0]:
                found.append((shlex.split(command)[1:], text))
            elif command == "make demo":
                found.append((["demo"], text.partition("\n")[2]))  # after what make says itself
    return [(words, text) for words, text in found if words[0] not in ELSEWHERE]


def without_what_differs(text):
    """Without seconds, and as on Linux."""
    return re.sub(r"in \d+\.\d s", "in 0 s", text).replace("C:\\Users\\ann\\LGS Analytics\\", f"{HOME}/LGS Analytics/")


@pytest.mark.skipif(sys.platform != "linux", reason="the pages show Linux' folders")
def test_each_command_of_the_pages_prints_what_they_show(tmp_path):
    """In the home folder of somebody who has nothing but the real year's export."""
    (tmp_path / "exports").mkdir()
    duckdb.read_parquet(str(need("real-data"))).write_csv(str(tmp_path / "exports/online_retail.csv"))
    program = Path(sys.executable).with_name("lgs-excel")
    for words, text in (*shown("README.md"), *shown("docs/guide.md")):
        command = [program, *words, *AS_SHOWN.get(" ".join(words[:2]), ())]
        done = subprocess.run(
            command, cwd=tmp_path, env={"HOME": str(tmp_path)}, capture_output=True, encoding="utf-8", check=True
        )
        printed = done.stdout.replace(str(tmp_path), HOME)
        whole = text.removesuffix("\n...\n")
        if whole != text:  # the page leaves out the rest
            printed = "\n".join(printed.split("\n")[: len(whole.split("\n"))])
        assert without_what_differs(printed) == without_what_differs(whole), shlex.join(words)
