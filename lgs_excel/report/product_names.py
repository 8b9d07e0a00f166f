"""Products' names as people write them, wherever a person reads them; exports write them in capitals."""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar

import pandas as pd

from lgs_excel import formatting as fmt

T = TypeVar("T")
# Columns that hold a name, or several.
_NAMES = ("description", "description_a", "description_b", "items", "last_items")


def with_names(answers: T) -> T:
    """Answers, a frame or what has some, with the names of products in title form; what has none is the same object."""
    if isinstance(answers, pd.DataFrame):
        names = [name for name in _NAMES if name in answers.columns]
        return answers.assign(**{name: _written(answers[name]) for name in names}) if names else answers
    if is_dataclass(answers) and not isinstance(answers, type):
        parts = {field.name: getattr(answers, field.name) for field in fields(answers)}
        changed = {name: new for name, part in parts.items() if (new := with_names(part)) is not part}
        return replace(answers, **changed) if changed else answers
    return answers


def _written(names: pd.Series[Any]) -> pd.Series[Any]:
    return names.map({name: fmt.title_form(name) for name in names.unique() if isinstance(name, str)})
