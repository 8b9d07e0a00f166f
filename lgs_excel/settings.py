"""One frozen Settings for a run: defaults < user file < workbook < environment < what the caller says.

The user file is `settings.toml` in the user's configuration folder; a setting `lock_wait_seconds` there is
`LGS_LOCK_WAIT_SECONDS` in the environment. What the user changed on a workbook's sheet Settings is in a file beside it,
which `change_settings` writes.
"""

from __future__ import annotations

import json
import math
import os
import re
import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import date, timedelta
from ipaddress import ip_address
from itertools import pairwise
from pathlib import Path
from typing import Any

from platformdirs import user_config_path, user_data_path

from lgs_excel.errors import SettingsError, nearest
from lgs_excel.files import atomic_write

APP = "lgs_excel"
ENVIRONMENT_PREFIX = "LGS_"
SECURITIES = {"starttls": 587, "tls": 465, "none": 25}  # and their usual ports
MAIL_EXTRAS = ("pdf", "customers")
# The settings that are lists of numbers.
_EXAMPLES = {
    "last_year_sales": "52000, 48500.5, …",
    "rfm_recency": "30, 60, 120, 240",
    "rfm_orders": "2, 3, 5, 9",
    "rfm_value": "100, 300, 800, 2000",
}
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def default_warehouse_url() -> str:
    """The embedded warehouse in the user's data folder: no server, no set-up."""
    return f"duckdb:///{(user_data_path(APP, appauthor=False) / 'lgs.duckdb').as_posix()}"


@dataclass(frozen=True)
class Theme:
    """A season's theme: its name, the words of its products in capitals, and its day: month and day of the month, or
    month 0 and days from Easter Sunday.
    """

    name: str
    words: tuple[str, ...]
    month: int
    number: int

    def day(self, year: int) -> date:
        """Its day in a year."""
        if self.month:
            return date(year, self.month, self.number)
        from dateutil.easter import easter

        return easter(year) + timedelta(days=self.number)

    def has(self, description: str) -> bool:
        """Whether a product of this description is of the theme."""
        text = description.upper()
        return any(word in text for word in self.words)


_THEME = re.compile(
    r"(?P<name>\S.*?) +(?:(?P<date>[0-9]{2}-[0-9]{2})|easter(?P<off>[+-][0-9]{1,3})?) *: *(?P<words>\S.*)"
)


def theme_of(text: str) -> Theme:
    """The theme of a text such as "Christmas 12-25: CHRISTMAS XMAS". Raises SettingsError for any other text."""
    found = _THEME.fullmatch(text.strip())
    try:
        day = date.fromisoformat(f"2023-{found['date']}") if found and found["date"] else None
    except ValueError:
        found = None
    if not found:
        raise SettingsError(
            f"themes has {text!r}, which is no theme. Write a name, a day as MM-DD (or easter, easter-21) and words, "
            "such as 'Christmas 12-25: CHRISTMAS XMAS'."
        )
    words = tuple(found["words"].upper().split())
    return Theme(found["name"], words, day.month if day else 0, day.day if day else int(found["off"] or 0))


