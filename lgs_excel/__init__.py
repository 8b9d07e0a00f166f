"""Sales analytics for London Gift Shop: from export files to a finished Excel workbook."""

__version__ = "0.1.0"
