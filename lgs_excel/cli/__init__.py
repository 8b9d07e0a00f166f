"""The command line: each command parses, calls, hands over. Nothing heavy is imported before it is needed."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from lgs_excel import __version__
from lgs_excel.cli.addin import build_workbook, doctor, install
from lgs_excel.cli.analyses import show, sql
from lgs_excel.cli.campaigns import campaign, forget
from lgs_excel.cli.common import tell
from lgs_excel.cli.mail import send
from lgs_excel.cli.pipeline import run, schedule
from lgs_excel.cli.warehouse import demo, load, loads, rejected
from lgs_excel.cli.workbook import refresh, report
from lgs_excel.errors import LgsError
from lgs_excel.terminal import drop_output, is_closed_pipe, prepare_output

# In the order in which --help lists them.
COMMANDS = (
    demo, load, loads, rejected, report, refresh, send, run, schedule, show, sql, forget, build_workbook, install,
    doctor,
)  # fmt: skip
app = typer.Typer(
    name="lgs-excel",
    help="London Gift Shop's sales as a finished Excel workbook: from export files to every figure.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
_debug = False
for command in COMMANDS:
    app.command()(command)
app.add_typer(campaign)


def _show_version(wanted: bool) -> None:
    if wanted:
        tell(f"lgs-excel {__version__}")
        raise typer.Exit


@app.callback()
def _main(
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")] = False,
    _version: Annotated[
        bool,
        typer.Option("--version", help="Show the version and stop.", is_eager=True, callback=_show_version),
    ] = False,
) -> None:
    global _debug  # noqa: PLW0603 - main() must know it when a command has failed, and commands have no common caller
    _debug = debug


def main() -> None:
    """Run the command line: a stated error is one line on stderr and exit code 1."""
    prepare_output()
    try:
        app()
    except LgsError as error:
        if _debug:
            raise
        _fail(str(error))
    except Exception as error:
        if is_closed_pipe(error):  # the reader, such as `head`, has seen enough
            drop_output()
            sys.exit(0)
        if _debug:
            raise
        _fail(
            f"Something unforeseen went wrong ({type(error).__name__}: {_one_line(error)}). A load that was under way "
            "was undone; what was finished before is kept (`lgs-excel loads` lists it). Run `lgs-excel --debug …` and "
            "send what it prints to whoever looks after lgs-excel."
        )


def _fail(message: str) -> None:
    tell(f"lgs-excel: {message}", err=True)
    sys.exit(1)


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())[:200]
