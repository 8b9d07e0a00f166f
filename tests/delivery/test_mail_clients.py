"""The mail asks nothing of Outlook, Gmail and Apple Mail that they can't show, by caniemail's table."""

import json
import re
from functools import cache

import pytest
from lxml import html

from lgs_excel.delivery.digest import digest
from lgs_excel.delivery.message import XLSX, Attachment, Contents, report_html
from tests.components import need
from tests.delivery.sample_mail import mail_report

CLIENTS = ("outlook", "gmail", "apple-mail")
# What one of them can't, and what its readers have instead.
DONE_WITHOUT = {
    "css-at-media": "the widths of a large screen",
    "css-at-media-prefers-color-scheme": "the client's own dark colours, or those of the day",
    "css-display-none": "the line for the list of mails stands at the top",
    "css-max-height": "the same: that line is not displayed anyway",
    "css-overflow": "as css-max-height",
    "css-pseudo-class-first-child": "as css-at-media, within which it stands",
    "css-white-space": "the attribute nowrap of the same cells",
    "html-meta-color-scheme": "as css-at-media-prefers-color-scheme",
    "html-style": "as css-at-media: all else is in the elements themselves",
    "html-role": "tables are read out as tables",
    "html-body": "the colour behind the page is that of the table around it",
}


@cache
def features():
    """What is known of each feature, by its name: client → system → version → y, n or a (in part)."""
    found = json.loads(need("caniemail").read_text(encoding="utf-8"))["data"]
    return {feature["slug"]: feature["stats"] for feature in found}


def used_in(page):
    """The features that a page uses, as far as the table has them."""
    tree = html.fromstring(page)
    styles = " ".join([*tree.xpath("//@style"), *tree.xpath("//style/text()")])
    names = {f"html-{element.tag}" for element in tree.iter() if isinstance(element.tag, str)}
    names |= {f"html-{attribute}" for element in tree.iter() for attribute in element.attrib}
    names |= {f"html-meta-{name}" for name in tree.xpath("//meta/@name")}
    names |= {"html-lists"} if names & {"html-ul", "html-ol"} else set()
    names |= {"html-h1-h6"} if names & {"html-h1", "html-h2", "html-h3"} else set()
    for name, value in re.findall(r"([a-z-]+)\s*:\s*([a-z]*)", styles):
        names |= {f"css-{name}-{value}", *(f"css-{name[:end]}" for end in _ends(name))}
    names |= {f"css-at-{rule}" for rule in re.findall(r"@([a-z-]+)", styles)}
    names |= {f"css-at-media-{about}" for about in re.findall(r"@media[^{]*?\(([a-z-]+):", styles)}
    names |= {f"css-pseudo-class-{name}" for name in re.findall(r":([a-z]+-child)", styles)}
    return names & features().keys()


def _ends(name):
    """Where the name of a property ends, and that of what it is a part of: padding-left is of padding."""
    return [len(name), *(place.start() for place in re.finditer("-", name))]


def missing(names):
    """Those that the newest version of one of CLIENTS can't."""
    newest = {
        (name, client, system): [*versions.values()][-1]
        for name in names
        for client in CLIENTS
        for system, versions in features()[name].get(client, {}).items()
    }
    return {name for (name, _, _), can in newest.items() if can.startswith("n")}


def test_what_a_client_can_not_show_is_done_without():
    made = digest(mail_report())
    book = Attachment("LGS.xlsx", XLSX, b"PK")
    used = used_in(report_html(Contents(digest=made, charts=made.charts, workbook=book, run="20111210-070005")))
    assert {"html-table", "css-padding", "css-border-collapse", "html-h1-h6", "css-font-size"} <= used
    assert missing(used) == DONE_WITHOUT.keys()


@pytest.mark.parametrize(
    ("style", "feature"),
    [("display:flex", "css-display-flex"), ("box-shadow:0 0 2px", "css-box-shadow"), ("gap:2px", "css-gap")],
)
def test_what_would_not_be_seen_is_found(style, feature):
    assert feature in missing(used_in(f"<p style='{style}'>What it says.</p>"))
