"""The report's nine pictures, drawn anew, against as many plain figures of matplotlib's."""

import gc
import time
from collections.abc import Callable, Iterator
from functools import cache
from io import BytesIO

from benchmarks.measure import Row, returned_by
from benchmarks.shops import settings_of

# Before the charts were made of Axes, a picture took 0.49 of a plain one; one and a half times as much is allowed.
BAR = 1.5 * 0.49


def rows(urls: dict[str, str], _: float) -> Iterator[Row]:
    """The row of docs/performance.md about pictures."""
    ours, plain = returned_by(nine_pictures_and_plain_ones, urls["duckdb"])
    yield Row("nine pictures", "nine plain two-Axes figures", ours / plain, BAR, f"{ours:.2f} s, {plain:.2f} s")


def nine_pictures_and_plain_ones(url: str, runs: int = 7) -> list[float]:
    """Seconds of both, in turn in one process: the fastest of `runs` each."""
    answers = _answers(url)
    ours, plain = (
        min(times)
        for times in zip(*((_time(draw_nine, *answers), _time(plain_nine)) for _ in range(runs)), strict=True)
    )
    return [ours, plain]


def _time(function: Callable[..., None], *arguments: object) -> float:
    gc.collect()
    start = time.perf_counter()
    function(*arguments)
    return time.perf_counter() - start


@cache
def _answers(url: str):
    from lgs_excel.analytics.catalogue import Options, answer_all
    from lgs_excel.warehouse.connect import open_warehouse
    from lgs_excel.warehouse.snapshot import open_snapshot

    settings = settings_of(url)
    with open_snapshot(open_warehouse(settings), settings) as snapshot:
        return answer_all(snapshot, Options(top=50)), snapshot.period.data_through


def draw_nine(answers, through) -> None:
    from lgs_excel.report.chart_style import load_style
    from lgs_excel.report.charts import (
        customers,
        forecast,
        invoices,
        movement,
        orders,
        picture,
        products,
        sales,
        segments,
    )

    picture.draw.cache_clear()
    style, reach = load_style(), (answers.sales.unfinished, through)
    for function, *figures in (
        (invoices.invoices_figure, answers.invoices),
        (invoices.trimmed_figure, answers.invoices),
        (orders.orders_figure, answers.orders, *reach),
        (sales.sales_figure, answers.sales, through),
        (customers.customers_figure, answers.customers, *reach),
        (segments.segments_figure, answers.rfm),
        (products.products_figure, answers.products),
        (forecast.forecast_figure, answers.forecast),
        (movement.movement_figure, answers.movement),
    ):
        picture.make_chart("lgs_chart", "", style, function, *figures)


def plain_nine() -> None:
    """A dozen bars in each of two Axes, made and saved as matplotlib does of itself, in the size of our pictures."""
    from matplotlib.figure import Figure

    for _ in range(9):
        figure = Figure((760 / 96, 380 / 96))
        for axes in figure.subplots(2, 1):
            axes.bar(range(13), range(1, 14))
            axes.set_title("Net sales by month")
        figure.savefig(BytesIO(), format="png", dpi=192)
