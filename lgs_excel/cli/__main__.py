"""`python -m lgs_excel.cli`: the same as `lgs-excel`."""

from lgs_excel.cli import main

main()
