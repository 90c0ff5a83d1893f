"""What may stand in a study page: one frozen class for each kind of entry, its attributes the keys of the page.

These are plain dataclasses; pydantic checks a page against them, and only then is it imported (`checking.py`). The text
under each attribute is what editors show (`docs/study.schema.json`).
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Any, ClassVar, Literal, TypeAlias

Language: TypeAlias = str
Role: TypeAlias = Literal["factor", "outcome", "mediator", "moderator", "control", "rater", "other"]
Scoring: TypeAlias = Literal["mean", "sum"]
Kind: TypeAlias = Literal["category", "ordered", "number"]

_STRICT: dict[str, Any] = {"extra": "forbid", "strict": True, "use_attribute_docstrings": True}


@dataclass(frozen=True)
class Words:
    """The same words in Vietnamese and in English."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _STRICT
    vi: str
    """Vietnamese."""
    en: str
    """English."""

    def __getitem__(self, lang: Language) -> str:
        return {"vi": self.vi, "en": self.en}[lang]


@dataclass(frozen=True)
class Noun:
    """What the study calls something, in both languages, with a plural where it differs."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _STRICT
    vi: str
    """Vietnamese, for instance: cán bộ, công chức."""
    en: str
    """English singular, for instance: civil servant."""
    vi_many: str | None = None
    """Vietnamese for several; the same word where it is left out."""
    en_many: str | None = None
    """English plural; the same word where it is left out."""

    def __getitem__(self, lang: Language) -> str:
        return {"vi": self.vi, "en": self.en}[lang]

    def many(self, lang: Language) -> str:
        """The word for several."""
        return {"vi": self.vi_many, "en": self.en_many}[lang] or self[lang]


@dataclass(frozen=True)
class Source:
    """Where data come from."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _STRICT
    citation: str | Words
    """How to cite the source."""
    address: str | None = None
    """Address of the page that describes the data."""
    download: str | None = None
    """Address of the file itself (http or https); `analysis get` brings it. Needs sha256."""
    date: str | None = None
    """When the file was published or fetched, in quotes."""
    licence: str | Words | None = None
    """Under which terms the data may be used."""
    sha256: str | None = None
    """SHA-256 of the file: 64 hexadecimal digits. A file with another one is refused."""


@dataclass(frozen=True)
class ResponsesFile:
    """The file of answers and how it is read."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _STRICT
    file: str
    """File name inside the study's folder: text, a workbook, or a file of a statistics program."""
    sheet: str | None = None
    """Sheet of a workbook; the first one where it is left out."""
    source: str | None = None
    """Which entry of sources the file comes from."""
    id: str | None = None
    """Header of the column that identifies a response; the id itself never reaches a report."""
    encoding: str | None = None
    """Encoding of the text where what was found is wrong or unclear: utf-8, windows-1258, windows-1252, tcvn3, vni …"""
    delimiter: Literal[",", ";", "tab"] | None = None
    """What separates the cells of a csv file; found from the header where it is left out."""
    decimal: Literal[".", ","] | None = None
    """Decimal sign of numbers written as text; found from the cells where it is left out."""
    form: str | None = None
    """The questionnaire as the survey tool keeps it: an XLSForm (KoboToolbox, ODK) or a structure file (LimeSurvey)."""
    choices: str | None = None
    """The lists of choices of an XLSForm that is two csv files; form is then the questions."""


@dataclass(frozen=True)
class TableFile:
    """A further table of the study: a file of figures beside the answers, or instead of them."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _STRICT
    file: str
    """File name inside the study's folder: .csv, .xlsx or .sav."""
    source: str | None = None
    """Which entry of sources the table comes from."""
    sha256: str | None = None
    """SHA-256 of the file: 64 hexadecimal digits. A file with another one is refused."""
    sheet: str | None = None
    """Sheet of a workbook; the first one where it is left out."""
    encoding: str | None = None
    """Encoding of a csv file that is not UTF-8, for instance windows-1258."""
    delimiter: Literal[",", ";", "tab"] | None = None
    """What separates the cells of a csv file; found from the header where it is left out."""
    decimal: Literal[".", ","] = "."
    """Decimal sign of the table's numbers."""
    names: dict[str, Words] = field(default_factory=dict)
    """What the codes in the table (an index, an era, a printed scale) are called in both languages."""


