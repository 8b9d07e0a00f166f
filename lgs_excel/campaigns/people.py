"""Files of people as marketing has them: contacts with e-mail addresses, lists of customers, lists of who must not be
written to.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from lgs_excel.delivery.addresses import is_address
from lgs_excel.errors import InputError
from lgs_excel.formatting import count
from lgs_excel.loading.list_file import read_list

_NAMES = {
    "customer_id": ("customerid", "customerno", "customernumber", "clientid", "kundennummer", "id", "customer"),
    "email": ("emailaddress", "email", "mailaddress", "mail", "subscriber"),
    "first_name": ("firstname", "givenname", "fname", "vorname"),
    "last_name": ("lastname", "surname", "familyname", "lname", "nachname"),
}


@dataclass(frozen=True)
class Contact:
    """email as written, "" if none; names "" if not known."""

    email: str
    first_name: str = ""
    last_name: str = ""


@dataclass(frozen=True)
class Contacts:
    """By customer number: the contact, and every address in the file, without capitals. remarks: what was passed over,
    counted, in sentences.
    """

    by_customer: dict[str, Contact] = field(default_factory=dict)
    addresses: dict[str, set[str]] = field(default_factory=dict)
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Suppressed:
    """Who must not be written to: customer numbers, and addresses without capitals."""

    customers: frozenset[str] = frozenset()
    emails: frozenset[str] = frozenset()


def stopped_customers(suppressed: Suppressed, contacts: Contacts) -> frozenset[str]:
    """The customers who must not be written to: those named, and those who share an address with one of them, or have a
    suppressed one in any of their rows: they are the same people.
    """
    customers, emails = set(suppressed.customers), set(suppressed.emails)
    while True:
        emails.update(*(contacts.addresses.get(customer, ()) for customer in customers))
        more = {customer for customer, mine in contacts.addresses.items() if not mine.isdisjoint(emails)} - customers
        if not more:
            return frozenset(customers)
        customers |= more


def read_contacts(path: Path) -> Contacts:
    """A CSV file with a customer number and an e-mail address in each row, and perhaps names.

    A customer who comes twice has the first address; what is no address counts as none. Raises InputError for a file
    that can't be read, or lacks one of the two columns.
    """
    columns, rows = read_list(path, _NAMES)
    for needed, what, example in (
        ("customer_id", "customer numbers", "Customer ID"),
        ("email", "e-mail addresses", "Email"),
    ):
        if needed not in columns:
            raise InputError(
                f"{path} has no column of {what}. Give a CSV file whose first row names it, such as {example!r}; "
                "nothing was written."
            )
    found: dict[str, Contact] = {}
    addresses: dict[str, set[str]] = {}
    without = no_address = twice = no_customer = 0
    for row in rows:
        cells = {name: row[place].strip() if place < len(row) else "" for name, place in columns.items()}
        customer, email = customer_number(cells["customer_id"]), cells["email"].removeprefix("mailto:")
        if not customer:
            no_customer += 1
            continue
        known = bool(email) and is_address(email)
        if known:
            addresses.setdefault(customer, set()).add(email.casefold())
        if customer in found:
            twice += 1
            continue
        no_address += bool(email) and not known
        without += not email
        email = email if known else ""
        found[customer] = Contact(email, cells.get("first_name", ""), cells.get("last_name", ""))
    remarks = [
        f"{path.name}: {count(len(found), 'customer')}.",
        *([f"{count(twice, 'row')} for a customer who was there already: the first one counts."] if twice else []),
        *([f"{count(without, 'row')} without an address."] if without else []),
        *([f"{count(no_address, 'row')} with a text that is no address: it counts as none."] if no_address else []),
        *([f"{count(no_customer, 'row')} without a customer number: left out."] if no_customer else []),
    ]
    return Contacts(found, addresses, tuple(remarks))


def read_customers(path: Path) -> frozenset[str]:
    """The customer numbers of a CSV file that has them in a column, or of a file with one in each line."""
    columns, rows = read_list(path, _NAMES)
    place = columns.get("customer_id", 0)
    cells = [row[place] for row in rows if place < len(row)]
    found = frozenset(filter(None, map(customer_number, cells)))
    if not found:
        raise InputError(f"{path} has no customer numbers. Give a CSV file with one in each line; nothing was written.")
    return found


def read_suppressed(path: Path) -> Suppressed:
    """A CSV file with customer numbers or e-mail addresses, or with both: under names, or one in each line."""
    columns, rows = read_list(path, _NAMES)
    customers: set[str] = set()
    emails: set[str] = set()
    places = [columns[name] for name in ("customer_id", "email") if name in columns] or [0]
    for row in rows:
        for cell in (row[place].strip() for place in places if place < len(row)):
            if "@" in cell:
                emails.add(cell.removeprefix("mailto:").casefold())
            elif customer := customer_number(cell):
                customers.add(customer)
    return Suppressed(frozenset(customers), frozenset(emails))


def customer_number(text: str) -> str:
    """As the warehouse has it: 17850.0, " 17850 " and ="17850" are "17850"."""
    cleaned = text.strip().removeprefix("=").removeprefix("'").strip('" ')
    return re.sub(r"\.0+\Z", "", cleaned)
