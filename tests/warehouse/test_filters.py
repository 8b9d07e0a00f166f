"""What a reader may ask to see, and how a wrong wish is answered."""

from datetime import date

import pytest

from lgs_excel.errors import InputError
from lgs_excel.warehouse.connect import open_warehouse
from lgs_excel.warehouse.filters import Filters, check_countries, parse_filters
from lgs_excel.warehouse.snapshot import open_snapshot
from tests.analytics.small_shop import Line, fill
from tests.conftest import settings_for


@pytest.fixture(scope="module")
def months_of_sales(new_url):
    """A shop with sales from January to June 2011, but for April, in the United Kingdom and in France."""
    settings = settings_for(new_url("duckdb"))
    warehouse = open_warehouse(settings)
    days = ["2011-01-12", "2011-02-10", "2011-03-10", "2011-05-10", "2011-06-10"]
    lines = [
        Line(str(n), day, "1", 1, "1.00", "22423", ("France", "United Kingdom")[n % 2]) for n, day in enumerate(days)
    ]
    fill(warehouse, lines)
    return lambda **filters: open_snapshot(warehouse, settings, parse_filters(**filters))


def period(shop, **filters):
    with shop(**filters) as snapshot:
        return snapshot.period


def refusal(shop, **filters):
    with pytest.raises(InputError) as caught, shop(**filters):
        pass
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_what_is_typed_becomes_dates():
    assert parse_filters(["France", " EIRE ", "France", ""], "2011-01", "2011-03", " 2011-03-15 ") == Filters(
        ("France", "EIRE"), date(2011, 1, 1), date(2011, 3, 1), date(2011, 3, 15)
    )


def test_nothing_typed_filters_nothing():
    assert parse_filters() == Filters()


def test_filters_can_be_said_in_words():
    filters = parse_filters(["France", "EIRE"], "2011-01", "2011-03", "2011-03-15")
    assert filters.text == "France and EIRE, from 2011-01, to 2011-03, as of 2011-03-15"
    assert Filters().text == "none"


def test_the_first_month_may_not_be_after_the_last():
    with pytest.raises(InputError) as caught:
        parse_filters(from_month="2011-03", to_month="2011-02")
    assert str(caught.value) == "--from 2011-03 is after --to 2011-02. Give the earlier month to --from."


@pytest.mark.parametrize("day", ["2011-02-30", "9 Dec 2011", "2011-12", "tomorrow"])
def test_a_day_that_is_none_is_refused(day):
    with pytest.raises(InputError, match=f"'{day}' is not a day. Write it as YYYY-MM-DD, such as 2011-12-10."):
        parse_filters(as_of=day)


def test_countries_are_found_in_whatever_case():
    assert check_countries(["france", "EIRE", "eire"], ["EIRE", "France"]) == ("France", "EIRE")


def test_a_country_that_the_data_spell_in_two_ways_is_both():
    assert check_countries(["eire"], ["Eire", "EIRE", "France"]) == ("EIRE", "Eire")


def test_an_unknown_country_names_the_nearest():
    with pytest.raises(InputError) as caught:
        check_countries(["Frnace"], ["France", "Germany"])
    assert str(caught.value) == "'Frnace' is not a country in the data. Nearest: France."


def test_a_country_like_none_names_those_that_there_are():
    with pytest.raises(InputError) as caught:
        check_countries(["Atlantis"], ["Germany", "France"])
    assert str(caught.value) == "'Atlantis' is not a country in the data. Known: France, Germany."


def test_the_snapshot_knows_the_country_as_the_data_spell_it(months_of_sales):
    with months_of_sales(countries=["FRANCE"]) as snapshot:
        assert snapshot.filters.countries == ("France",)
        assert snapshot.countries == ("France", "United Kingdom")


def test_an_unknown_country_is_refused_by_the_snapshot(months_of_sales):
    assert refusal(months_of_sales, countries=["Untied Kingdom"]).endswith("Nearest: United Kingdom.")


@pytest.mark.parametrize(
    ("filters", "said"),
    [
        ({"from_month": "2010-12"}, "--from 2010-12 is not in the data."),
        ({"from_month": "2011-07"}, "--from 2011-07 is not in the data."),
        ({"to_month": "2010-12"}, "--to 2010-12 is not in the data."),
        ({"to_month": "2012-01"}, "--to 2012-01 is not in the data."),
        ({"as_of": "2010-12-31"}, "--as-of 2010-12-31 is before the data begin."),
        ({"as_of": "2011-01-01"}, "--as-of 2011-01-01 is before the data begin."),
    ],
)
def test_a_time_out_of_reach_names_the_reach(months_of_sales, filters, said):
    assert refusal(months_of_sales, **filters) == f"{said} The data run from 2011-01 to 2011-06."


@pytest.mark.parametrize(
    ("filters", "said"),
    [
        ({"as_of": "2011-01-12"}, "as of 2011-01-12"),
        ({"from_month": "2011-04", "to_month": "2011-04"}, "from 2011-04, to 2011-04"),
        ({"from_month": "2011-06", "as_of": "2011-06-10"}, "from 2011-06, as of 2011-06-10"),
    ],
)
def test_filters_that_leave_nothing_are_refused(months_of_sales, filters, said):
    reach = "The data run from 2011-01-12 to 2011-06-10."
    assert refusal(months_of_sales, **filters) == f"The filters ({said}) leave no line. {reach}"


def test_without_filters_the_period_is_the_history(months_of_sales):
    whole = period(months_of_sales)
    assert (whole.first_month, whole.last_month) == (date(2011, 1, 1), date(2011, 6, 1))
    assert (whole.data_through, whole.as_of) == (date(2011, 6, 10), date(2011, 6, 11))
    assert len(whole.months) == 6
    assert not whole.goes_on


def test_a_country_has_the_period_of_the_whole_shop(months_of_sales):
    assert period(months_of_sales, countries=["United Kingdom"]) == period(months_of_sales)


def test_a_last_month_ends_the_period_and_the_shop_goes_on(months_of_sales):
    until_march = period(months_of_sales, to_month="2011-03")
    assert (until_march.last_month, until_march.data_through) == (date(2011, 3, 1), date(2011, 3, 10))
    assert until_march.as_of == date(2011, 3, 11)
    assert until_march.goes_on
    assert not period(months_of_sales, to_month="2011-03", as_of="2011-04-20").goes_on


def test_an_as_of_date_of_a_first_month_is_allowed_once_it_has_lines(months_of_sales):
    assert period(months_of_sales, as_of="2011-01-13").data_through == date(2011, 1, 12)
