"""The mail as it arrives: its parts, its figures, its size; and nothing of the data that becomes a header."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from html.parser import HTMLParser
from io import BytesIO

import openpyxl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from PIL import Image

from lgs_excel.delivery.attachment import without_customers
from lgs_excel.delivery.digest import LONGEST_TEXT, digest, line
from lgs_excel.delivery.mailing import plan_mailing
from lgs_excel.delivery.message import (
    PDF,
    XLSX,
    Attachment,
    Contents,
    Envelope,
    fitted,
    plain_mail,
    report_html,
    report_mail,
    report_text,
)
from lgs_excel.delivery.send import send
from lgs_excel.errors import DeliveryError
from lgs_excel.report.findings.this_week import STAKE
from lgs_excel.report.model import Cell, Column, Kind, Mark, Note, Table
from lgs_excel.writers.headless import workbook_bytes
from tests.delivery.conftest import OWNER, READERS
from tests.delivery.sample_mail import CHANGES, HEADLINES, SHOWN, YESTERDAY, body, mail_report, parsed
from tests.report.sample_reports import TRAPS

AT = datetime(2011, 12, 10, 7, 0, 5, tzinfo=UTC)
ENVELOPE = Envelope("London Gift Shop", "reports@example.com", "ann@example.com", "0" * 32, AT, OWNER)
HEADERS = [
    "From", "To", "Subject", "Date", "Message-ID", "Reply-To", "Auto-Submitted", "X-Auto-Response-Suppress",
    "MIME-Version", "Content-Type",
]  # fmt: skip
MOST_HTML = 90 * 1024


def whole(report, **more):
    """Contents of a report, with a small workbook."""
    mail_digest = digest(report)
    known = {
        "charts": mail_digest.charts,
        "workbook": Attachment("LGS.xlsx", XLSX, b"PK" * 50),
        "run": "20111210-070005",
    }
    return Contents(digest=mail_digest, **known | more)


class Words(HTMLParser):
    """The text of a page as a reader sees it, its table cells, links and pictures."""

    def __init__(self, html):
        super().__init__()
        self.seen, self.rows, self.pictures, self.links, self.tags = [], [], [], [], set()
        self._within = []
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        self.tags.add(tag)
        if tag in {"style", "title"}:
            self._within.append(tag)
        if tag == "tr":
            self.rows.append([])
        if tag == "img":
            self.pictures.append(dict(attributes))
        if tag == "a":
            self.links.append(dict(attributes)["href"])

    def handle_endtag(self, tag):
        if self._within and self._within[-1] == tag:
            self._within.pop()

    def handle_data(self, data):
        if data.strip() and not self._within:
            self.seen.append(" ".join(data.split()))
            if self.rows:
                self.rows[-1].append(self.seen[-1])


@pytest.fixture
def arrived(mail_settings, postbox, delivery_log):
    """Sends a report over the wire, and gives the mail that arrived."""

    def arrived(report, **given):
        settings = mail_settings(
            **{name: given.pop(name) for name in list(given) if name.startswith(("mail_", "larg"))}
        )
        send(
            report,
            plan_mailing(settings, READERS[:1], **given),
            settings,
            delivery_log,
            given.get("workbook"),
            lambda _: None,
        ).check()
        return parsed(postbox.got(READERS[0])[-1])

    return arrived


def test_the_mail_arrives_as_designed(arrived):
    mail = arrived(mail_report(*CHANGES))
    day = f"{YESTERDAY.day} {YESTERDAY:%b %Y}"
    assert mail.keys() == HEADERS
    assert mail["Subject"] == f"LGS Analytics, data to {day}"
    assert (mail["From"], mail["To"]) == ("London Gift Shop <reports@example.com>", "ann@example.com")
    assert [(part.get_content_type(), part.get_content_disposition()) for part in mail.walk()] == [
        ("multipart/mixed", None),
        ("multipart/alternative", None),
        ("text/plain", None),
        ("multipart/related", None),
        ("text/html", None),
        *[("image/png", "inline")] * 3,
        ("/".join(XLSX), "attachment"),
    ]
    assert [part.defects for part in mail.walk()] == [[]] * 9


def test_nobody_sees_the_others(mail_settings, postbox, delivery_log):
    settings = mail_settings()
    send(mail_report(), plan_mailing(settings, READERS), settings, delivery_log, None, lambda _: None).check()
    for reader, content in postbox.mails:
        assert [other for other in READERS if other.encode() in content] == [reader]


def test_the_workbook_arrives_byte_for_byte_without_customers_and_opens(arrived):
    report = mail_report()
    mail = arrived(report)
    (file,) = mail.iter_attachments()
    assert file.get_filename() == f"LGS Analytics {YESTERDAY}.xlsx"
    assert file.get_content() == workbook_bytes(without_customers(report))
    book = openpyxl.load_workbook(BytesIO(file.get_content()))
    assert book.sheetnames == ["Summary", "Customers", "Products", "Checks"]


def test_with_customers_it_is_the_report_itself(arrived):
    report = mail_report()
    (file,) = arrived(report, customers=True).iter_attachments()
    assert file.get_content() == workbook_bytes(report)


def test_no_sheet_links_to_customers_that_are_left_out():
    left = without_customers(mail_report())
    assert [block.link for sheet in left for block in sheet.blocks if isinstance(block, Note) and block.link] == [
        "Checks", "Checks",
    ]  # fmt: skip


def test_html_and_text_carry_the_same_figures_and_sentences(arrived):
    mail = arrived(mail_report(*CHANGES))
    text, page = " ".join(body(mail, "plain").split()), Words(body(mail, "html"))
    rows = [tuple(row) for row in page.rows]
    assert all(row in rows for row in SHOWN)
    for row in SHOWN[1:]:
        assert " ".join(row) in text
    for sentence in (CHANGES[1].text, CHANGES[2].text, "November 2011: net sales £1,461,756.", "All 13 checks pass"):
        assert sentence in text
        assert any(sentence in seen for seen in page.seen)
    figure = r"[−+]?£?\d[\d,.]*(?:%| pts)?"
    in_page = re.findall(figure, " ".join([*page.seen, *(picture["alt"] for picture in page.pictures)]))
    assert set(re.findall(figure, text)) == set(in_page)


def test_a_report_without_what_changed_is_complete_without_it():
    assert digest(mail_report()).changes == ()
    assert "changed" not in report_html(whole(mail_report())).replace("What changed", "changed")
    assert "CHANGED" not in report_text(whole(mail_report()))


def test_what_changed_ends_with_the_next_heading_table_or_quiet_note():
    changed = Note("What changed", Mark.HEADING), Note("France up."), Note("More.", detail="Much.")
    for end in (Note("Else", Mark.HEADING), Note("By the way", Mark.QUIET), replace(HEADLINES, name="lgs_Other")):
        assert digest(mail_report(*changed, end, Note("Other"))).changes == ("France up.", "More. Much.")


def test_a_list_that_is_not_mailed_is_named_and_not_linked():
    task = Note("£163,052", link="RFM Customers", detail="Call 64 customers")
    lists = Table("lgs_ThisWeek", (Column("List on", Kind.TEXT),), ((Cell("RFM Customers", link="RFM Customers"),),))
    summary = without_customers(mail_report(Note("This week", Mark.HEADING), task, lists)).sheets[0]
    assert replace(task, link=None) in summary.blocks
    assert summary.tables[-1].rows == ((Cell("RFM Customers (not mailed)"),),)
    assert not any(isinstance(block, Note) and block.text == "RFM Customers" for block in summary.blocks)


def test_the_first_three_things_to_do_come_first():
    week = Note("This week", Mark.HEADING), *(Note(f"£{i},000", link="Checks", detail=f"Do {i} <b>") for i in range(4))
    report = mail_report(*week, Note("Nothing else.", Mark.QUIET))
    assert digest(report).tasks == tuple((f"£{i},000", f"Do {i} <b>") for i in range(3))
    text, html = report_text(whole(report)), report_html(whole(report))
    assert f"THIS WEEK\n\n{STAKE}:\n\n* £0,000: Do 0 <b>\n* £1,000: Do 1 <b>" in text
    assert html.index("This week") < html.index("Do 2 &lt;b&gt;") < html.index("Net sales")
    assert "Do 3" not in text + html


def test_a_week_without_anything_to_do_is_not_spoken_of():
    report = mail_report(Note("This week", Mark.HEADING), Note("Nothing stands out this week.", Mark.QUIET))
    assert digest(report).tasks == ()
    assert "THIS WEEK" not in report_text(whole(report))


def test_no_line_ends_between_a_sign_and_its_pounds_and_text_stays_text():
    changed = Note("What changed", Mark.HEADING), Note("<b>MUGS</b> & more (+£1,200.50), less −£3.")
    html = report_html(whole(mail_report(*changed)))
    assert "&lt;b&gt;MUGS&lt;/b&gt; &amp; more" in html
    assert re.findall(r'<span style="white-space:nowrap">(.*?)</span>', html) == ["+£1,200.50", "−£3"]


def test_each_picture_is_referenced_shown_once_and_says_its_message(arrived):
    mail = arrived(mail_report())
    page = Words(body(mail, "html"))
    parts = {part["Content-ID"]: part.get_content() for part in mail.walk() if part["Content-ID"]}
    assert [f"<{picture['src'].removeprefix('cid:')}>" for picture in page.pictures] == list(parts)
    assert [picture["alt"] for picture in page.pictures] == [f"Chart {i} rose to £{i}00." for i in range(3)]
    assert [Image.open(BytesIO(content)).size for content in parts.values()] == [(600 + 2 * i, 300) for i in range(3)]


def test_the_html_needs_nothing_from_outside(arrived):
    html = body(arrived(mail_report(*CHANGES)), "html")
    assert not re.search(r"https?://|url\(|<script|<link|@import|src=\"(?!cid:)", html)


def test_the_html_is_small_whatever_the_data_say():
    long = "<&>\"'" * 8000
    table = Table(
        "lgs_Headlines",
        (*(Column(f"{i} {long}", Kind.TEXT) for i in range(40)),),
        tuple(tuple(Cell(long) for _ in range(40)) for _ in range(200)),
    )
    report = mail_report(*[CHANGES[0], *[Note(long)] * 500], finding=long, filters=long, checks=long)
    summary = replace(report.sheets[0], blocks=(table, *report.sheets[0].blocks[2:]))
    html = report_html(whole(replace(report, company=long, title=long, sheets=(summary, *report.sheets[1:]))))
    assert 20_000 < len(html.encode()) < MOST_HTML
    assert "<&>" not in html


def test_the_same_mail_is_the_same_bytes():
    assert report_mail(whole(mail_report()), ENVELOPE) == report_mail(whole(mail_report()), ENVELOPE)


def test_every_line_of_a_mail_is_short_and_ends_with_crlf():
    mail = report_mail(whole(mail_report(*CHANGES, finding="naïve £ " * 30)), ENVELOPE)
    lines = mail.split(b"\r\n")
    assert lines[-1] == b""
    assert not any(b"\n" in one or b"\r" in one for one in lines)
    assert max(map(len, lines)) <= 998
    assert mail.isascii()


def test_filters_are_in_the_subject():
    assert digest(mail_report(filters="France, from 2011-03", data_through="2011-12-09")).subject == (
        "LGS Analytics, data to 9 Dec 2011 (France, from 2011-03)"
    )


# Injection.

NASTY = st.text() | st.sampled_from(
    [
        "x\r\nBcc: evil@example.org",
        "x\nBcc: evil@example.org\n\n<b>body</b>",
        "x\rTo: evil@example.org",
        "x\x85Bcc: evil@example.org",
        "x\u2028Bcc: evil@example.org",
        "\x00\x0b\x0c\x1c\x1d\x1e",
        "=?utf-8?q?=0D=0ABcc:_evil@example.org?=",
        '" <evil@example.org>, "',
        "evil@example.org, ann",
        "\u202egnp.exe",
        "--=_boundary--",
        "<img src=x onerror=alert(1)>",
        "{{ 7*7 }}{% for x in y %}",
        "\ud800",
        *TRAPS[:-1],
    ]
)


@settings(deadline=None)  # the first one makes the template
@given(company=NASTY, title=NASTY, filters=NASTY, finding=NASTY, change=NASTY, message=NASTY)
@example(
    company="L\r\nBcc: e@x.org", title="T\r\n\r\n<p>", filters="F\nTo: e@x.org", finding="\r\n.\r\nMAIL FROM:<e>",
    change="</ul><script>", message='"><script>',
)  # fmt: skip
def test_no_text_becomes_a_header_a_recipient_a_part_or_a_tag(company, title, filters, finding, change, message):
    report = mail_report(CHANGES[0], Note(change or "-"), finding=finding, filters=filters)
    picture = replace(report.sheets[0].charts[0], message=message)
    blocks = tuple(picture if block is report.sheets[0].charts[0] else block for block in report.sheets[0].blocks)
    sheets = (replace(report.sheets[0], blocks=blocks), *report.sheets[1:])
    made = whole(replace(report, company=company, title=title, sheets=sheets))
    mail = parsed(report_mail(made, replace(ENVELOPE, name=company)))
    assert mail.keys() == HEADERS
    assert [address.addr_spec for address in mail["To"].addresses] == ["ann@example.com"]
    assert [address.addr_spec for address in mail["From"].addresses] == ["reports@example.com"]
    assert len(list(mail.walk())) == 9
    assert [part.defects for part in mail.walk()] == [[]] * 9
    # Blanks are all that folding a header may change.
    assert "".join(mail["Subject"].split()) == "".join(made.digest.subject.split())
    page = Words(body(mail, "html"))
    assert page.tags == Words(report_html(whole(mail_report(*CHANGES)))).tags
    assert page.pictures[0]["alt"] == line(message)


@given(what=NASTY, sentence=NASTY)
def test_a_notice_keeps_to_its_headers_too(what, sentence):
    mail = parsed(plain_mail(what, sentence.encode(errors="ignore").decode(), ENVELOPE))
    assert sorted(mail.keys()) == sorted([*HEADERS, "Content-Transfer-Encoding"])
    assert [address.addr_spec for address in mail["To"].addresses] == ["ann@example.com"]


@given(st.text())
def test_a_line_is_printable_and_not_too_long(text):
    assert line(text).isprintable()
    assert len(line(text)) <= LONGEST_TEXT
    assert line(line(text)) == line(text)


# The ladder of sizes.


def noisy(size):
    return bytes(i * 7919 % 251 for i in range(size))


def picture(width=600, height=300):
    out = BytesIO()
    Image.frombytes("RGB", (width, height), noisy(width * height * 3)).save(out, "png")
    return out.getvalue()


@pytest.fixture(scope="module")
def large():
    """Contents of about 4 MB: a workbook of 1, a PDF of 1, pictures of 1.3 or so."""
    report = mail_report()
    charts = tuple(replace(chart, png=picture(), width=300, height=150) for chart in digest(report).charts)
    return whole(
        report,
        charts=charts,
        workbook=Attachment("LGS.xlsx", XLSX, noisy(1_000_000)),
        pdf=Attachment("LGS.pdf", PDF, noisy(1_000_000)),
    )


def size(made):
    return len(report_mail(made, ENVELOPE)) / 1e6


def test_what_is_small_enough_is_left_as_it_is(large):
    assert fitted(large, ENVELOPE, size(large), "https://x.example/lgs.xlsx") == large


def test_first_the_pdf_goes(large):
    made = fitted(large, ENVELOPE, size(large) - 0.001, "")
    assert (made.pdf, made.workbook, made.charts) == (None, large.workbook, large.charts)
    assert made.remarks == (
        f"The PDF was left out: with it, this mail would be larger than {size(large) - 0.001:g} MB.",
    )


def test_then_the_pictures_get_smaller(large):
    most = size(replace(large, pdf=None)) - 0.001
    made = fitted(large, ENVELOPE, most, "")
    assert made.workbook == large.workbook
    assert [Image.open(BytesIO(chart.png)).size for chart in made.charts] == [(300, 150)] * 3
    assert size(made) <= most


@pytest.mark.parametrize(
    "link", ["https://files.example.com/LGS.xlsx", r"\\server\reports\LGS.xlsx", "/srv/lgs/LGS.xlsx"]
)
def test_then_a_link_takes_the_workbooks_place_and_the_mail_says_so(large, link):
    made = fitted(large, ENVELOPE, 1.0, link)
    assert (made.workbook, made.pdf, made.link) == (None, None, link)
    assert size(made) <= 1.0
    mail = parsed(report_mail(made, ENVELOPE))
    assert list(mail.iter_attachments()) == []
    for part in (body(mail, "plain"), " ".join(Words(body(mail, "html")).seen)):
        text = " ".join(part.split())
        assert f"The workbook: {link}" in text
        assert "The workbook (1.0 MB) was not attached: with it, this mail would be larger than 1 MB." in text
    assert Words(body(mail, "html")).links == ([link] if link.startswith("https") else [])


def test_without_a_link_what_is_too_large_is_not_sent(large):
    with pytest.raises(DeliveryError, match=r"may have 1 \(largest_mail_mb\)\. Set mail_link to where readers find"):
        fitted(large, ENVELOPE, 1.0, "")


def test_what_is_too_large_even_so_is_not_sent(large):
    with pytest.raises(DeliveryError, match=r"The mail has 0\.\d MB, and may have 0\.001"):
        fitted(large, ENVELOPE, 0.001, "https://x.example")


def test_the_limit_holds_for_the_mail_as_it_arrives(arrived, postbox):
    arrived(mail_report(), mail_link="https://files.example.com/LGS.xlsx", largest_mail_mb=0.0125)
    (mail,) = postbox.got(READERS[0])
    assert len(mail) <= 12_500
    assert b"files.example.com" in mail
