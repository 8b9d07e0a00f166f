"""The mail server: there, trusted, and letting us in; nothing is sent."""

from __future__ import annotations

from dataclasses import replace

from lgs_excel.delivery.smtp import connect
from lgs_excel.doctor.finding import Finding, bad, ok
from lgs_excel.errors import LgsError
from lgs_excel.settings import Settings

_TIMEOUT_SECONDS = 10.0
_NAME = "Mail server"


def mail_finding(settings: Settings) -> Finding:
    """Whether mail could be handed over, if a server is set."""
    if not settings.smtp_host:
        return ok(_NAME, "None is set; nothing is mailed.")
    hurried = replace(settings, smtp_timeout_seconds=min(settings.smtp_timeout_seconds, _TIMEOUT_SECONDS))
    try:
        with connect(hurried):
            return ok(_NAME, f"{settings.smtp_host} answers ({settings.smtp_security}) and lets us in.")
    except LgsError as error:
        remedy = "See to the smtp_ settings and LGS_SMTP_PASSWORD (docs/it-guide.md, Mail), or ask who runs the server."
        return bad(_NAME, str(error), remedy)
