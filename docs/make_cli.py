"""Write docs/cli.md from the commands' own help, so that the two can't drift apart.

Run `make docs`; a test compares the committed page with `render()`.
"""

import subprocess
import sys
from pathlib import Path

PAGE = Path(__file__).with_name("cli.md")
NOTE = "<!-- Written by `make docs` from the commands' own help: change that, not this page. -->"


def render() -> str:
    """The page as it should read now: a section for each command, in the order of `lgs-excel --help`."""
    typer = [sys.executable, "-m", "typer", "lgs_excel.cli", "utils", "docs", "--name", "lgs-excel"]
    done = subprocess.run(typer, check=True, stdout=subprocess.PIPE, encoding="utf-8")  # noqa: S603 - a fixed command
    return f"{NOTE}\n\n{done.stdout.strip()}\n"


def main() -> None:
    """Write the page and say where."""
    PAGE.write_text(render(), encoding="utf-8", newline="\n")
    print(f"Wrote {PAGE.relative_to(PAGE.parent.parent)}.")


if __name__ == "__main__":
    main()
