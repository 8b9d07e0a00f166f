"""Season calendar: when each season's trade begins and ends, and by when its mail must be out."""

from __future__ import annotations

from lgs_excel import formatting as fmt
from lgs_excel.analytics.season import Seasons, next_mail
from lgs_excel.report.context import Context
from lgs_excel.report.model import Cell, Column, Kind, Mark, Note, Sheet, Table, Value
from lgs_excel.report.tables import table
from lgs_excel.settings import Settings

COLUMNS = {
    "theme": Column("Theme", Kind.TEXT),
    "season": Column("Season", Kind.TEXT),
    "products": Column("Products", Kind.COUNT),
    "sales": Column("Sales", Kind.MONEY),
    "mail_by": Column("Mail by", Kind.DAY),
    "start": Column("Start (10%)", Kind.DAY),
    "half": Column("Half", Kind.DAY),
    "end": Column("End (90%)", Kind.DAY),
    "seen": Column("Seen", Kind.TEXT),
}


def season_sheet(seasons: Seasons, settings: Settings, context: Context) -> Sheet:
    """The sheet Season calendar."""
    shown = seasons.seasons.assign(
        season=seasons.seasons["season"].astype("str"),
        seen=["whole" if whole else "in part" for whole in seasons.seasons["complete"]],
    )
    lead = settings.mail_lead_days
    notes = [
        f"Mail by: {lead} days before the start. Start, half and end: when 10%, 50% and 90% of its sales were reached.",
        "In part: the data shown do not hold the whole season, so that these days may move.",
        "Themes, their words and days are settings (themes, mail_lead_days).",
    ]
    return Sheet(
        title="Season calendar",
        finding=_finding(seasons, settings, context),
        coverage=context.coverage,
        blocks=(
            *([table("lgs_Seasons", shown, COLUMNS)] if len(shown) else []),
            *([_months(seasons)] if len(shown) else []),
            *(Note(note, Mark.QUIET) for note in notes),
        ),
    )


def _months(seasons: Seasons) -> Table:
    """A row a season, a column a month of the year."""
    rows: list[tuple[Value | Cell, ...]] = []
    for theme, season in zip(seasons.seasons["theme"], seasons.seasons["season"], strict=True):
        mine = seasons.months[(seasons.months["theme"] == theme) & (seasons.months["season"] == season)]
        shares = dict(zip(mine["month"].dt.month, mine["share"], strict=True))
        rows.append((theme, str(season), *(shares.get(month) for month in range(1, 13))))
    months = tuple(Column(name[:3], Kind.SHARE) for name in fmt.MONTHS)
    columns = Column("Theme", Kind.TEXT), Column("Season", Kind.TEXT), *months
    ends = months[0].header, months[-1].header
    return Table("lgs_Season_Months", columns, tuple(rows), "Which months make a season's sales", (ends,))


def _finding(seasons: Seasons, settings: Settings, context: Context) -> str:
    mail = next_mail(seasons, settings, context.period)
    if mail is None:
        return "No season has been seen from its first day to its own day yet: when the next begins is not known."
    return (
        f"Next to mail for: {mail.theme}, by {fmt.day(mail.day)}, if it goes as in {mail.season}, when it brought "
        f"{fmt.money(mail.sales)}."
    )
