"""What every format writes: columns of codes, and for each column its words and the labels of its values."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import pandas as pd

from ...study import Source, Study, Words
from ...survey import Responses
from ..block import plain
from ..document.unconfirmed import unconfirmed
from ..pen import Pen
from ..words import languages, phrase

Kind: TypeAlias = Literal["item", "category", "ordered", "number", "score", "id"]


@dataclass(frozen=True)
class Level:
    """One value that a column may have, and what it means."""

    code: int | str
    label: Words


@dataclass(frozen=True)
class Field:
    """A column: its name, what it is called, its values."""

    name: str
    label: Words
    kind: Kind
    levels: tuple[Level, ...] = ()
    low: float | None = None
    high: float | None = None
    concept: Words | None = None  # what an item measures
    reverse: bool = False  # turned round: a high value means more of the concept

    @property
    def type(self) -> Literal["integer", "number", "string"]:
        """What stands in its cells."""
        if self.kind == "item":
            return "integer"
        return "number" if self.kind in ("number", "score") else "string"


@dataclass(frozen=True, eq=False)
class Dataset:
    """Columns with their fields: no row number, no id, no free text, unless a field says so."""

    id: str
    title: Words
    simulated: bool
    fields: tuple[Field, ...]
    columns: Mapping[str, list[Any]]  # name -> cells: int, float, str or None
    version: str = ""  # hash of what it was made of
    personal: bool = False  # whether it must be said that these are still personal data
    sources: tuple[tuple[str, str], ...] = ()  # citation and address
    guesses: Words | None = None  # what of the labels and levels nobody has confirmed

    @property
    def remarks(self) -> tuple[Words, ...]:
        """What must be said of the data wherever they are described."""
        keys = (("source.simulated", self.simulated), ("export.personal", self.personal))
        said = tuple(Words(**{lang: phrase(key, lang) for lang in languages()}) for key, true in keys if true)
        return (*said, self.guesses) if self.guesses else said

    @property
    def n(self) -> int:
        """Respondents."""
        return len(next(iter(self.columns.values()), ()))


def dataset(responses: Responses) -> Dataset:
    """The cleaned answers of a study with their labels.

    Parameters
    ----------
    responses : Responses
        From `prepare`.

    Returns
    -------
    Dataset
        Items, variables and scores in the order of the page; reverse-keyed items are already turned round.
    """
    study, frame = responses.study, responses.frame
    fields = fields_of(study)
    return Dataset(
        id=study.id,
        title=study.title,
        simulated=study.simulated,
        fields=fields,
        columns={field.name: cells(frame[field.name], field) for field in fields},
        version=responses.fingerprint,
        personal=not study.simulated,
        sources=tuple((_citation(each), each.address or "") for each in study.sources.values()),
        guesses=_guesses(study),
    )


def _guesses(study: Study) -> Words | None:
    said = {lang: " ".join(plain(text) for text in unconfirmed(study, Pen(lang, study))) for lang in languages()}
    return Words(**said) if all(said.values()) else None


def _citation(source: Source) -> str:
    first, *_ = languages()
    return source.citation if isinstance(source.citation, str) else source.citation[first]


def fields_of(study: Study) -> tuple[Field, ...]:
    """The columns of a study's responses, in their order."""
    items = []
    for code, item in study.items.items():
        scale = study.scale_of(code)
        levels = tuple(Level(value, words) for value, words in sorted(scale.levels.items()))
        concept = study.constructs[item.construct].name
        items.append(Field(code, item.text, "item", levels, scale.low, scale.high, concept, item.reverse))
    variables = [
        Field(
            code,
            each.name,
            each.kind,
            tuple(Level(level, words) for level, words in each.levels.items()),
            each.min,
            each.max,
        )
        for code, each in study.variables.items()
    ]
    scores = [Field(code, each.name, "score") for code, each in study.constructs.items()]
    return (*items, *variables, *scores)


def cells(column: pd.Series[Any], field: Field) -> list[Any]:
    """A column of responses as plain values; None where nothing stands."""
    if field.type == "string":
        return [None if value is None or value != value else str(value) for value in column.astype(object)]
    values = [None if math.isnan(value) else value for value in column.astype(float).tolist()]
    return [None if value is None else int(value) for value in values] if field.type == "integer" else values
