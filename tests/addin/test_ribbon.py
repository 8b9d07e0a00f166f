"""The ribbon: valid, complete, and each callback there with the arguments that Office gives."""

import zipfile

import pytest

from lgs_excel.analytics.rfm import SEGMENTS
from tests.addin.ribbon import NAMESPACE, SIGNATURES, callbacks, controls, ribbon, subs
from tests.components import ooxml_errors


def test_microsofts_schema_takes_it(built):
    assert [error for error in ooxml_errors(built) if "customUI" in error.part] == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'size="large"', b'size="huge"'),
        (b"screentip=", b"screentips="),
        (b"<tabs>", b"<tabs><button/>"),
        (b'id="lgsMail"', b'name="lgsMail"'),
        (b'maxLength="7"', b'maxLength="seven"'),
    ],
)
def test_microsofts_schema_sees_what_is_wrong(built, tmp_path, old, new):
    broken = tmp_path / "broken.xlsm"
    with zipfile.ZipFile(built) as archive, zipfile.ZipFile(broken, "w") as other:
        for name in archive.namelist():
            part = archive.read(name)
            other.writestr(name, part.replace(old, new, 1) if name == "customUI/customUI.xml" else part)
    assert any("customUI" in error.part for error in ooxml_errors(broken))


def test_every_callback_is_there_with_its_arguments():
    found = subs()
    assert callbacks()
    for one, attribute, name in callbacks():
        assert found[name] == SIGNATURES[attribute], (one.get("id"), attribute)


def test_no_callback_is_left_over():
    used = {name for _, _, name in callbacks()}
    assert set(subs()) - used == {"LGS_Invalidate"}  # the Settings sheet calls it


def test_there_are_fourteen_controls_at_most():
    assert len(controls()) <= 14


def test_each_control_has_a_label_a_key_and_an_explanation():
    for one in controls():
        assert one.get("label")
        assert one.get("screentip")
        assert len(one.get("supertip")) > 40
    keys = [one.get("keytip") for one in controls()]
    assert len(set(keys)) == len(keys)
    assert all(key and key.isalnum() for key in keys)


def test_identifiers_are_unique():
    ids = [one.get("id") for one in ribbon().iter() if isinstance(one.tag, str) and one.get("id")]
    assert len(set(ids)) == len(ids)


def test_there_is_a_button_for_each_segment():
    buttons = ribbon().findall(f".//{NAMESPACE}menu[@id='lgsExport']/{NAMESPACE}button")
    assert [one.get("tag") for one in buttons] == [segment.name for segment in SEGMENTS]
    assert [one.get("label") for one in buttons] == [segment.name for segment in SEGMENTS]


def test_a_filter_is_tagged_with_its_cell(empty_report):
    tags = [one.get("tag") for one in controls() if one.get("tag")]
    assert tags == ["lgs_Country", "lgs_From", "lgs_To", "lgs_StockFile"]
    assert set(tags) <= set(empty_report.sheets[-1].cell_names)