@dataclass(frozen=True)
class Settings:
    """What a run may vary without a change of code; each field says its unit or form."""

    warehouse_url: str = field(default_factory=default_warehouse_url)
    company: str = "London Gift Shop"
    currency: str = "£"  # what stands before an amount: a sign, or a code such as CHF
    chart_style: str = ""  # the company's colours and fonts: a matplotlib style sheet; empty: the house style
    logo: str = ""  # an image file, shown in the top right corner of the charts; empty: none
    # A code that matches, upper-cased and trimmed, is a product; any other is a charge (postage, fees).
    product_code_pattern: str = "^([0-9]{5}[A-Z]{0,2}|DCGS.*)$"
    # Trading days: every day but these weekdays, these "MM-DD" days, Easter Sunday and the bank holidays of
    # this `holidays` country and subdivision (an empty country: none).
    closed_weekdays: tuple[str, ...] = ("Saturday",)
    closed_days: tuple[str, ...] = (
        *(f"12-{day}" for day in range(24, 32)),
        *(f"01-0{day}" for day in range(1, 4)),
    )
    bank_holidays: str = "GB-ENG"
    # Products that are bought together: in orders of so many different products at most, in so many orders at least.
    largest_basket: int = 25
    least_pairs: int = 100
    # Seasons: a name, the day of the year (MM-DD, or easter and days from it) and the words of its products.
    themes: tuple[str, ...] = (
        "Christmas 12-25: CHRISTMAS XMAS ADVENT SANTA REINDEER SNOWM BAUBLE NOEL",
        "Easter easter: EASTER BUNNY CHICK",
        "Valentine 02-14: VALENTINE CUPID",
        "Halloween 10-31: HALLOWEEN PUMPKIN WITCH",
        "Mother's Day easter-21: MOTHER MUM",
    )
    mail_lead_days: int = 21  # from a mail to the trade that it is to bring
    # From an order to its arrival, and from one order to the next.
    lead_days: int = 42
    review_days: int = 7
    # Net sales of the twelve months before the first whole month of the data, oldest first, for a shop that has not
    # loaded a year yet: its predictions then know the season. Empty: not known.
    last_year_sales: tuple[float, ...] = ()
    # Own borders of the RFM scores, four rising numbers each; empty: fifths of the customers. Days since the last order
    # (up to the first: a 5), orders and pounds (from the first on: a 2).
    rfm_recency: tuple[float, ...] = ()
    rfm_orders: tuple[float, ...] = ()
    rfm_value: tuple[float, ...] = ()
    # How long a refresh waits for a load that holds the embedded warehouse.
    lock_wait_seconds: float = 30.0
    # A file with more than this share of rejected lines is not loaded unless that is accepted.
    most_rejected_share: float = 0.05
    # What exports call a column of ours, such as "invoice_no=Document": besides the names that are known.
    column_names: tuple[str, ...] = ()
    # The mail server. Its password is no setting, so that it is printed nowhere: LGS_SMTP_PASSWORD, or the keyring.
    smtp_host: str = ""
    smtp_port: int = 0  # 0: the usual one of smtp_security
    smtp_security: str = "starttls"
    smtp_user: str = ""  # empty: no login
    smtp_ca_file: str = ""  # certificates to trust besides the system's
    smtp_timeout_seconds: float = 30.0
    mail_from: str = ""
    mail_to: tuple[str, ...] = ()
    mail_owner: str = ""  # is told what was not sent, and why
    # Domains that may get mail; empty: that of mail_from.
    allowed_domains: tuple[str, ...] = ()
    # A report whose data end longer ago is not mailed.
    stale_days: int = 14
    # As it goes over the wire: attachments in base64, a third larger than they are.
    largest_mail_mb: float = 10.0
    mail_extras: tuple[str, ...] = ()
    mail_link: str = ""  # where readers find the workbook when it is too large to attach

    def __post_init__(self) -> None:
        _check_currency(self)
        _check_mail(self)
        _check_trading_days(self)
        _check_baskets(self)
        _check_themes(self)
        _check_borders(self)
        if not _is_pattern(self.product_code_pattern):
            raise SettingsError(
                f"product_code_pattern is {self.product_code_pattern!r}, which is not a regular expression. "
                "Write one that product codes match, such as ^[0-9]{5}."
            )
        if len(self.last_year_sales) not in (0, 12) or not all(map(math.isfinite, self.last_year_sales)):
            raise SettingsError(
                f"last_year_sales has {len(self.last_year_sales)} amounts: {self.last_year_sales}. Give the net sales "
                "of twelve months, oldest first, as plain numbers, or leave it empty."
            )
        if not 0 <= self.most_rejected_share <= 1:
            raise SettingsError(
                f"most_rejected_share is {self.most_rejected_share}; it is a share between 0 and 1, such as 0.05."
            )
        if not self.lock_wait_seconds >= 0:  # so that a nan is refused, too
            raise SettingsError(f"lock_wait_seconds is {self.lock_wait_seconds}; it must be 0 or more.")


def _check_trading_days(settings: Settings) -> None:
    for name in settings.closed_weekdays:
        if name not in WEEKDAYS:
            raise SettingsError(
                f"closed_weekdays has {name!r}, which is not a weekday. Allowed: {', '.join(WEEKDAYS)}."
                f"{nearest(name, WEEKDAYS)}"
            )
    for day in settings.closed_days:
        try:
            date.fromisoformat(f"2024-{day}")  # a leap year, so that 02-29 may be named
        except ValueError:
            raise SettingsError(
                f"closed_days has {day!r}, which is not a day of the year. Write it as MM-DD, such as 12-24."
            ) from None


