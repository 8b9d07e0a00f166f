"""The same Report as a file (headless) or into the open book (live)."""