@dataclass(frozen=True)
class PublishedTables:
    """Tables printed elsewhere, one file for each kind; their columns are listed in docs/study-page.md."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _STRICT
    reliability: TableFile | None = None
    """Item-total tables with Cronbach's alpha."""
    correlations: TableFile | None = None
    """Correlation matrices, one row a cell."""
    coefficients: TableFile | None = None
    """Coefficients of regressions."""
    models: TableFile | None = None
    """Summaries and analyses of variance of regressions."""
    groups: TableFile | None = None
    """Size, mean and standard deviation of groups."""
    t_tests: TableFile | None = None
    """Tests of two groups."""
    anova: TableFile | None = None
    """Analyses of variance."""
    levene: TableFile | None = None
    """Levene's tests."""
    posthoc: TableFile | None = None
    """Comparisons in pairs."""
    eigenvalues: TableFile | None = None
    """Eigenvalues and explained variance of factor analyses."""
    loadings: TableFile | None = None
    """Rotated loadings."""
    kmo: TableFile | None = None
    """KMO and Bartlett's tests."""
    profiles: TableFile | None = None
    """Who answered: counts and percentages."""
    communalities: TableFile | None = None
    """Communalities of items."""
    descriptives: TableFile | None = None
    """Means and standard deviations of items and scores."""
    crosstabs: TableFile | None = None
    """Cross tables, one row a cell."""
    chi_squares: TableFile | None = None
    """Chi-square tests of cross tables."""
    ranks: TableFile | None = None
    """Mean ranks of groups."""
    rank_tests: TableFile | None = None
    """Kruskal-Wallis and Mann-Whitney tests."""
    sampling: TableFile | None = None
    """Formulas of sample sizes with their numbers."""
    sentences: TableFile | None = None
    """Sentences that stand beside the tables, about them."""


@dataclass(frozen=True)
class Tables:
    """Further tables of a study; each kind has its own columns, listed in docs/study-page.md."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _STRICT
    units: TableFile | None = None
    """The units of the place and what became of them (2015, 2022, 2025)."""
    indices: TableFile | None = None
    """Published indices of the place over the years."""
    published: PublishedTables | None = None
    """Tables printed in other studies, to be recomputed."""

    @property
    def files(self) -> dict[str, TableFile]:
        """Every declared file by its kind; printed tables as ``published.<kind>``."""
        found = {"units": self.units, "indices": self.indices}
        for each in fields(self.published) if self.published else ():
            found[f"published.{each.name}"] = getattr(self.published, each.name)
        return {kind: table for kind, table in found.items() if table is not None}


@dataclass(frozen=True)
class Scale:
    """An answer scale: its levels with their labels, and what means "no answer"."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _STRICT
    levels: dict[int, Words] = field(default_factory=dict)
    """Code of each level with its label in both languages, as printed in the questionnaire."""
    dictionary: str | None = None
    """A ready set of levels instead of writing them: agree5, satisfied5, often5, level5, important5 …"""
    also: dict[int, tuple[str, ...]] = field(default_factory=dict)
    """Further spellings of a level's label that occur in the file."""
    min: int | None = None
    """Lowest code of a scale whose levels carry no labels (with max)."""
    max: int | None = None
    """Highest code of a scale whose levels carry no labels (with min)."""
    no_answer: tuple[int | str, ...] = ()
    """Codes or labels that mean "no answer": they become missing, and the log says so."""

    @property
    def low(self) -> int:
        """The lowest code."""
        return min(self.levels)

    @property
    def high(self) -> int:
        """The highest code."""
        return max(self.levels)


@dataclass(frozen=True)
class ConstructEntry:
    """A construct as the page declares it; its items name it."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _STRICT
    name: Words
    """What the construct is called."""
    role: Role
    """Its part in the study."""
    scale: str
    """Which entry of scales its items are answered on."""
    score: Scoring = "mean"
    """How items become a score: their mean, or their sum (the mean times the number of items)."""
    minimum: int | None = None
    """Least number of answered items for a score; half of them where it is left out."""


@dataclass(frozen=True)
class ItemEntry:
    """A question of the questionnaire as the page declares it (items.csv says the same in columns)."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _STRICT
    construct: str
    """The construct that the item measures."""
    text: Words
    """The question as asked."""
    reverse: bool | Literal["guess"] = False
    """true when agreeing means less of the construct; guess when nobody has confirmed it: it is then not applied."""
    column: str | None = None
    """Header of its column where that is neither the code nor the text."""
    scale: str | None = None
    """Its own scale where it differs from the construct's."""


