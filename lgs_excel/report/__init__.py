"""The workbook as frozen data: what it says, how it looks and where each thing stands."""

from lgs_excel import words

__all__ = ["words"]
