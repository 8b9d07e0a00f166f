"""Small files in the user's cache folder, by which a new process knows what the last one worked out.

They are for that user alone, and believed only while the program is the one that wrote them.
"""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass
from functools import cache, partial
from hashlib import sha256
from pathlib import Path

from platformdirs import user_cache_path

from lgs_excel import __version__
from lgs_excel.errors import SettingsError
from lgs_excel.files import atomic_write, patiently
from lgs_excel.settings import APP

_DIGEST = sha256().digest_size
_CODE = {".py", ".j2", ".mplstyle"}


@dataclass(frozen=True)
class UserCache:
    """Files in a folder of this name, those used last; most: how many."""

    name: str
    most: int

    @property
    def folder(self) -> Path:
        """Where they are, whether or not there are any."""
        return user_cache_path(APP, appauthor=False) / self.name

    def get(self, key: str) -> bytes | None:
        """What was put under this key; None where nothing was, it is spoilt, or others may have written it."""
        with suppress(OSError):
            file = self._file(key)
            if os.name == "nt" or _is_ours(file):
                digest, content = (whole := file.read_bytes())[:_DIGEST], whole[_DIGEST:]
                if digest == sha256(content).digest():
                    os.utime(file)
                    return content
        return None

    def put(self, key: str, content: bytes) -> None:
        """Keep `content` for other processes; without a word where it can't be kept, as it can be worked out again."""
        with suppress(OSError):
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            with atomic_write(self._file(key), private=True, durable=False) as out:
                out.write(sha256(content).digest() + content)
            by_age = sorted(self.folder.iterdir(), key=lambda one: one.stat().st_mtime, reverse=True)
            for old in by_age[self.most :]:
                old.unlink(missing_ok=True)

    def _file(self, key: str) -> Path:
        return self.folder / sha256(f"{_program()} {key}".encode(errors="surrogatepass")).hexdigest()[:32]


ANSWERS = UserCache("answers", 4)  # filters that a reader goes to and fro between
PICTURES = UserCache("pictures", 48)  # a report has fourteen


def clear_user_cache() -> None:
    """Delete all of them. Raises SettingsError for a file that can't be deleted."""
    for files in (ANSWERS, PICTURES):
        try:
            for file in files.folder.glob("*"):
                patiently(partial(file.unlink, missing_ok=True))  # another process may be writing it
        except OSError as error:
            raise SettingsError(
                f"{error.filename}, kept of the last report, can't be deleted: {error.strerror}. Delete it by hand."
            ) from error


@cache
def _program() -> str:
    """What tells this program from every other version and edition of it."""
    files = sorted(one for one in Path(__file__).parent.rglob("*") if one.suffix in _CODE)
    return repr((__version__, [(one.name, one.stat().st_size, one.stat().st_mtime_ns) for one in files]))


def _is_ours(file: Path) -> bool:
    """Whether this user alone may write the file and its folder; Windows keeps others out of a user's profile."""
    states = file.stat(), file.parent.stat()
    return all(state.st_uid == os.getuid() and not state.st_mode & 0o022 for state in states)
