"""Make docs/workbook.png, the README's picture: some pages of the demo shop's workbook, as LibreOffice prints them.

Run it after a change of looks: .venv/bin/python docs/make_picture.py WORKBOOK.xlsx (wants soffice and pdftoppm).
"""

import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image, ImageChops, ImageOps

PICTURE = Path(__file__).with_name("workbook.png")
COLUMNS = ((1, 8), (2, 7, 5))  # left: Summary, RFM; right: Sales, Customers, Orders
_DPI = 100
_WIDTH = 900
_EDGE = 12


def main(workbook: Path) -> None:
    """Write the picture and say where."""
    with tempfile.TemporaryDirectory() as folder:
        _run("soffice", "--headless", "--convert-to", "pdf", "--outdir", folder, str(workbook))
        pdf = Path(folder, workbook.with_suffix(".pdf").name)
        _run("pdftoppm", "-r", str(_DPI), "-l", str(max(map(max, COLUMNS))), "-png", str(pdf), f"{folder}/page")
        pages = sorted(Path(folder).glob("page-*.png"))
        left, right = ([_page(Image.open(pages[number - 1])) for number in column] for column in COLUMNS)
    height = max(sum(picture.height + _EDGE for picture in column) for column in (left, right)) + _EDGE
    whole = Image.new("RGB", (2 * _WIDTH + 3 * _EDGE, height), "#d9dde3")
    for x, column in ((_EDGE, left), (_WIDTH + 2 * _EDGE, right)):
        y = _EDGE
        for picture in column:
            whole.paste(picture, (x, y))
            y += picture.height + _EDGE
    whole.quantize(256, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE).save(PICTURE, optimize=True)
    print(f"Wrote {PICTURE.relative_to(PICTURE.parent.parent)}.")


def _page(picture: Image.Image) -> Image.Image:
    """Without the empty part below, on a white edge, as wide as a column."""
    bottom = picture.height - _DPI * 6 // 10  # the footer
    body = picture.convert("RGB").crop((0, 0, picture.width, bottom))
    box = ImageChops.difference(body, Image.new("RGB", body.size, "white")).getbbox() or (0, 0, *body.size)
    body = ImageOps.expand(body.crop(box), 20, "white")
    return body.resize((_WIDTH, round(body.height * _WIDTH / body.width)), Image.Resampling.LANCZOS)


def _run(*command: str) -> None:
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)  # noqa: S603 - fixed commands, one path of our own


if __name__ == "__main__":
    main(Path(sys.argv[1]))
