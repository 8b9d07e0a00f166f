"""What a mailing is: to whom, how, and which report is the same as one that they have."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from lgs_excel.delivery import addresses
from lgs_excel.delivery.delivery_log import DeliveryKey
from lgs_excel.settings import Settings
from lgs_excel.writers.headless import fact_text


@dataclass(frozen=True)
class Mailing:
    """To whom, and how. link: where readers find the workbook if it is too large to be attached, "" if nowhere."""

    recipients: tuple[str, ...]
    sender: str
    owner: str
    pdf: bool = False
    customers: bool = False
    again: bool = False
    link: str = ""


def plan_mailing(
    settings: Settings,
    to: Iterable[str] = (),
    *,
    pdf: bool = False,
    customers: bool = False,
    again: bool = False,
    file: Path | None = None,
) -> Mailing:
    """A mailing to `to`, else to mail_to; checked before any work is done. file: where the workbook is, if it is.

    Raises SettingsError and DeliveryError for addresses that can't be used.
    """
    return Mailing(
        recipients=addresses.recipients(to, settings),
        sender=addresses.sender(settings),
        owner=addresses.owner(settings),
        pdf=pdf or "pdf" in settings.mail_extras,
        customers=customers or "customers" in settings.mail_extras,
        again=again,
        link=settings.mail_link or (str(file.absolute()) if file else ""),
    )


def delivery_key(title: str, facts: Mapping[str, str], mailing: Mailing) -> DeliveryKey:
    """What nobody is sent twice. Another recipe, or the customers in it, make it another report."""
    recipe = "" if facts["rfm"] == "default" else f", {facts['rfm']} RFM"
    return DeliveryKey(
        facts["warehouse"],
        f"{title}{recipe}{', with customers' if mailing.customers else ''}",
        f"to {facts['data_through']}, filters: {fact_text(facts['filters'])}",
    )
