"""The study: what was asked, of whom, and what is expected. `load_study` reads the page and says all that is wrong."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from pathlib import Path

from ..errors import DataError, Place, Problem, StudyError, problem
from .checking import check_page, sound
from .consistency import contradictions
from .dictionaries import resolved
from .find import page_of
from .items import ItemList, PlacedItem, read_items
from .page import (
    Cleaning,
    Hypothesis,
    ItemEntry,
    Model,
    Noun,
    Nouns,
    Page,
    Population,
    ResponsesFile,
    Role,
    Scale,
    Scoring,
    Source,
    Strata,
    TableFile,
    Tables,
    Variable,
    Words,
)
from .yaml_page import YamlPage, read_yaml

ITEMS = "items.csv"

#: Parts of a page that speak of answers: without a file of answers there is nothing to show for them.
_OF_ANSWERS = (
    "scales", "constructs", "factors", "outcomes", "items", "variables", "models", "hypotheses", "population", "strata"
)  # fmt: skip
TABLE_KINDS = tuple(each.name for each in fields(Tables))
#: What a chapter may need of a page: one of its parts, or a kind of table.
PARTS = ("responses", *_OF_ANSWERS, *TABLE_KINDS)


@dataclass(frozen=True)
class Item:
    """A question, the construct that it measures and how it is keyed."""

    code: str
    construct: str
    text: Words
    reverse: bool
    column: str | None
    scale: str


@dataclass(frozen=True)
class Construct:
    """What several items measure together."""

    code: str
    name: Words
    role: Role
    scale: str
    score: Scoring
    minimum: int  # least number of answered items for a score
    items: tuple[str, ...]


@dataclass(frozen=True)
class Study:
    """A study as its page declares it."""

    id: str
    title: Words
    simulated: bool
    chapter: int
    period: Words | None
    nouns: dict[str, Noun]
    sources: dict[str, Source]
    responses: ResponsesFile | None  # None: a study without answers of persons
    tables: dict[str, TableFile]  # by kind; printed tables as "published.reliability"
    scales: dict[str, Scale]
    constructs: dict[str, Construct]
    items: dict[str, Item]
    variables: dict[str, Variable]
    models: dict[str, Model]
    hypotheses: dict[str, Hypothesis]
    cleaning: Cleaning
    thresholds: dict[str, float]
    population: Population | None
    strata: Strata | None
    folder: Path
    data_folder: Path
    unconfirmed: tuple[str, ...]  # items whose reverse-keying is a guess: not applied
    guesses: tuple[str, ...]  # parts of the page that nobody has confirmed: "constructs.DT", "models"
    fingerprint: str  # sha256 of study.yml and items.csv

    @property
    def members(self) -> dict[str, tuple[str, ...]]:
        """Items of every construct."""
        return {code: construct.items for code, construct in self.constructs.items()}

    @property
    def factors(self) -> tuple[str, ...]:
        """Constructs that explain."""
        return tuple(code for code, construct in self.constructs.items() if construct.role == "factor")

    @property
    def outcomes(self) -> tuple[str, ...]:
        """Constructs that are to be explained."""
        return tuple(code for code, construct in self.constructs.items() if construct.role == "outcome")

    @property
    def texts(self) -> dict[str, Words]:
        """Question of every item."""
        return {code: item.text for code, item in self.items.items()}

    @property
    def answers(self) -> ResponsesFile:
        """The file of answers.

        Raises
        ------
        DataError
            ``study.no_responses`` for a study that has none: it holds published figures, no answers of persons.
        """
        if self.responses is None:
            raise DataError(problem("study.no_responses", Place(file="study.yml"), study=self.id))
        return self.responses

    @property
    def files(self) -> tuple[str, ...]:
        """Every file that the page declares, the answers first."""
        answers = (self.responses.file,) if self.responses else ()
        return tuple(dict.fromkeys((*answers, *(table.file for table in self.tables.values()))))

    def lacks(self, needs: Iterable[str]) -> tuple[str, ...]:
        """What the page does not have of what a chapter needs.

        Parameters
        ----------
        needs : iterable of str
            Parts of the page (``constructs``, ``models`` …) or kinds of tables (``indices``, ``published`` …).

        Returns
        -------
        tuple of str
            What is absent, once each; ``responses`` stands for every part that speaks of answers where there are none.
        """
        return tuple(dict.fromkeys(each for need in needs if (each := self._lacks(need))))

    def _lacks(self, need: str) -> str | None:
        if need in TABLE_KINDS:
            return None if any(kind.split(".")[0] == need for kind in self.tables) else need
        if need in _OF_ANSWERS and self.responses is None:
            return "responses"
        return None if getattr(self, need) else need

    def words(self, code: str) -> Words | None:
        """What a construct, variable or item is called; None for a code that the page does not know."""
        if code in self.constructs:
            return self.constructs[code].name
        if code in self.variables:
            return self.variables[code].name
        return self.items[code].text if code in self.items else None

    def scale_of(self, item: str) -> Scale:
        """The scale on which an item is answered."""
        return self.scales[self.items[item].scale]


def load_study(path: str | Path, *, data: str | Path | None = None) -> Study:
    """Read a study page and its items.

    Parameters
    ----------
    path : str or Path
        The study's folder, its study.yml, or its name below `data/raw`.
    data : str or Path, optional
        Where the files of answers lie when they are not beside the page.

    Returns
    -------
    Study
        Checked: every code that is used is declared.

    Raises
    ------
    StudyError
        Everything that is wrong with the page and with items.csv, each with its line.

    Examples
    --------
    >>> load_study("impulse_buying").factors
    ('SC', 'SI', 'TR', 'HM', 'SL', 'PP')
    """
    study, found = examined(path, data=data)
    if found or study is None:
        raise StudyError(*found)
    return study


def examined(path: str | Path, *, data: str | Path | None = None) -> tuple[Study | None, tuple[Problem, ...]]:
    """A study as far as its page is sound, and everything that is wrong with the page and with items.csv.

    Parameters
    ----------
    path, data
        As for `load_study`.

    Returns
    -------
    Study or None
        Without the scales, constructs, items, variables and models that are wrong or rest on something wrong, so that
        the file of answers can be held against the rest. None where the page does not say which file that is.
    tuple of Problem
        Empty for a page that `load_study` takes.

    Raises
    ------
    StudyError
        There is no such page, or it cannot be read at all.
    """
    page_file = page_of(path)
    folder = page_file.parent
    data_folder = Path(data).absolute() if data is not None else folder
    raw_page = _bytes(page_file)
    source = read_yaml(raw_page, page_file.name)
    checked = check_page(source, page_file.name)
    items_file = folder / ITEMS
    raw_items = _bytes(items_file) if items_file.is_file() else b""
    listed = read_items(raw_items, ITEMS) if items_file.is_file() else ItemList((), ())
    placed = (*_in_page(checked.page, source, page_file.name), *listed.items)
    found = (*checked.problems, *listed.problems, *contradictions(source, checked, placed, page_file.name, data_folder))
    fingerprint = hashlib.sha256(b"%d\n" % len(raw_page) + raw_page + raw_items).hexdigest()
    items = {each.code: each.entry for each in placed}
    page = checked.page
    if found:
        if any(path[:1] in ((), ("responses",)) for path in checked.replaced) or page.responses is None:
            return None, found
        page, items = sound(checked, items)
    return _study(page, items, folder, data_folder, fingerprint), found


def _in_page(page: Page, source: YamlPage, file: str) -> Iterator[PlacedItem]:
    """Items that stand in the page itself."""
    for code, entry in page.items.items():
        yield PlacedItem(code, entry, Place(file=file, line=source.line(("items", code))))


def _bytes(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError:
        raise StudyError(problem("study.unreadable", Place(file=file.name))) from None


def _study(page: Page, items: dict[str, ItemEntry], folder: Path, data_folder: Path, fingerprint: str) -> Study:
    return Study(
        id=page.study,
        title=page.title,
        simulated=page.simulated,
        chapter=page.chapter,
        period=page.period,
        nouns=_nouns(page.nouns),
        sources=page.sources,
        responses=page.responses,
        tables=page.tables.files,
        scales={code: resolved(scale) for code, scale in page.scales.items()},
        constructs={code: _construct(page, code, items) for code in page.constructs},
        items={code: _item(page, code, entry) for code, entry in items.items()},
        variables=page.variables,
        models=page.models,
        hypotheses=page.hypotheses,
        cleaning=page.cleaning,
        thresholds=page.thresholds,
        population=page.population,
        strata=page.strata,
        folder=folder,
        data_folder=data_folder,
        unconfirmed=tuple(code for code, entry in items.items() if entry.reverse == "guess"),
        guesses=page.unconfirmed,
        fingerprint=fingerprint,
    )


def _nouns(nouns: Nouns) -> dict[str, Noun]:
    named = {name: getattr(nouns, name) for name in ("respondent", "unit", "outcome", "place")}
    return {name: noun for name, noun in named.items() if noun is not None}


def _item(page: Page, code: str, entry: ItemEntry) -> Item:
    scale = entry.scale or page.constructs[entry.construct].scale
    return Item(code, entry.construct, entry.text, entry.reverse is True, entry.column, scale)


def _construct(page: Page, code: str, items: dict[str, ItemEntry]) -> Construct:
    entry = page.constructs[code]
    members = tuple(item for item, each in items.items() if each.construct == code)
    half = (len(members) + 1) // 2
    minimum = half if entry.minimum is None else entry.minimum
    return Construct(code, entry.name, entry.role, entry.scale, entry.score, minimum, members)
