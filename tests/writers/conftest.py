"""Workbooks that are open in a spreadsheet application."""

from tests.libreoffice.fixtures import app, open_book

__all__ = ["app", "open_book"]
