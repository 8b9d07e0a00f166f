"""Make docs/mail.png, the README's picture of the mail: as wide as a context's window, and as wide as a telephone.

Run it after a change of looks, with a mail that `lgs-excel send --preview MAIL.eml` wrote:
.venv/bin/python docs/make_mail_picture.py MAIL.eml (wants chromium).
"""

import base64
import email
import subprocess
import sys
import tempfile
from email.policy import default
from pathlib import Path

from PIL import Image, ImageChops

PICTURE = Path(__file__).with_name("mail.png")
WIDE, PHONE, EDGE, TALLEST = 740, 375, 20, 2600
_WIDTH = 2 * EDGE + WIDE + EDGE + PHONE
_BACKGROUND = "#d9dde3"
_CHROMIUM = (
    "chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--hide-scrollbars",
)  # fmt: skip


def main(mail: Path) -> None:
    """Write the picture and say where."""
    with tempfile.TemporaryDirectory() as folder:
        page, both, shot = (Path(folder, name) for name in ("mail.html", "both.html", "both.png"))
        page.write_text(html(mail), encoding="utf-8")
        frame = '<iframe src="mail.html" style="border:0;width:{}px;height:{}px;margin:{}px 0 0 {}px"></iframe>'
        frames = "".join(frame.format(width, TALLEST, EDGE, EDGE) for width in (WIDE, PHONE))
        both.write_text(
            f'<body style="margin:0;background:{_BACKGROUND};display:flex">{frames}</body>', encoding="utf-8"
        )
        profile, size = f"--user-data-dir={folder}/profile", f"--window-size={_WIDTH},{TALLEST}"
        subprocess.run(  # noqa: S603 - a fixed command on files of our own
            [*_CHROMIUM, profile, size, f"--screenshot={shot}", both.as_uri()], check=True, capture_output=True
        )
        picture = Image.open(shot).convert("RGB")
    whole = picture.crop((0, 0, _WIDTH, _bottom(picture) + EDGE))
    whole.quantize(256, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE).save(PICTURE, optimize=True)
    print(f"Wrote {PICTURE.relative_to(PICTURE.parent.parent)}.")


def html(mail: Path) -> str:
    """The mail's HTML with its pictures in place, as mail programs show it."""
    message = email.message_from_bytes(mail.read_bytes(), policy=default)
    body = message.get_body(("html",))
    if body is None:
        raise SystemExit(f"{mail} has no HTML.")
    text: str = body.get_content()
    for part in message.walk():
        if name := part["Content-ID"]:
            data = base64.b64encode(part.get_content()).decode()
            text = text.replace(f"cid:{name.strip('<>')}", f"data:{part.get_content_type()};base64,{data}")
    return text


def _bottom(picture: Image.Image) -> int:
    """Where the longer of both mails ends: below it the frames show an empty page."""
    last = picture.crop((EDGE + WIDE // 2, TALLEST - 1, EDGE + WIDE // 2 + 1, TALLEST)).resize(picture.size)
    inner = (EDGE, EDGE, EDGE + WIDE, TALLEST)
    box = ImageChops.difference(picture.crop(inner), last.crop(inner)).getbbox()
    return EDGE + box[3] if box else TALLEST


if __name__ == "__main__":
    main(Path(sys.argv[1]))
