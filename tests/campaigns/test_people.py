"""Contacts, lists of customers and of who must not be written to, as people have them."""

import pytest

from lgs_excel.campaigns.people import Contact, read_contacts, read_customers, read_suppressed, stopped_customers
from lgs_excel.errors import InputError


@pytest.fixture
def written(tmp_path):
    """A file of this text, or of these bytes."""

    def write(content):
        file = tmp_path / "contacts.csv"
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
        return file

    return write


@pytest.mark.parametrize(
    "content",
    [
        "customer_id,email\n17850,ann@example.com\n",
        "Email Address;Customer ID\r\nann@example.com;17850.0\r\n",
        "sep=;\r\nCustomer No.;E-Mail\r\n 17850 ;ann@example.com\r\n",
        'Customer\tMail\n="17850"\tann@example.com\n',
        "id,email\n'17850,mailto:ann@example.com\n\n",
    ],
)
def test_an_address_is_found_by_the_customers_number(written, content):
    assert read_contacts(written(content)).by_customer == {"17850": Contact("ann@example.com")}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_names_are_read_in_any_encoding(written, encoding):
    content = "customer_id,email,First Name,Surname\n1,zoe@example.com,Zoë,Müller\n".encode(encoding)
    assert read_contacts(written(content)).by_customer == {"1": Contact("zoe@example.com", "Zoë", "Müller")}


def test_what_is_passed_over_is_counted(written):
    found = read_contacts(
        written("id,email\n1,a@example.com\n1,b@example.com\n2,\n3,=cmd|'calc'!A1\n,c@example.com\n4,d e@example.com\n")
    )
    assert {customer: one.email for customer, one in found.by_customer.items()} == {
        "1": "a@example.com", "2": "", "3": "", "4": "",
    }  # fmt: skip
    assert found.remarks == (
        "contacts.csv: 4 customers.",
        "1 row for a customer who was there already: the first one counts.",
        "1 row without an address.",
        "2 rows with a text that is no address: it counts as none.",
        "1 row without a customer number: left out.",
    )


@pytest.mark.parametrize(
    ("content", "missing"),
    [
        ("name,email\nAnn,a@example.com\n", "no column of customer numbers"),
        ("customer_id,phone\n1,2\n", "no column of e-mail addresses"),
        ("", "is empty"),
    ],
)
def test_a_file_without_what_is_needed_is_refused(written, content, missing):
    with pytest.raises(InputError, match=missing):
        read_contacts(written(content))


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(InputError, match="can't be read"):
        read_contacts(tmp_path / "none.csv")


@pytest.mark.parametrize("content", ["17850\n12346.0\n", "Customer ID,Country\n17850,UK\n12346,UK\n"])
def test_customers_are_read_with_and_without_a_name_of_their_column(written, content):
    assert read_customers(written(content)) == {"17850", "12346"}


@pytest.mark.parametrize("content", ["17850\nANN@example.com\n", "email,customer_id\nann@example.com,17850\n"])
def test_who_must_not_be_written_to_is_known_by_number_or_address(written, content):
    found = read_suppressed(written(content))
    assert (found.customers, found.emails) == ({"17850"}, {"ann@example.com"})


def test_the_same_people_are_stopped_whatever_they_are_known_by(written, tmp_path):
    contacts = read_contacts(
        written("id,email\n1,a@example.com\n2,A@example.com\n2,b@example.com\n3,b@example.com\n4,d@example.com\n5,\n")
    )
    for stop in ("1", "b@example.com", "A@EXAMPLE.COM"):
        (tmp_path / "stop.csv").write_text(f"{stop}\n")
        assert stopped_customers(read_suppressed(tmp_path / "stop.csv"), contacts) >= {"1", "2", "3"}
        assert stopped_customers(read_suppressed(tmp_path / "stop.csv"), contacts).isdisjoint({"4", "5"})


@pytest.mark.parametrize(
    "header", ["Customer,Customer ID,Email", "customer,ID,Mail,Email Address", "Mail,Customer No,Customer,E-mail"]
)
def test_the_surest_name_of_a_column_counts(written, header):
    cells = {"Customer": "Ann", "customer": "Ann", "Mail": "yes", "ID": "17850"}
    cells |= {"Customer ID": "17850", "Customer No": "17850"}
    row = ",".join(cells.get(name, "ann@example.com") for name in header.split(","))
    assert read_contacts(written(f"{header}\n{row}\n")).by_customer == {"17850": Contact("ann@example.com")}
