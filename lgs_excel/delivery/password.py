"""The mail server's password: from the environment or the system's keyring, into the login and nowhere else."""

from __future__ import annotations

import base64
import os
from collections.abc import Mapping

from lgs_excel.errors import DeliveryError
from lgs_excel.settings import APP, Settings

VARIABLE = "LGS_SMTP_PASSWORD"


def password(settings: Settings) -> str:
    """The password of smtp_user. Raises DeliveryError if there is none."""
    found = os.environ.get(VARIABLE) or _from_keyring(settings.smtp_user)
    if not found:
        raise DeliveryError(
            f"There is no password for {settings.smtp_user} at {settings.smtp_host}. Put it into the environment as "
            f"{VARIABLE}, or into the system's keyring: keyring set {APP} {settings.smtp_user}."
        )
    return found


def without_secrets(environment: Mapping[str, str]) -> dict[str, str]:
    """The environment for another program: without what only this one may know."""
    return {name: value for name, value in environment.items() if name not in {VARIABLE, "LGS_WAREHOUSE_URL"}}


def scrubbed(text: str, user: str, secret: str) -> str:
    """`text` of a server without the password, in case it repeats what it was sent."""
    if not secret:
        return text
    plain = f"\0{user}\0{secret}"
    for form in (secret, *(base64.b64encode(told.encode()).decode() for told in (secret, plain))):
        text = text.replace(form, "…")
    return text


def _from_keyring(user: str) -> str | None:
    try:
        import keyring
        from keyring.errors import KeyringError
    except ImportError:
        return None
    try:
        found: str | None = keyring.get_password(APP, user)
    except KeyringError:  # a server has none that could be opened; the message of who asked says what to do
        return None
    return found
