"""The mail itself: text and HTML that say the same, charts within, the workbook attached, all as large as it may be."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from functools import cache
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup, escape

from lgs_excel import formatting as fmt
from lgs_excel.delivery.digest import Digest, Row, line, one_line
from lgs_excel.errors import DeliveryError
from lgs_excel.report import style
from lgs_excel.report.findings.this_week import STAKE
from lgs_excel.report.model import Chart

XLSX = ("application", "vnd.openxmlformats-officedocument.spreadsheetml.sheet")
PDF = ("application", "pdf")
BYTES_PER_MB = 1_000_000
_FEW_COLOURS = 64
_HEADER_WIDTH = 12


@dataclass(frozen=True)
class Attachment:
    """A file. kind: its type of content, in two words."""

    name: str
    kind: tuple[str, str]
    data: bytes = field(repr=False)


@dataclass(frozen=True)
class Contents:
    """What every reader of a report gets. link: where the workbook is, if it is not attached. remarks: what else must
    be said, in sentences.
    """

    digest: Digest
    run: str
    charts: tuple[Chart, ...]
    workbook: Attachment | None
    pdf: Attachment | None = None
    link: str = ""
    remarks: tuple[str, ...] = ()

    @property
    def attachments(self) -> tuple[Attachment, ...]:
        """The files, in order."""
        return tuple(file for file in (self.workbook, self.pdf) if file)


@dataclass(frozen=True)
class Envelope:
    """Who writes to whom, and what tells this mail from every other. reply_to: "" if answers go to the sender."""

    name: str
    sender: str
    recipient: str
    message_id: str
    at: datetime
    reply_to: str = ""


def report_mail(contents: Contents, envelope: Envelope) -> bytes:
    """The whole mail, lines ending with CRLF; of the same contents and envelope, the same bytes."""
    message = _begun(envelope, contents.digest.subject)
    message.set_content(report_text(contents), cte="quoted-printable")
    message.add_alternative(report_html(contents), subtype="html", cte="quoted-printable")
    *_, html = message.iter_parts()
    for number, chart in enumerate(contents.charts, 1):
        html.add_related(
            chart.png, "image", "png", cid=f"<{_cid(number)}>", disposition="inline", filename=f"chart-{number}.png"
        )
    for file in contents.attachments:
        message.add_attachment(file.data, *file.kind, filename=file.name)
    return _bytes(message, envelope)


def plain_mail(subject: str, text: str, envelope: Envelope) -> bytes:
    """A mail of text alone."""
    message = _begun(envelope, subject)
    message.set_content(text, cte="quoted-printable")
    return _bytes(message, envelope)


def report_text(contents: Contents) -> str:
    """The plain text."""
    return _rendered(
        "mail.txt.j2", contents, figures="\n".join(_aligned(contents.digest.headers, contents.digest.rows))
    )


def report_html(contents: Contents) -> str:
    """The HTML, with its style in place, as mail programs want it; everything of the data is escaped."""
    pictures = [(_cid(number), chart) for number, chart in enumerate(contents.charts, 1)]
    return _rendered("mail.html.j2", contents, pictures=pictures)


def notice_text(what: str, sentences: tuple[str, ...]) -> str:
    """The text of a mail to whoever looks after the reports."""
    return str(_template("notice.txt.j2").render(what=what, sentences=sentences))


def fitted(contents: Contents, envelope: Envelope, largest_mb: float, link: str) -> Contents:
    """`contents` made small enough, step by step: without the PDF, with smaller pictures, with a link (or path) in
    place of the workbook. What was left out is said in the mail.

    Raises DeliveryError if that doesn't do, or the last step is needed and there is no link.
    """
    most = largest_mb * BYTES_PER_MB
    size = len(report_mail(contents, envelope))
    for smaller in _steps(contents, f"{largest_mb:g} MB", link):
        if size <= most:
            break
        contents, size = smaller, len(report_mail(smaller, envelope))
    if size > most:
        raise DeliveryError(
            f"The mail has {size / BYTES_PER_MB:.1f} MB, and may have {largest_mb:g} (largest_mail_mb). "
            + (
                ""
                if link
                else "Set mail_link to where readers find the workbook: it is then named instead of attached. "
            )
            + "Nothing was sent."
        )
    return contents


def _steps(contents: Contents, most: str, link: str) -> Iterator[Contents]:
    if contents.pdf:
        remark = f"The PDF was left out: with it, this mail would be larger than {most}."
        contents = replace(contents, pdf=None, remarks=(*contents.remarks, remark))
        yield contents
    contents = replace(contents, charts=tuple(map(_smaller, contents.charts)))
    yield contents
    if link and contents.workbook:
        size = len(contents.workbook.data) / BYTES_PER_MB
        remark = f"The workbook ({size:.1f} MB) was not attached: with it, this mail would be larger than {most}."
        yield replace(contents, workbook=None, link=one_line(link), remarks=(*contents.remarks, remark))


def _smaller(chart: Chart) -> Chart:
    """The picture at the size at which it is shown, in few colours."""
    from PIL import Image

    out = BytesIO()
    with Image.open(BytesIO(chart.png)) as picture:
        shown = picture.convert("RGB").resize((chart.width, chart.height), Image.Resampling.LANCZOS)
        shown.quantize(_FEW_COLOURS).save(out, "png", optimize=True)
    return replace(chart, png=out.getvalue()) if out.tell() < len(chart.png) else chart


def file_name(digest: Digest, suffix: str) -> str:
    """Such as "LGS Analytics 2011-12-09.xlsx"."""
    title = re.sub(r"[^A-Za-z0-9 _-]", "", digest.title).strip() or "Report"
    return f"{title} {digest.data_through.isoformat()}{suffix}"


def _begun(envelope: Envelope, subject: str) -> EmailMessage:
    message = EmailMessage(SMTP)
    message["From"] = Address(_header(envelope.name), addr_spec=envelope.sender)
    message["To"] = Address(addr_spec=envelope.recipient)
    message["Subject"] = _header(subject)
    message["Date"] = format_datetime(envelope.at)
    message["Message-ID"] = f"<{envelope.message_id}@{envelope.sender.rpartition('@')[2]}>"
    if envelope.reply_to:
        message["Reply-To"] = Address(addr_spec=envelope.reply_to)
    # So that nobody's absence is reported to us.
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    return message


def _header(text: str) -> str:
    """One line, in which nothing is read as encoded: "=?utf-8?q?=0D=0A?=" would be a line end to a mail program."""
    return line(text).replace("=?", "= ?")


def _bytes(message: EmailMessage, envelope: Envelope) -> bytes:
    """With boundaries of our own, which stand in no text that is encoded, instead of random ones."""
    for number, part in enumerate(part for part in message.walk() if part.is_multipart()):
        part.set_boundary(f"=_{sha256(envelope.message_id.encode()).hexdigest()[:24]}_{number}")
    return message.as_bytes()


def _cid(number: int) -> str:
    return f"chart-{number}@lgs-excel"


def _aligned(headers: Row, rows: tuple[Row, ...]) -> Iterator[str]:
    """The figures in columns, names to the left; headers on as many lines as they need."""
    if not headers:
        return
    wrapped = [textwrap.wrap(header, _HEADER_WIDTH) or [""] for header in headers]
    high = max(map(len, wrapped))
    on_top = [
        tuple(lines[i - high + len(lines)] if i >= high - len(lines) else "" for lines in wrapped) for i in range(high)
    ]
    widths = [max(len(row[i]) for row in (*on_top, *rows)) for i in range(len(headers))]
    rule = tuple("-" * width for width in widths)
    for first, *others in (*on_top, rule, *rows):
        figures = (value.rjust(width) for value, width in zip(others, widths[1:], strict=True))
        yield "  ".join((first.ljust(widths[0]), *figures)).rstrip()


def _rendered(name: str, contents: Contents, **more: Any) -> str:
    known = {"contents": contents, "digest": contents.digest, "day": fmt.day, "style": style, "stake": STAKE}
    return str(_template(name).render(**known, **more))


def _whole_figures(text: str) -> Markup:
    """`text` as HTML in which no line ends between a sign and its amount of money."""
    signed = re.compile(rf"[+−]{re.escape(fmt.currency())}[\d,.]*\d")
    return Markup(signed.sub(r'<span style="white-space:nowrap">\g<0></span>', str(escape(text))))  # noqa: S704 - escaped


@cache
def _templates() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=select_autoescape(enabled_extensions=("html.j2",), default=False),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["whole_figures"] = _whole_figures
    return environment


def _template(name: str) -> Any:
    return _templates().get_template(name)
