"""Work beside the thread that talks to Excel, and what is said of it."""

import json
from threading import Event

import pytest

from lgs_excel.addin import progress
from lgs_excel.addin.background import in_background
from lgs_excel.addin.progress import Progress


class EscError(Exception):
    """The reader has pressed Esc."""


def press_esc():
    raise EscError


def test_steps_are_said_here_and_what_is_found_is_given():
    shown, said = Event(), []

    def work(say):
        say("Reading")
        assert shown.wait(10)
        return 17

    def show(step):
        said.append(step)
        shown.set()

    assert in_background(work, show, lambda: None) == 17
    assert said == ["Reading"]


def test_what_goes_wrong_is_raised_here():
    def work(_):
        raise ValueError("no such country")

    with pytest.raises(ValueError, match="no such country"):
        in_background(work, lambda _: None, lambda: None)


def test_esc_ends_the_wait_while_the_work_is_busy_and_the_work_at_its_next_step():
    released, ended, went_on = Event(), Event(), []

    def work(say):
        try:
            assert released.wait(10)
            say("Drawing")
            went_on.append("Drawing")
        finally:
            ended.set()

    with pytest.raises(EscError):
        in_background(work, lambda _: None, press_esc)
    assert not ended.is_set()
    released.set()
    assert ended.wait(10)
    assert went_on == []


def test_the_next_work_waits_until_the_one_before_is_at_its_end():
    released, order = Event(), []

    def first(_):
        assert released.wait(10)
        order.append("first")

    with pytest.raises(EscError):
        in_background(first, lambda _: None, press_esc)
    in_background(lambda _: order.append("second"), lambda _: None, released.set)
    assert order == ["first", "second"]


@pytest.fixture
def clock(monkeypatch, tmp_path):
    """A clock that shows what its first element is; the seconds are kept in `tmp_path`."""
    now = [100.0]
    monkeypatch.setattr(progress, "monotonic", lambda: now[0])
    monkeypatch.setattr(progress, "user_cache_path", lambda *_, **__: tmp_path / "cache")
    return now


def test_seconds_so_far_and_an_estimate_from_the_last_time(clock):
    first = Progress("refresh_all")
    first.step = "3 of 13 Sales"
    clock[0] += 4
    assert first.text == "3 of 13 Sales … 4 s"
    clock[0] += 8
    first.keep()
    second = Progress("refresh_all")
    second.step = "Reading"
    clock[0] += 5
    assert second.text == "Reading … 5 s of about 12 s"
    clock[0] += 8
    assert second.text == "Reading … 13 s"
    assert Progress("save_copy").text == " … 0 s"


@pytest.mark.parametrize("kept", ["", "[1]", "{", '{"refresh_all": "long"}', b"\xff"])
def test_a_spoilt_file_of_seconds_gives_no_estimate_and_is_written_anew(clock, tmp_path, kept):
    file = tmp_path / "cache/seconds.json"
    file.parent.mkdir()
    file.write_bytes(kept if isinstance(kept, bytes) else kept.encode())
    made = Progress("refresh_all")
    assert made.text == " … 0 s"
    clock[0] += 2
    made.keep()
    assert json.loads(file.read_text()) == {"refresh_all": 2.0}


def test_where_nothing_can_be_kept_there_is_no_estimate(clock, tmp_path):
    (tmp_path / "cache").write_text("a file, and no folder")
    made = Progress("refresh_all")
    clock[0] += 2
    made.keep()
    assert Progress("refresh_all").text == " … 0 s"
