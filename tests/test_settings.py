"""Settings from four places, and what is said about those that can't be used."""

from dataclasses import FrozenInstanceError, fields, replace
from pathlib import Path

import pytest

from lgs_excel.errors import SettingsError
from lgs_excel.settings import Settings, change_settings, changes_file, default_warehouse_url, load_settings, user_file

NOWHERE = Path("/nowhere/settings.toml")


@pytest.fixture
def load(tmp_path):
    """Loads settings from the text of a file, an environment and what a caller says."""

    def load_from(text=None, environment=None, **said):
        file = tmp_path / "settings.toml"
        if text is not None:
            file.write_text(text, encoding="utf-8")
        return load_settings(environment=environment or {}, file=file, **said)

    return load_from


def refusal(load, *args, **said):
    with pytest.raises(SettingsError) as caught:
        load(*args, **said)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_without_a_word_all_settings_are_the_defaults(load):
    assert load() == Settings()


def test_the_default_warehouse_is_a_file_in_the_users_data_folder():
    assert default_warehouse_url().startswith("duckdb:///")
    assert default_warehouse_url().endswith("lgs_excel/lgs.duckdb")
    assert Settings().warehouse_url == default_warehouse_url()


def test_the_users_file_is_in_the_users_configuration_folder():
    assert user_file().parts[-2:] == ("lgs_excel", "settings.toml")


def test_the_file_goes_before_the_defaults(load):
    assert load('company = "From file"').company == "From file"


def test_the_environment_goes_before_the_file(load):
    assert load('company = "From file"', {"LGS_COMPANY": "From environment"}).company == "From environment"


def test_the_caller_goes_before_the_environment(load):
    loaded = load('company = "From file"', {"LGS_COMPANY": "From environment"}, company="From caller")
    assert loaded.company == "From caller"


def test_what_the_caller_does_not_say_changes_nothing(load):
    assert load('company = "From file"', company=None).company == "From file"


def test_an_empty_variable_says_nothing(load):
    assert load('company = "From file"', {"LGS_COMPANY": ""}).company == "From file"


def test_variables_of_other_programs_are_no_concern(load):
    assert load(None, {"COMPANY": "Other", "LGS_REAL_DATA": "sales.parquet", "PATH": "/bin"}) == Settings()


def test_every_setting_can_come_from_each_place(load):
    for field in fields(Settings):
        value = getattr(Settings(), field.name)
        text = ",".join(value) if isinstance(value, tuple) else str(value)
        toml = repr(list(value) if isinstance(value, tuple) else value)
        assert load(None, {f"LGS_{field.name.upper()}": text}) == Settings()
        assert load(f"{field.name} = {toml}") == Settings()
        assert load(None, **{field.name: value}) == Settings()


def test_the_environment_of_this_process_is_read_unless_another_is_given(monkeypatch):
    monkeypatch.setenv("LGS_COMPANY", "From this process")
    assert load_settings(file=NOWHERE).company == "From this process"


def test_a_list_in_a_variable_is_split_at_commas(load):
    assert load(None, {"LGS_CLOSED_WEEKDAYS": "Saturday, Sunday"}).closed_weekdays == ("Saturday", "Sunday")


def test_a_list_in_the_file_is_one(load):
    assert load('closed_weekdays = ["Sunday"]').closed_weekdays == ("Sunday",)
    assert load("closed_weekdays = []").closed_weekdays == ()


def test_a_whole_number_may_be_written_as_text(load):
    assert load(None, {"LGS_SMTP_PORT": "465"}).smtp_port == 465
    assert load("smtp_port = 465").smtp_port == 465


def test_a_number_may_be_written_as_text_in_a_variable(load):
    assert load(None, {"LGS_LOCK_WAIT_SECONDS": "2.5"}).lock_wait_seconds == 2.5
    assert load("lock_wait_seconds = 3").lock_wait_seconds == 3.0


def test_settings_do_not_change(load):
    with pytest.raises(FrozenInstanceError):
        load().company = "Other"


def test_an_unknown_name_in_the_file_names_the_nearest(load, tmp_path):
    said = refusal(load, 'compny = "x"')
    assert said.startswith(f"The settings file {tmp_path / 'settings.toml'} has 'compny', which is not a setting.")
    assert " Nearest: company. Known: warehouse_url, company, " in said


def test_a_file_that_is_not_toml_is_named(load, tmp_path):
    said = refusal(load, "company: x")
    assert said.startswith(f"The settings file {tmp_path / 'settings.toml'} can't be read: ")
    assert said.endswith("Mend it or move it away.")


def test_a_file_that_is_not_text_is_named(load, tmp_path):
    (tmp_path / "settings.toml").write_bytes(b"\xff\xfe\x00")
    assert "can't be read: " in refusal(load)


