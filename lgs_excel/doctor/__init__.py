"""Is this machine set up, and if not, what mends it?"""

from __future__ import annotations

import json
from dataclasses import asdict

from lgs_excel.doctor.finding import Finding, Level
from lgs_excel.doctor.folders import folder_findings
from lgs_excel.doctor.machine import Machine, this_machine
from lgs_excel.doctor.python import python_findings
from lgs_excel.doctor.warehouse import warehouse_findings
from lgs_excel.doctor.workbook import workbook_findings

__all__ = ["Finding", "Level", "Machine", "as_json", "as_text", "examine"]


def examine(
    book: str | None = None, *, warehouse: str | None = None, machine: Machine | None = None
) -> tuple[Finding, ...]:
    """Every check of this machine in the order in which a user would mend them: Python, the workbook, the settings, the
    warehouse, the mail. Never raises for what it finds: that is a finding.

    book: a workbook's path as Excel or a person gives it (None: no workbook is looked at). warehouse: a URL in place of
    that of the settings. machine: another than this one.
    """
    machine = machine or this_machine()
    return (
        *python_findings(machine),
        *(workbook_findings(book, machine) if book else ()),
        *folder_findings(machine),
        *warehouse_findings(warehouse),
    )


def as_text(findings: tuple[Finding, ...]) -> str:
    """The findings to read, one below the other, each with its remedy; a last line says how many there are to mend."""
    marks = {Level.OK: "ok", Level.WARNING: "note", Level.BAD: "BAD"}
    width = max(len(finding.name) for finding in findings)
    lines = []
    for finding in findings:
        lines.append(f"{marks[finding.level]:4}  {finding.name:{width}}  {finding.found}")
        if finding.remedy:
            lines.append(f"{'':{width + 6}}  → {finding.remedy}")
    bad = sum(finding.level is Level.BAD for finding in findings)
    lines.append(f"To mend: {bad}." if bad else "Nothing to mend.")
    return "\n".join(lines)


def as_json(findings: tuple[Finding, ...]) -> str:
    """The findings as one array of records: name, level, found, remedy."""
    return json.dumps([asdict(finding) for finding in findings], ensure_ascii=False, indent=1)