@dataclass(frozen=True)
class Group:
    """Several levels that the public sees as one."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _STRICT
    label: Words
    """What the group is called."""
    levels: tuple[str | int, ...]
    """Codes of the levels in it."""


@dataclass(frozen=True)
class Release:
    """How `analysis export --public` hands a variable on."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _STRICT
    role: Literal["quasi", "sensitive", "direct"] = "quasi"
    """quasi: others may know it of a person; sensitive: what nobody may learn of a person; direct: is left out."""
    bands: tuple[float, ...] = ()
    """Where the bands of a number begin: [30, 40] gives under 30, 30 to under 40, 40 and over."""
    groups: dict[str, Group] = field(default_factory=dict)
    """Levels put together, by the code of the group; a level in no group stays as it is."""


@dataclass(frozen=True)
class Variable:
    """What is known of a respondent: a category, ordered categories, or a number."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _STRICT
    name: Words
    """What the variable is called."""
    kind: Kind
    """category, ordered (levels from low to high) or number."""
    column: str | None = None
    """Header of its column where that is not the code."""
    levels: dict[str, Words] = field(default_factory=dict)
    """Code of each level with its label in both languages; the first is the reference group."""
    min: float | None = None
    """Least value of a number."""
    max: float | None = None
    """Greatest value of a number."""
    no_answer: tuple[int | str, ...] = ()
    """Codes or labels that mean "no answer"."""
    choice: str | None = None
    """Of a question with several answers in one cell: the choice that this variable says yes or no of."""
    valid_on: str | None = None
    """Of names of units: the date, in quotes, at which they are valid; tables.units says what became of them."""
    part: Literal["unit", "position"] | None = None
    """What the variable says of a respondent: the unit, or the position; chapters report by them."""
    release: Release = Release()
    """How it is handed on to the public: a category as it is; a number in bands, or not at all."""


@dataclass(frozen=True)
class Model:
    """A regression model."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _STRICT
    formula: str
    """Outcome ~ factors: names of constructs, items or variables."""
    title: Words
    """What the model asks."""


@dataclass(frozen=True)
class Hypothesis:
    """What the study expects of one term of a model."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _STRICT
    model: str
    """Which entry of models."""
    term: str
    """Which term of its formula."""
    sign: Literal["+", "-"]
    """The expected direction, in quotes."""
    text: Words
    """The hypothesis in words."""


@dataclass(frozen=True)
class Screening:
    """A question that decides whether a response is analysed."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _STRICT
    column: str
    """Header of the question's column."""
    keep: tuple[str | int, ...]
    """Answers with which a response stays; all others are left out, and the log says so."""


@dataclass(frozen=True)
class RowMatch:
    """Rows that are known by what stands in one column."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _STRICT
    column: str
    """Header of the column."""
    values: tuple[str | int, ...]
    """Cells that mark such a row."""


@dataclass(frozen=True)
class Speed:
    """How long a response took, and what is too fast."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _STRICT
    seconds: str | None = None
    """Header of the column with the seconds that a response took."""
    start: str | None = None
    """Header of the column with the time of the start (with end, instead of seconds)."""
    end: str | None = None
    """Header of the column with the time of the end."""
    least: float | None = None
    """Fewer seconds are too fast."""
    share: float | None = None
    """A smaller share of the median of all responses is too fast, for instance 0.33."""
    then: Literal["flag", "leave_out"] = "flag"
    """Whether such a response is only marked, or left out."""


@dataclass(frozen=True)
class HandLog:
    """The cleaning log of a survey team: its file, which of its columns says what, and its words for each action."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _STRICT
    file: str
    """File name inside the study's folder."""
    id: str
    """Header of the column that names the response, as responses.id names it."""
    variable: str
    """Header of the column that names the question: a code, or a header of the file of answers."""
    new: str
    """Header of the column with the new value."""
    old: str | None = None
    """Header of the column with the value before; where a cell of it is filled, the answers must hold it."""
    action: str | None = None
    """Header of the column that says what is done; without it every line is a change."""
    reason: str | None = None
    """Header of the column with the reason."""
    sheet: str | None = None
    """Sheet of a workbook; the first one where it is left out."""
    change: tuple[str | int, ...] = ("change",)
    """Words of action for a changed answer."""
    blank: tuple[str | int, ...] = ()
    """Words of action for an answer made empty."""
    remove: tuple[str | int, ...] = ("remove",)
    """Words of action for a response left out."""
    nothing: tuple[str | int, ...] = ()
    """Words of action for a line that changes nothing."""


