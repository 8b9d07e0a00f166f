"""Excel: the macro workbook, its ribbon, macros and worksheet functions."""