def _check_baskets(settings: Settings) -> None:
    if settings.largest_basket < 2:
        raise SettingsError(
            f"largest_basket is {settings.largest_basket}; a basket has 2 products or more, such as 25."
        )
    if settings.least_pairs < 1:
        raise SettingsError(f"least_pairs is {settings.least_pairs}; it must be 1 or more, such as 100.")


def _check_themes(settings: Settings) -> None:
    names = [theme_of(text).name for text in settings.themes]
    if len(set(names)) < len(names):
        raise SettingsError(f"themes has a name twice: {', '.join(names)}. Give each theme a name of its own.")
    if settings.lead_days < 0 or settings.review_days < 1:
        raise SettingsError(
            f"lead_days is {settings.lead_days} and review_days {settings.review_days}; they must be 0 and 1 or more, "
            "such as 42 and 7."
        )
    if settings.mail_lead_days < 0:
        raise SettingsError(f"mail_lead_days is {settings.mail_lead_days}; it must be 0 or more, such as 21.")


def _check_borders(settings: Settings) -> None:
    for name in ("rfm_recency", "rfm_orders", "rfm_value"):
        borders = getattr(settings, name)
        rising = all(one < other for one, other in pairwise(borders))  # so that a nan is refused, too
        if len(borders) not in (0, 4) or not rising or not all(map(math.isfinite, borders)):
            raise SettingsError(
                f"{name} is {', '.join(f'{one:g}' for one in borders)}; it must be four rising numbers, such as "
                f"{_EXAMPLES[name]}, or empty for fifths of the customers."
            )


def _check_currency(settings: Settings) -> None:
    sign = settings.currency
    # What steers a number format of Excel's, or reads as part of the number, is no sign.
    if not 1 <= len(sign) <= 3 or not all(letter.isalpha() or unicodedata.category(letter) == "Sc" for letter in sign):
        raise SettingsError(
            f"currency is {sign!r}; it is a sign or a code of up to three letters, such as £, €, $, kr or CHF."
        )


def _check_mail(settings: Settings) -> None:
    security = settings.smtp_security
    if security not in SECURITIES:
        raise SettingsError(
            f"smtp_security is {security!r}. Allowed: {', '.join(SECURITIES)}.{nearest(security, SECURITIES)}"
        )
    if security == "none" and settings.smtp_host and not _is_this_machine(settings.smtp_host):
        raise SettingsError(
            f"smtp_security is 'none', but {settings.smtp_host} is another machine: what is sent there could be read "
            "on the way. Write starttls or tls; none is for 127.0.0.1, ::1 and localhost."
        )
    if not 0 <= settings.smtp_port < 65_536:
        raise SettingsError(f"smtp_port is {settings.smtp_port}; it is a number up to 65535, such as 587.")
    for extra in settings.mail_extras:
        if extra not in MAIL_EXTRAS:
            raise SettingsError(
                f"mail_extras has {extra!r}. Allowed: {', '.join(MAIL_EXTRAS)}.{nearest(extra, MAIL_EXTRAS)}"
            )
    for name in ("smtp_timeout_seconds", "stale_days", "largest_mail_mb"):
        if not getattr(settings, name) > 0:  # so that a nan is refused, too
            raise SettingsError(f"{name} is {getattr(settings, name)}; it must be more than 0.")


