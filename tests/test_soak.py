"""Refreshes in one process, as the warm add-in makes them, leave nothing behind (200 of them: benchmarks/soak.py)."""

import gc
import tempfile
import weakref
from pathlib import Path

import pytest
import sqlalchemy as sa

from lgs_excel.analytics.known_answers import KNOWN
from lgs_excel.pipeline import write_report
from lgs_excel.settings import Settings
from lgs_excel.user_cache import clear_user_cache
from lgs_excel.warehouse.connect import Warehouse
from tests.analytics.small_shop import Line, fill

WARM, MORE = 3, 12
A_FEW = 40  # objects that come and go by themselves; one statement that SQLAlchemy keeps is hundreds

pytestmark = pytest.mark.skipif(
    not Path("/proc/self/fd").exists(), reason="open files are counted where Linux has them"
)


def alive() -> int:
    """Objects in use. Notes of views that are gone aren't: pandas drops those that a column has at the 500th only."""
    return sum(1 for one in gc.get_objects() if not (isinstance(one, weakref.ref) and one() is None))


def held(warehouse: Warehouse) -> dict[str, int]:
    """Open files, temporary folders, and what a server has of us."""
    found = {
        "files": len(list(Path("/proc/self/fd").iterdir())),
        "folders": len(list(Path(tempfile.gettempdir()).iterdir())),
    }
    if not warehouse.engine.embedded:
        with warehouse.reading() as connection:
            ours = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            tables = "SELECT count(*) FROM pg_class WHERE relpersistence = 't' AND relkind = 'r'"
            found |= {"connections": connection.scalar(sa.text(ours)), "tables": connection.scalar(sa.text(tables))}
    return found


@pytest.mark.parametrize("rollups", [True, False], ids=["with kept rollups", "without"])
def test_refreshes_leave_nothing_behind(
    warehouse: Warehouse, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, rollups: bool
) -> None:
    fill(warehouse, [Line(str(n), f"2011-0{1 + n % 5}-1{n % 7} 10:00", str(n % 9)) for n in range(40)], rollups=rollups)
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))

    def refresh(times: int) -> int:
        for _ in range(times):
            KNOWN.forget()
            clear_user_cache()
            write_report(tmp_path / "report.xlsx", settings)
        gc.collect()
        return alive()

    objects, before = refresh(WARM), held(warehouse)
    assert refresh(MORE) - objects < A_FEW
    assert held(warehouse) == before