def test_a_folder_in_place_of_the_file_is_named(load, tmp_path):
    (tmp_path / "settings.toml").mkdir()
    assert "can't be read: " in refusal(load)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("company = 7", "The setting company is 7; it must be a text, such as 'London Gift Shop'."),
        (
            "lock_wait_seconds = 'long'",
            "The setting lock_wait_seconds is 'long'; it must be a number, such as 30.0.",
        ),
        ("lock_wait_seconds = []", "The setting lock_wait_seconds is []; it must be a number, such as 30.0."),
        (
            "closed_weekdays = 6",
            "The setting closed_weekdays is 6; it must be a list of texts, such as ('Saturday',).",
        ),
        (
            "closed_weekdays = [6]",
            "The setting closed_weekdays is [6]; it must be a list of texts, such as ('Saturday',).",
        ),
        ("lock_wait_seconds = -1", "lock_wait_seconds is -1.0; it must be 0 or more."),
        ("most_rejected_share = 1.5", "most_rejected_share is 1.5; it is a share between 0 and 1, such as 0.05."),
        ("most_rejected_share = nan", "most_rejected_share is nan; it is a share between 0 and 1, such as 0.05."),
        ("smtp_port = 'ssl'", "The setting smtp_port is 'ssl'; it must be a whole number, such as 0."),
        ("smtp_port = 2.5", "The setting smtp_port is 2.5; it must be a whole number, such as 0."),
        ("smtp_port = true", "The setting smtp_port is True; it must be a whole number, such as 0."),
        ("smtp_port = 65536", "smtp_port is 65536; it is a number up to 65535, such as 587."),
        ("smtp_security = 'ssl'", "smtp_security is 'ssl'. Allowed: starttls, tls, none."),
        ("mail_extras = ['pfd']", "mail_extras has 'pfd'. Allowed: pdf, customers. Nearest: pdf."),
        ("stale_days = 0", "stale_days is 0; it must be more than 0."),
        ("largest_mail_mb = nan", "largest_mail_mb is nan; it must be more than 0."),
        ("smtp_timeout_seconds = 0", "smtp_timeout_seconds is 0.0; it must be more than 0."),
        (
            "closed_days = ['24-12']",
            "closed_days has '24-12', which is not a day of the year. Write it as MM-DD, such as 12-24.",
        ),
    ],
)
def test_a_value_that_cannot_be_used_is_refused_with_what_is_allowed(load, text, said):
    assert refusal(load, text) == said


def test_a_weekday_that_is_none_names_the_nearest(load):
    said = refusal(load, None, {"LGS_CLOSED_WEEKDAYS": "Saterday"})
    assert said.startswith("closed_weekdays has 'Saterday', which is not a weekday. Allowed: Monday, ")
    assert said.endswith(" Nearest: Saturday.")


def test_a_wait_is_of_some_number_of_seconds(load):
    assert refusal(load, "lock_wait_seconds = nan") == "lock_wait_seconds is nan; it must be 0 or more."


@pytest.mark.parametrize("pattern", ["[0-9", "(", ""])
def test_a_pattern_that_is_none_is_refused(load, pattern):
    assert refusal(load, f"product_code_pattern = '{pattern}'") == (
        f"product_code_pattern is '{pattern}', which is not a regular expression. "
        "Write one that product codes match, such as ^[0-9]{5}."
    )


def test_the_29th_of_february_may_be_a_closed_day():
    assert replace(Settings(), closed_days=("02-29",)).closed_days == ("02-29",)


def test_an_unknown_calendar_is_refused_when_it_is_needed(load):
    from datetime import date

    from lgs_excel.analytics.trading_days import trading_days

    with pytest.raises(
        SettingsError, match=r"bank_holidays is 'Narnia', which is not a known calendar\. Write a country"
    ):
        trading_days(date(2011, 1, 1), date(2011, 1, 9), load("bank_holidays = 'Narnia'"))


@pytest.fixture
def change(tmp_path):
    """Changes settings as a workbook does, beside the file of `load`."""

    def change_settings_of(environment=None, **changes):
        change_settings(changes, environment=environment or {}, file=tmp_path / "settings.toml")

    return change_settings_of


def test_what_is_changed_in_a_workbook_goes_between_file_and_environment(load, change):
    load('company = "From file"\nlead_days = 14')
    change(
        company='A "quoted" \\ name — £ 🎁', themes="Spring 03-21: TULIP,Summer 06-21: SUN", rfm_value="1, 2.5, 3, 4"
    )
    assert load().company == 'A "quoted" \\ name — £ 🎁'
    assert (load().lead_days, load().rfm_value) == (14, (1, 2.5, 3, 4))
    assert load().themes == ("Spring 03-21: TULIP", "Summer 06-21: SUN")
    assert load(None, {"LGS_COMPANY": "From environment"}).company == "From environment"
    change(company=None)
    assert (load().company, load().rfm_value) == ("From file", (1, 2.5, 3, 4))


@pytest.mark.parametrize("changes", [{"lead_days": "x"}, {"themes": "?"}, {"company": "\x7f"}])
def test_a_change_that_can_not_be_changes_nothing(load, change, tmp_path, changes):
    change(company="Before")
    kept = changes_file(tmp_path / "settings.toml").read_bytes()
    with pytest.raises(SettingsError):
        change(review_days=3, **changes)
    assert changes_file(tmp_path / "settings.toml").read_bytes() == kept
    assert load().company == "Before"


def test_a_change_of_what_the_environment_says_is_refused(load, change):
    with pytest.raises(SettingsError, match="company is set by LGS_COMPANY in the environment of this computer"):
        change({"LGS_COMPANY": "IT's"}, company="Mine")
    assert load() == Settings()


@pytest.mark.parametrize("sign", ["", "EURO", "1", ";", "@", "£ ", '"', "[€]", "\n"], ids=repr)
def test_a_currency_is_a_sign_or_a_code(load, sign):
    assert refusal(load, currency=sign) == (
        f"currency is {sign!r}; it is a sign or a code of up to three letters, such as £, €, $, kr or CHF."
    )


@pytest.mark.parametrize("sign", ["£", "€", "$", "kr", "CHF", "₹", "R$", "zł"])
def test_currencies_of_others_are_taken(load, sign):
    assert load(currency=sign).currency == sign
