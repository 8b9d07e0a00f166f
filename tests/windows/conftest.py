"""These tests want Windows: elsewhere they are not collected. `make test-windows` runs them under Wine."""

import sys

collect_ignore_glob = [] if sys.platform == "win32" else ["test_*.py"]