@dataclass(frozen=True)
class Cleaning:
    """What is done with values that may not be; without a rule each of them stops the work."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _STRICT
    screening: tuple[Screening, ...] = ()
    """Questions that decide whether a response is analysed."""
    duplicate_id: Literal["error", "keep_first", "keep_last"] = "error"
    """Two responses with one id."""
    duplicate_answers: Literal["keep", "error", "keep_first"] = "keep"
    """Two responses that are the same in every answer."""
    unknown_label: Literal["error", "missing"] = "error"
    """An answer that is no level of its scale."""
    out_of_range: Literal["error", "missing"] = "error"
    """A number outside its scale."""
    log: HandLog | None = None
    """The cleaning log of the survey team, carried out before all other rules."""
    repeated_headers: Literal["error", "leave_out"] = "error"
    """A row that repeats the headers (files joined one below the other)."""
    total_rows: Literal["error", "leave_out"] = "error"
    """A row of sums or means below the responses."""
    test_rows: tuple[RowMatch, ...] = ()
    """Trials of the questionnaire, which are no responses."""
    consent: Screening | None = None
    """The question of consent: all other answers leave the response out."""
    suspected_missing: Literal["error", "missing"] = "error"
    """A number outside its scale that looks like an undeclared code for no answer: 9, 99, 88, -1 …"""
    skip_logic: Literal["keep", "error", "missing"] = "keep"
    """An answer to a question that the form's skip logic does not ask."""
    minimum_answered: float | None = None
    """Least share of the items that a response must answer, from 0 to 1."""
    speed: Speed | None = None
    """How long a response took, and what is too fast."""
    constraint: Literal["error", "missing"] = "error"
    """An answer that breaks a constraint of the questionnaire's own form (XLSForm)."""


@dataclass(frozen=True)
class Population:
    """The persons whom the sample stands for."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _STRICT
    size: int
    """How many they are."""
    name: Words | None = None
    """Who they are."""


@dataclass(frozen=True)
class Strata:
    """The population by levels of one variable."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _STRICT
    variable: str
    """Which entry of variables."""
    sizes: dict[str, int]
    """Persons of the population in each level."""


@dataclass(frozen=True)
class Nouns:
    """What the study calls its persons and things; the texts of the report use these words."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _STRICT
    respondent: Noun | None = None
    """Who answered."""
    unit: Noun | None = None
    """Where they belong: commune, office, school."""
    outcome: Noun | None = None
    """What is to be explained."""
    place: Noun | None = None
    """Where the study was done."""


@dataclass(frozen=True)
class Page:
    """A study page (study.yml): it says what was studied, never how to compute."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _STRICT
    study: str
    """Short name of the study: small letters, digits, - and _."""
    title: Words
    """Title of the study."""
    simulated: bool
    """true when no person gave these answers; every table and figure then says so."""
    responses: ResponsesFile | None = None
    """The file of answers; a study without answers of persons has `tables` instead."""
    tables: Tables = Tables()
    """Further tables: figures that are not answers."""
    scales: dict[str, Scale] = field(default_factory=dict)
    """Answer scales; needed with responses."""
    constructs: dict[str, ConstructEntry] = field(default_factory=dict)
    """Constructs, in the order of the report; needed with responses."""
    chapter: int = 4
    """Number of the findings chapter in the thesis or report."""
    period: Words | None = None
    """When the answers were given."""
    nouns: Nouns = Nouns()
    """What the study calls its persons and things."""
    sources: dict[str, Source] = field(default_factory=dict)
    """Where the data come from."""
    items: dict[str, ItemEntry] = field(default_factory=dict)
    """Questions, where they do not stand in items.csv."""
    variables: dict[str, Variable] = field(default_factory=dict)
    """What is known of a respondent."""
    models: dict[str, Model] = field(default_factory=dict)
    """Regression models; the core chapter uses main."""
    hypotheses: dict[str, Hypothesis] = field(default_factory=dict)
    """What the study expects."""
    cleaning: Cleaning = Cleaning()
    """Rules for values that may not be."""
    thresholds: dict[str, float] = field(default_factory=dict)
    """The study's own cut-offs, by the id of the rule that they replace."""
    population: Population | None = None
    """The persons whom the sample stands for."""
    strata: Strata | None = None
    """The population by levels of one variable."""
    unconfirmed: tuple[str, ...] = ()
    """Parts that `analysis new` guessed and nobody has confirmed (constructs.DT, models …); every report names them."""
