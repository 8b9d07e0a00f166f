"""Mail addresses: which are any, and which may get a report."""

from __future__ import annotations

import re
from collections.abc import Iterable

from lgs_excel.errors import DeliveryError, SettingsError
from lgs_excel.settings import Settings

# What mail servers everywhere take: no quotes, no spaces, no letters beyond ASCII, at most 254 characters.
_WORD = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_ADDRESS = re.compile(rf"(?=.{{3,254}}\Z){_WORD}(?:\.{_WORD})*@{_LABEL}(?:\.{_LABEL})*", re.ASCII)


def is_address(text: str) -> bool:
    """Whether mail can be sent to it."""
    return bool(_ADDRESS.fullmatch(text))


def sender(settings: Settings) -> str:
    """The address that mail is from. Raises SettingsError if there is none."""
    if not _ADDRESS.fullmatch(settings.mail_from):
        raise SettingsError(
            f"mail_from is {settings.mail_from!r}, which is not a mail address. Set it to the one that reports are "
            "sent from, such as reports@example.com."
        )
    return settings.mail_from


def owner(settings: Settings) -> str:
    """The address of whoever is told what was not sent, "" if there is none. Raises SettingsError for what is none."""
    if settings.mail_owner and not _ADDRESS.fullmatch(settings.mail_owner):
        raise SettingsError(
            f"mail_owner is {settings.mail_owner!r}, which is not a mail address. Write one, such as it@example.com."
        )
    return settings.mail_owner


def recipients(asked: Iterable[str], settings: Settings) -> tuple[str, ...]:
    """The addresses `asked`, or those of mail_to if none is, each once; two that differ in case only are one.

    Raises DeliveryError if there is none, if one is no address, or is in a domain that may not get mail.
    """
    found = {text.strip().casefold(): text.strip() for text in asked} or {
        text.casefold(): text for text in settings.mail_to
    }
    if not found:
        raise DeliveryError("Nobody to send to. Name somebody with --to, or set mail_to.")
    allowed = {name.casefold().removeprefix("@") for name in settings.allowed_domains} or {_domain(sender(settings))}
    for address in found.values():
        if not _ADDRESS.fullmatch(address):
            raise DeliveryError(f"{address!r} is not a mail address. Write it as name@example.com; nothing was sent.")
        if _domain(address) not in allowed:
            raise DeliveryError(
                f"{address} may not get reports: its domain is not allowed. Allowed: {', '.join(sorted(allowed))}. See "
                "to the address, or add the domain to the setting allowed_domains; nothing was sent."
            )
    return tuple(found.values())


def _domain(address: str) -> str:
    return address.rpartition("@")[2].casefold()
