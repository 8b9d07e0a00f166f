"""The pictures of the report, one function each: an analysis's answer → a Chart that says its finding."""

from lgs_excel.report.charts.customers import customers_chart
from lgs_excel.report.charts.forecast import forecast_chart
from lgs_excel.report.charts.invoices import invoice_chart, trimmed_invoice_chart
from lgs_excel.report.charts.movement import movement_chart
from lgs_excel.report.charts.orders import orders_chart
from lgs_excel.report.charts.products import products_chart
from lgs_excel.report.charts.sales import sales_chart
from lgs_excel.report.charts.segments import segments_chart

__all__ = [
    "customers_chart",
    "forecast_chart",
    "invoice_chart",
    "movement_chart",
    "orders_chart",
    "products_chart",
    "sales_chart",
    "segments_chart",
    "trimmed_invoice_chart",
]
