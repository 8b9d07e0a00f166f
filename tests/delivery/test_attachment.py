"""A report that was written before, mailed as it is; and its Summary as a PDF."""

import os
import shutil
import stat
from dataclasses import replace

import openpyxl
import pytest

from lgs_excel.delivery import pdf
from lgs_excel.delivery.attachment import read_report
from lgs_excel.delivery.digest import digest
from lgs_excel.delivery.mailing import delivery_key, plan_mailing
from lgs_excel.delivery.send import send
from lgs_excel.errors import DeliveryError
from lgs_excel.report.model import Mark, Note
from lgs_excel.writers.headless import workbook_bytes, write
from tests.components import need
from tests.delivery.conftest import PASSWORD, READERS
from tests.delivery.sample_mail import CHANGES, mail_report, parsed
from tests.report.sample_reports import report as other_report


@pytest.fixture
def file(tmp_path):
    """Writes a report to a file."""

    def file(report, name="report.xlsx"):
        write(report, tmp_path / name)
        return tmp_path / name

    return file


def test_a_file_says_in_a_mail_what_its_report_does(file):
    made = mail_report(*CHANGES, customers=False)
    read, content = read_report(file(made), customers=False)
    assert content == workbook_bytes(made)
    assert digest(read) == digest(made)
    assert read.facts == made.facts


def test_sentences_that_a_sheet_wraps_are_whole_again(file):
    long = Note(f"France bought {'many a lantern and ' * 20}more.")
    made = mail_report(*CHANGES[:2], long, CHANGES[2], customers=False)
    assert digest(read_report(file(made), customers=False)[0]).changes == digest(made).changes


def test_a_file_is_the_same_news_as_its_report(file, mail_settings, postbox, delivery_log):
    settings = mail_settings()
    made = mail_report(customers=False, filters="France, " * 60)
    read, content = read_report(file(made), customers=False)
    mailing = plan_mailing(settings, READERS)
    assert delivery_key(read.title, read.facts, mailing) == delivery_key(made.title, made.facts, mailing)
    send(made, mailing, settings, delivery_log, None, lambda _: None).check()
    send(read, mailing, settings, delivery_log, content, lambda _: None).check()
    assert len(postbox.mails) == len(READERS)


def test_a_file_arrives_byte_for_byte(file, mail_settings, postbox, delivery_log):
    settings = mail_settings()
    read, content = read_report(path := file(mail_report(customers=False)), customers=False)
    send(read, plan_mailing(settings, READERS[:1]), settings, delivery_log, content, lambda _: None).check()
    (attached,) = parsed(postbox.got(READERS[0])[0]).iter_attachments()
    assert attached.get_content() == path.read_bytes()


def test_a_file_that_lists_customers_is_mailed_only_on_purpose(file):
    path = file(mail_report())
    with pytest.raises(DeliveryError, match=r"lists customers\. Say --with-customers"):
        read_report(path, customers=False)
    assert read_report(path, customers=True)[1] == path.read_bytes()


def test_a_sheet_of_customers_under_another_name_is_found(file, tmp_path):
    made = mail_report()
    renamed = tuple(replace(one, title="List") if one.title == "RFM Customers" else one for one in made)
    summary = replace(
        renamed[0], blocks=tuple(b for b in renamed[0].blocks if getattr(b, "link", "") != "RFM Customers")
    )
    with pytest.raises(DeliveryError, match="lists customers"):
        read_report(file(replace(made, sheets=(summary, *renamed[1:]))), customers=False)


def test_what_is_no_report_is_said(file, tmp_path):
    with pytest.raises(DeliveryError, match="is not a report of lgs-excel"):
        read_report(file(other_report()), customers=False)
    book = openpyxl.Workbook()
    book.save(tmp_path / "any.xlsx")
    (tmp_path / "text.xlsx").write_text("hello")
    for name in ("any.xlsx", "text.xlsx"):
        with pytest.raises(DeliveryError, match=f"{name} is not a report of lgs-excel"):
            read_report(tmp_path / name, customers=False)
    with pytest.raises(DeliveryError, match=r"nowhere\.xlsx can't be read: No such file"):
        read_report(tmp_path / "nowhere.xlsx", customers=False)


def test_a_workbook_with_macros_is_not_mailed(tmp_path):
    with pytest.raises(DeliveryError, match=r"LGS\.xlsm is not a \.xlsx file; mail filters take others"):
        read_report(tmp_path / "LGS.xlsm", customers=False)


def test_the_summary_is_attached_as_a_pdf_of_one_page(mail_settings, postbox, delivery_log):
    need("soffice")
    settings = mail_settings(mail_extras=["pdf"])
    send(mail_report(), plan_mailing(settings, READERS[:1]), settings, delivery_log, None, lambda _: None).check()
    _, page = parsed(postbox.got(READERS[0])[0]).iter_attachments()
    assert (page.get_content_type(), page.get_filename()[-4:]) == ("application/pdf", ".pdf")
    assert page.get_content().startswith(b"%PDF-")
    assert page.get_content().count(b"/Type/Page\n") + page.get_content().count(b"/Type/Page/") == 1


def test_without_libreoffice_the_mail_goes_without_a_pdf_and_says_so(mail_settings, postbox, delivery_log, monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda _: None)
    monkeypatch.setattr(pdf, "_USUAL", ())
    settings = mail_settings()
    delivery = send(
        mail_report(), plan_mailing(settings, READERS[:1], pdf=True), settings, delivery_log, None, lambda _: None
    )
    delivery.check()
    remark = "There is no PDF this time: LibreOffice, which makes it, is not there or failed."
    assert delivery.remarks == (remark,)
    assert len(list(parsed(postbox.got(READERS[0])[0]).iter_attachments())) == 1


def test_libreoffice_is_not_given_the_password(monkeypatch, tmp_path):
    program = tmp_path / "soffice"
    program.write_text(f"#!/bin/sh\nenv > {tmp_path}/seen\n")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("LGS_SMTP_PASSWORD", PASSWORD)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    assert pdf.summary_pdf(b"") is None
    seen = (tmp_path / "seen").read_text()
    assert "PATH=" in seen
    assert PASSWORD not in seen


def test_marks_of_the_summary_are_not_read_as_what_changed(file):
    made = mail_report(Note("What changes", Mark.HEADING), Note("Nothing."), customers=False)
    assert digest(read_report(file(made), customers=False)[0]).changes == ()