def _is_this_machine(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def _is_pattern(text: str) -> bool:
    try:
        return bool(re.compile(text).pattern)
    except re.error:
        return False


def user_file() -> Path:
    """Where this user's settings file is, whether or not it exists."""
    return user_config_path(APP, appauthor=False) / "settings.toml"


def changes_file(file: Path | None = None) -> Path:
    """What this user changed on a workbook's sheet Settings: beside the settings file."""
    return (file or user_file()).with_name("from-workbook.toml")


def load_settings(
    *, environment: Mapping[str, str] | None = None, file: Path | None = None, **overrides: object
) -> Settings:
    """Settings from the defaults, the user's files, the environment and `overrides`, the later ones winning.

    An override of None means "not said". Raises SettingsError for an unknown name, a value of the wrong
    type and a file that is not TOML.
    """
    said: dict[str, object] = {
        **_from_file(file or user_file()),
        **_from_file(changes_file(file)),
        **_from_environment(os.environ if environment is None else environment),
        **{name: value for name, value in overrides.items() if value is not None},
    }
    return replace(Settings(), **{name: _typed(name, value) for name, value in said.items()})


def change_settings(
    changes: Mapping[str, object], *, environment: Mapping[str, str] | None = None, file: Path | None = None
) -> None:
    """Keep settings for this user, by their names: all that load settings have them from then on. A value of None takes
    back what was changed.

    Raises SettingsError, with nothing changed, for a value that a setting can't have, for one that the environment
    says, and where the file can't be written.
    """
    said = os.environ if environment is None else environment
    kept = _from_file(changes_file(file))
    for name, value in changes.items():
        variable = f"{ENVIRONMENT_PREFIX}{name.upper()}"
        if said.get(variable):
            raise SettingsError(
                f"{name} is set by {variable} in the environment of this computer, to {said[variable]!r}, which goes "
                "before what is set here. Ask IT to take it out there, or clear the cell."
            )
        if value is None:
            kept.pop(name, None)
        else:
            kept[name] = getattr(load_settings(environment={}, file=file, **{name: value}), name)
    text = "".join(f"{name} = {json.dumps(value, ensure_ascii=False)}\n" for name, value in kept.items())
    target = changes_file(file)
    try:
        tomllib.loads(text)  # a character that TOML has not would spoil every later run
        target.parent.mkdir(parents=True, exist_ok=True)
        with atomic_write(target) as out:
            out.write(text.encode())
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"A setting has a character that can't be kept: {error}. Type it anew.") from error
    except OSError as error:
        raise SettingsError(
            f"The settings can't be kept in {target}: {error.strerror}. See to that file, or clear the cells."
        ) from error


def _from_file(file: Path) -> dict[str, object]:
    try:
        said = tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise SettingsError(f"The settings file {file} can't be read: {error}. Mend it or move it away.") from error
    known = [f.name for f in fields(Settings)]
    for name in said:
        if "password" in name:
            raise SettingsError(
                f"The settings file {file} has {name!r}, and a file is no place for a password. Take it out; put it "
                "into the environment as LGS_SMTP_PASSWORD, or into the system's keyring."
            )
        if name not in known:
            raise SettingsError(
                f"The settings file {file} has {name!r}, which is not a setting."
                f"{nearest(name, known)} Known: {', '.join(known)}."
            )
    return said


def _from_environment(environment: Mapping[str, str]) -> dict[str, object]:
    names = {f"{ENVIRONMENT_PREFIX}{f.name.upper()}": f.name for f in fields(Settings)}
    return {names[key]: value for key, value in environment.items() if key in names and value != ""}


def _typed(name: str, value: object) -> Any:
    """`value` as the type of the setting `name`; text from the environment is split at commas for a list."""
    default = asdict(Settings())[name]
    if name in _EXAMPLES:
        return _numbers(name, value)
    if isinstance(default, tuple):
        items = value.split(",") if isinstance(value, str) else value
        if isinstance(items, list | tuple) and all(isinstance(item, str) for item in items):
            return tuple(item.strip() for item in items if item.strip())
    elif isinstance(default, int):
        if isinstance(value, int | str) and not isinstance(value, bool) and re.fullmatch("[+-]?[0-9]+", str(value)):
            return int(value)
    elif isinstance(default, float):
        try:
            return float(value)  # type: ignore[arg-type]  # TypeError is caught: any object may come from TOML
        except (TypeError, ValueError):
            pass
    elif isinstance(value, str):
        return value
    kinds = {tuple: "a list of texts", int: "a whole number", float: "a number", str: "a text"}
    wanted = kinds[type(default)]
    raise SettingsError(f"The setting {name} is {value!r}; it must be {wanted}, such as {default!r}.")


def _numbers(name: str, value: object) -> tuple[float, ...]:
    items = [item for item in value.split(",") if item.strip()] if isinstance(value, str) else value
    try:
        return tuple(float(item) for item in items)  # type: ignore[attr-defined]  # TypeError is caught, as in _typed
    except (TypeError, ValueError):
        raise SettingsError(
            f"The setting {name} is {value!r}; it must be a list of numbers, such as {_EXAMPLES[name]}."
        ) from None
