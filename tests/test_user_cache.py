"""What a process keeps for the next: whole, for its user alone, and believed from the same program only."""

import os
from threading import Timer

import pytest

from lgs_excel import user_cache
from lgs_excel.errors import SettingsError
from lgs_excel.user_cache import ANSWERS, PICTURES, UserCache, clear_user_cache


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """A cache of two files in a folder of the test's own."""
    monkeypatch.setattr(user_cache, "user_cache_path", lambda *_, **__: tmp_path)
    return UserCache("answers", most=2)


def only_file(cache):
    (file,) = cache.folder.iterdir()
    return file


def test_what_is_put_is_there_under_its_key_alone(cache):
    assert cache.get("one") is None
    cache.put("one", b"first")
    cache.put("one", b"second")
    assert (cache.get("one"), cache.get("other")) == (b"second", None)


def test_those_used_last_stay(cache):
    for number, key in enumerate(("one", "two", "one", "three")):
        cache.put(key, key.encode())
        for file in cache.folder.iterdir():
            os.utime(file, ns=(0, file.stat().st_mtime_ns - 10**9 * (4 - number)))
    assert [cache.get(key) for key in ("one", "two", "three")] == [b"one", None, b"three"]


@pytest.mark.parametrize(
    "spoil",
    [lambda content: content[:-1], lambda _: b"", lambda content: content + b"x"],
    ids=["cut", "empty", "longer"],
)
def test_a_spoilt_file_is_not_believed(cache, spoil):
    cache.put("one", b"first")
    file = only_file(cache)
    file.write_bytes(spoil(file.read_bytes()))
    assert cache.get("one") is None


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps others out of a user's profile")
def test_only_its_user_may_read_it_and_what_others_may_write_is_not_believed(cache):
    cache.put("one", b"first")
    file = only_file(cache)
    assert [one.stat().st_mode & 0o777 for one in (file, file.parent)] == [0o600, 0o700]
    for place in (file, file.parent):
        mode = place.stat().st_mode
        place.chmod(mode | 0o020)
        assert cache.get("one") is None
        place.chmod(mode)
    assert cache.get("one") == b"first"


def test_another_version_of_the_program_believes_nothing(cache, monkeypatch):
    cache.put("one", b"first")
    monkeypatch.setattr(user_cache, "_program", lambda: "another")
    assert cache.get("one") is None


def test_where_nothing_can_be_kept_nothing_is(cache):
    cache.folder.parent.mkdir(exist_ok=True)
    cache.folder.write_text("no folder")
    cache.put("one", b"first")
    assert cache.get("one") is None


def test_clearing_leaves_no_file(cache):
    for files in (ANSWERS, PICTURES):
        files.put("one", b"first")
    clear_user_cache()
    assert (ANSWERS.get("one"), PICTURES.get("one")) == (None, None)
    (PICTURES.folder / "a folder").mkdir(parents=True)
    with pytest.raises(SettingsError, match=r"a folder, kept of the last report, can't be deleted: .*by hand"):
        clear_user_cache()


def test_clearing_waits_for_a_file_that_another_process_writes():
    PICTURES.folder.mkdir(parents=True, exist_ok=True)
    half = PICTURES.folder / ".half-written"
    writer = half.open("wb")
    later = Timer(0.5, writer.close)
    later.start()
    clear_user_cache()
    later.join()
    assert not half.exists()
