"""The workbook as frozen data: what it says, how it looks and where each thing stands."""
