"""The mailed workbook: what the mail says, who may get it, who got it, and how it gets there."""
