"""Make the pictures of the README and the guide: pages of a workbook, as LibreOffice prints them.

Run it after a change of looks: .venv/bin/python docs/make_picture.py WORKBOOK.xlsx (wants soffice and poppler).
WORKBOOK is the demo shop's; the guide's first page is of the shipped workbook.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image, ImageChops, ImageOps

PICTURE = Path(__file__).with_name("workbook.png")
COLUMNS = (("Summary",), ("This week", "Sales", "Orders"))
GUIDE = Path(__file__).with_name("pictures")
GUIDE_SHEETS = ("Summary", "This week", "Forecast", "RFM", "Checks")
SHIPPED = Path(__file__).parent.parent / "workbook" / "LGS_Analytics.xlsm"
SHIPPED_SHEETS = {"Summary": "begin", "Settings": "settings"}
_DPI = 100
_WIDTH = 900
_EDGE = 12
_HIGHEST = 760  # of a picture in the guide: a long list goes on below


def main(workbook: Path) -> None:
    """Write the pictures and say where."""
    pages = _pages(workbook, {*GUIDE_SHEETS, *(title for column in COLUMNS for title in column)})
    _save(_side_by_side([[pages[title] for title in column] for column in COLUMNS]), PICTURE)
    GUIDE.mkdir(exist_ok=True)
    for title in GUIDE_SHEETS:
        _save(_framed(pages[title]), GUIDE / f"{title.lower().replace(' ', '-')}.png")
    for title, page in _pages(SHIPPED, set(SHIPPED_SHEETS)).items():
        _save(_framed(page), GUIDE / f"{SHIPPED_SHEETS[title]}.png")


def _pages(workbook: Path, titles: set[str]) -> dict[str, Image.Image]:
    """The first page of each of these sheets: its first line is the sheet's title."""
    found: dict[str, Image.Image] = {}
    with tempfile.TemporaryDirectory() as folder:
        _run("soffice", "--headless", "--convert-to", "pdf", "--outdir", folder, str(workbook))
        pdf = str(Path(folder, workbook.with_suffix(".pdf").name))
        for number, text in enumerate(_run("pdftotext", "-layout", pdf, "-").split("\f"), 1):
            title = next((line.strip() for line in text.splitlines() if line.strip()), "")
            if title in titles - set(found):
                page = str(Path(folder, "page"))
                _run("pdftoppm", "-r", str(_DPI), "-f", str(number), "-singlefile", "-png", pdf, page)
                found[title] = _page(Image.open(f"{page}.png"))
    return found


def _side_by_side(columns: list[list[Image.Image]]) -> Image.Image:
    height = max(sum(picture.height + _EDGE for picture in column) for column in columns) + _EDGE
    whole = Image.new("RGB", (2 * _WIDTH + 3 * _EDGE, height), "#d9dde3")
    for x, column in zip((_EDGE, _WIDTH + 2 * _EDGE), columns, strict=True):
        y = _EDGE
        for picture in column:
            whole.paste(picture, (x, y))
            y += picture.height + _EDGE
    return whole


def _framed(picture: Image.Image) -> Image.Image:
    return ImageOps.expand(picture.crop((0, 0, picture.width, min(picture.height, _HIGHEST))), 2, "#d9dde3")


def _page(picture: Image.Image) -> Image.Image:
    """Without the empty part below, on a white edge, as wide as a column."""
    bottom = picture.height - _DPI * 7 // 10  # the footer
    body = picture.convert("RGB").crop((0, 0, picture.width, bottom))
    box = ImageChops.difference(body, Image.new("RGB", body.size, "white")).getbbox() or (0, 0, *body.size)
    body = ImageOps.expand(body.crop(box), 20, "white")
    return body.resize((_WIDTH, round(body.height * _WIDTH / body.width)), Image.Resampling.LANCZOS)


def _save(picture: Image.Image, file: Path) -> None:
    colours = picture.quantize(256, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    colours.save(file, optimize=True)
    print(f"Wrote {file.relative_to(file.parents[1 if file.parent.name == 'docs' else 2])}.")


def _run(*command: str) -> str:
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, encoding="utf-8")  # noqa: S603 - fixed commands, one path of our own
    return done.stdout


if __name__ == "__main__":
    main(Path(sys.argv[1]))
