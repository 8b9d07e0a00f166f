"""How fast and how small, measured side by side with yardsticks in one run; `make bench` prints the table."""
