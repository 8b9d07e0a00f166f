"""What a command, a first click and a first function must not load: each costs a cold start 0.1 seconds or more."""

import subprocess
import sys

import pytest

# By what is run: modules that it has no use for.
DRAWING = {"matplotlib.figure", "PIL.Image"}
WRITING = {"openpyxl", "lxml.etree", "xlwings"}
ANSWERING = {"pandas", "numpy", "sqlalchemy", "duckdb"}
MAILING = {"jinja2", "keyring", "smtplib"}
UNUSED = {
    "lgs_excel.cli": DRAWING | WRITING | ANSWERING | MAILING,
    "lgs_excel.settings": DRAWING | WRITING | ANSWERING | MAILING,
    "lgs_excel.analytics.catalogue": DRAWING | WRITING | MAILING | {"duckdb", "psycopg2"},
    "lgs_excel.loading.load": DRAWING | WRITING | MAILING,
    # xlwings loads matplotlib with all that draws.
    "lgs_excel.addin.udfs": MAILING | {"openpyxl", "holidays", "duckdb", "psycopg2"},
    "lgs_excel.addin.macros": MAILING | {"holidays", "duckdb", "psycopg2"},
    "lgs_excel.pipeline": MAILING | {"holidays", "matplotlib.pyplot", "xlwings", "duckdb", "psycopg2"},
}


@pytest.mark.parametrize("module", UNUSED)
def test_nothing_is_loaded_that_is_not_used(module):
    code = f"import sys, {module}; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert UNUSED[module] & set(done.stdout.split()) == set()
