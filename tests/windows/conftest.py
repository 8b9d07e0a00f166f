"""These tests want Windows: elsewhere they are not collected. `make test-windows` runs them under Wine."""

import ctypes
import sys

import pytest

collect_ignore_glob = [] if sys.platform == "win32" else ["test_*.py"]


@pytest.fixture(scope="session", autouse=True)
def desktop():
    """Begin Wine's desktop here: it keeps the pipes of whichever process wants it first open."""
    ctypes.windll.user32.GetDesktopWindow()
