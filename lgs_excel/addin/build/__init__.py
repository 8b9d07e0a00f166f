"""The macro workbook from text: VBA, ribbon and sheets to an .xlsm, without Excel."""
