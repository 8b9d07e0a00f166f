"""The charts of the report, a file each: a function from figures to a matplotlib Figure, which make_chart draws."""
