"""One file a sheet: from an answer to what the workbook says about it."""
