"""The workbook as a form tool exports it, with the mess of real files planted on purpose and counted."""

from __future__ import annotations

import io
import unicodedata
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeAlias

import numpy as np

from ..errors import Place, RunError, StudyError, problem
from ..study import Study, Words, load_study
from .design import FEWEST, ITEMS, PERSONS, SEED
from .generate import VARIABLES, People, people, profile, sizes_for

#: Stands in every row of the file and in its properties.
STAMP = "Số liệu mô phỏng"

Cell: TypeAlias = str | int | datetime | None
Line: TypeAlias = list[Cell]

_TIME, _ID, _NOTE = "Dấu thời gian", "Mã phiếu", "Ghi chú nguồn"
_CONSENT, _REFUSAL = "Đồng ý", "Không đồng ý"
_FIRST_DAY = datetime(2024, 3, 4, 7, 30)
_WORKING_DAYS, _SECONDS = 15, 570 * 60  # a working day of 9.5 hours
_SYNONYMS = {1: "Hoàn toàn không đồng ý", 2: "Không tán thành", 3: "Phân vân", 4: "Tán thành", 5: "Hoàn toàn đồng ý"}


@dataclass(frozen=True, slots=True)
class Mess:
    """How much of each kind of mess is planted; cells are cells of persons who stay."""

    refused: int = 5  # did not consent: nothing but the refusal is filled in
    repeated: int = 6  # sent a second time under the same id, every other one with a changed answer
    straight: int = 4  # the same answer to all items, reverse-keyed ones included
    decomposed: int = 28  # item cells whose accents are signs of their own (Unicode's NFD)
    spaced: int = 14  # stray spaces, one of them not breaking
    capitals: int = 12
    numbered: int = 10  # "4 - Đồng ý", "Đồng ý (4)"
    synonyms: int = 8  # "Phân vân" for "Bình thường"
    no_answer: int = 8  # typed code 99
    blank: int = 36
    units_decomposed: int = 6  # unit names with accents as signs of their own
    variables_blank: int = 5  # political theory or years of service not given


MESS = Mess()


def simulate(study: str | Path | Study = "demo", *, seed: int = SEED, n: int = PERSONS) -> bytes:
    """Simulate the file of answers of the demonstration study.

    Parameters
    ----------
    study : str, Path or Study
        The demonstration's page: its items, labels, variables and headers are used.
    seed : int
        The same seed gives the same bytes, on every machine.
    n : int
        Persons who are left after cleaning; refusals and repeated responses come on top.

    Returns
    -------
    bytes
        An Excel workbook that says in its properties and in every row that it is simulated.

    Raises
    ------
    StudyError
        ``simulate.not_simulated``: the page says that its data are real; ``simulate.other_page``: it is not the
        demonstration's page, for which alone there is a design.
    RunError
        ``simulate.too_few``: fewer persons than a file with this mess can hold.

    Examples
    --------
    >>> simulate(seed=1) == simulate(seed=1)
    True
    """
    page = demonstration(study)
    if n < FEWEST:
        raise RunError(problem("simulate.too_few", n=n, least=FEWEST))
    drawn, lines = responses(page, seed=seed, n=n)
    sheet = page.responses.sheet if page.responses else None
    rows = _messy(page, drawn, lines, np.random.default_rng([seed, 2]))
    return workbook(page.title, sheet, _headers(page), rows)


def responses(page: Study, *, seed: int = SEED, n: int = PERSONS) -> tuple[People, list[Line]]:
    """The persons of one survey and their rows before any mess, in the order of the persons.

    Parameters
    ----------
    page : Study
        The demonstration's page.
    seed, n : int
        As for `simulate`.

    Returns
    -------
    tuple
        The persons as drawn, and a row of clean labels for each (without time, id and consent).
    """
    rng = np.random.default_rng([seed, 0])
    drawn = people(sizes_for(n), rng)
    said = profile(drawn, np.random.default_rng([seed, 1]))
    levels = {code: list(page.variables[code].levels) for code in said}
    lines = []
    for at in range(n):
        chosen = {code: values[at] for code, values in said.items()}
        names = {code: levels[code][each] if isinstance(each, int) else each for code, each in chosen.items()}
        labels: Line = [page.variables[code].levels[names[code]].vi for code in page.variables]
        lines.append([*labels, *(_label(page, code, _ticked(page, drawn, code, at)) for code in page.items)])
    return drawn, lines


def demonstration(study: str | Path | Study) -> Study:
    """The page, if it is one for which there is a design.

    Parameters
    ----------
    study : str, Path or Study
        Where the page is.

    Returns
    -------
    Study
        A page that declares simulated data and the constructs, items and variables of the design.
    """
    page = study if isinstance(study, Study) else load_study(study)
    if not page.simulated:
        raise StudyError(problem("simulate.not_simulated", Place(file="study.yml"), study=page.id))
    wanted = {code: len(items) for code, items in ITEMS.items()}
    found = {code: len(items) for code, items in page.members.items()}
    other = sorted(code for code in {**wanted, **found} if wanted.get(code) != found.get(code))
    other += sorted({*VARIABLES} ^ {*page.variables}) + ([] if page.responses else ["responses"])
    if other:
        raise StudyError(problem("simulate.other_page", Place(file="study.yml"), study=page.id, codes=tuple(other)))
    return page


def write(
    study: str | Path | Study = "demo",
    *,
    out: Path | None = None,
    seed: int | None = None,
    n: int | None = None,
    force: bool = False,
) -> Path:
    """Write the simulated file of answers, but never over another file without being told to.

    Parameters
    ----------
    study : str, Path or Study
        The demonstration's page.
    out : Path, optional
        Folder that takes the file; the study's own where it is left out.
    seed, n : int, optional
        As for `simulate`; those of the committed file where they are left out.
    force : bool
        Overwrite a file that differs.

    Returns
    -------
    Path
        The file, under the name that the page declares.

    Raises
    ------
    RunError
        ``simulate.exists``: another file is there.
    """
    page = demonstration(study)
    content = simulate(page, seed=SEED if seed is None else seed, n=PERSONS if n is None else n)
    file = (out or page.data_folder) / page.answers.file
    if file.exists() and not force and file.read_bytes() != content:
        raise RunError(problem("simulate.exists", Place(file=file.name)))
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)
    return file


def _ticked(page: Study, drawn: People, code: str, at: int) -> int:
    """The level that was ticked: the other end of the scale where the item is reverse-keyed."""
    item, scale = page.items[code], page.scale_of(code)
    level = int(drawn.answers[item.construct][page.members[item.construct].index(code)][at])
    return scale.low + scale.high - level if item.reverse else level


def _label(page: Study, code: str, level: int) -> str:
    return page.scale_of(code).levels[level].vi


def _headers(page: Study) -> list[str]:
    """Headers as a form tool writes a grid of questions: ``Construct [CODE. text]``."""
    asked = [variable.column or code for code, variable in page.variables.items()]
    items = [f"{page.constructs[item.construct].name.vi} [{code}. {item.text.vi}]" for code, item in page.items.items()]
    return [_TIME, _ID, *(question.column for question in page.cleaning.screening), *asked, *items, _NOTE]


def _messy(page: Study, drawn: People, lines: list[Line], rng: np.random.Generator) -> list[Line]:
    """Rows of the file in order of time: refusals, repeated responses and spoiled cells among them."""
    order = [int(at) for at in rng.permutation(len(lines))]
    straight, repeated, rest = order[: MESS.straight], order[-MESS.repeated :], order[MESS.straight : -MESS.repeated]
    for at in straight:
        lines[at][-len(page.items) :] = [_label(page, code, 3 + at % 2) for code in page.items]
    _spoil(page, drawn, lines, sorted(rest), rng)
    width = len(lines[0])
    came: list[tuple[str, Line]] = [(_CONSENT, lines[at]) for at in (int(each) for each in rng.permutation(len(lines)))]
    for place in sorted(int(each) for each in rng.choice(len(came), size=MESS.refused, replace=False)):
        came.insert(place, (_REFUSAL, [None] * width))
    times = _times(len(came) + MESS.repeated, rng)
    rows = [[f"P{at + 1:03d}", answer, *line, STAMP] for at, (answer, line) in enumerate(came)]
    again = [_sent_again(page, rows, lines[at], number) for number, at in enumerate(repeated)]
    return [[time, *row] for time, row in zip(times, [*rows, *again], strict=True)]


def _sent_again(page: Study, rows: list[Line], line: Line, number: int) -> Line:
    """A response sent once more; every other time the last answer is another one."""
    row = list(next(row for row in rows if row[2:-1] == line))
    if number % 2:
        code = list(page.items)[-1]
        row[-2] = _label(page, code, 3) if row[-2] != _label(page, code, 3) else _label(page, code, 4)
    return row


def _spoil(page: Study, drawn: People, lines: list[Line], rows: Sequence[int], rng: np.random.Generator) -> None:
    """Write cells as they come in real files; no cell twice."""
    codes = list(page.items)
    first = len(page.variables)
    kinds = list(_kinds())
    spots = rng.choice(len(rows) * len(codes), size=len(kinds), replace=False)
    for number, (spot, spoil) in enumerate(zip(spots, kinds, strict=True)):
        at, code = rows[int(spot) // len(codes)], codes[int(spot) % len(codes)]
        level = _ticked(page, drawn, code, at)
        lines[at][first + codes.index(code)] = spoil(_label(page, code, level), level, number)
    names = list(page.variables)
    several = [rows[int(at)] for at in rng.choice(len(rows), MESS.units_decomposed, replace=False)]
    for at in several:
        lines[at][names.index("don_vi")] = unicodedata.normalize("NFD", str(lines[at][names.index("don_vi")]))
    for number, at in enumerate(rng.choice(len(rows), MESS.variables_blank, replace=False)):
        lines[rows[int(at)]][names.index(("llct", "tham_nien")[number % 2])] = None


Spoil: TypeAlias = Callable[[str, int, int], Cell]


def _kinds() -> Iterator[Spoil]:
    """One function for each spoiled item cell: label, level and running number in, the cell out."""
    counts: tuple[tuple[int, Spoil], ...] = (
        (MESS.decomposed, lambda label, level, number: unicodedata.normalize("NFD", label)),
        (MESS.spaced, lambda label, level, number: f" {label}  " if number % 2 else label.replace(" ", "\u00a0")),
        (MESS.capitals, lambda label, level, number: label.upper() if number % 2 else label.lower()),
        (MESS.numbered, lambda label, level, number: f"{level} - {label}" if number % 2 else f"{label} ({level})"),
        (MESS.synonyms, lambda label, level, number: _SYNONYMS[level]),
        (MESS.no_answer, lambda label, level, number: 99),
        (MESS.blank, lambda label, level, number: None),
    )
    for count, spoil in counts:
        yield from [spoil] * count


def _times(count: int, rng: np.random.Generator) -> list[datetime]:
    """When responses arrived: in working hours of three weeks, in rising order."""
    found = []
    for second in np.sort(rng.integers(_WORKING_DAYS * _SECONDS, size=count)).tolist():
        day, rest = divmod(second, _SECONDS)
        found.append(_FIRST_DAY + timedelta(days=day + 2 * (day // 5), seconds=rest))
    return found


def workbook(title: Words, sheet: str | None, headers: Sequence[str], rows: Sequence[Line]) -> bytes:
    """A workbook of simulated answers that says so in its properties.

    Parameters
    ----------
    title : Words
        Of the study, in both languages.
    sheet : str or None
        Name of the sheet.
    headers, rows : sequences
        The first row, and one row a simulated person.

    Returns
    -------
    bytes
        The same ones on every machine and day.
    """
    import xlsxwriter

    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        book.set_properties(
            {
                "title": f"{STAMP}: {title.vi}",
                "subject": f"Simulated data: {title.en}",
                "keywords": f"{STAMP}, simulated data",
                "comments": "Số liệu mô phỏng: không người nào trả lời, không đơn vị nào có thật. "
                "Simulated data: no person gave these answers, no unit exists.",
                "created": datetime(2024, 3, 1),
            }
        )
        page = book.add_worksheet(sheet)
        page.freeze_panes(1, 0)
        bold = book.add_format({"bold": True})
        for column, header in enumerate(headers):
            page.write_string(0, column, header, bold)
        time = book.add_format({"num_format": "dd/mm/yyyy hh:mm:ss"})
        for at, row in enumerate(rows, start=1):
            for column, cell in enumerate(row):
                if isinstance(cell, datetime):
                    page.write_datetime(at, column, cell, time)
                elif isinstance(cell, str):
                    page.write_string(at, column, cell)  # a text that begins with = is no formula
                elif cell is not None:
                    page.write_number(at, column, cell)
    return _stored(out.getvalue())


def _stored(content: bytes) -> bytes:
    """The same workbook unpacked, with one date and one system for all parts: compression differs between machines."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as target:
        for name in sorted(source.namelist(), key=lambda name: (name != "[Content_Types].xml", name)):
            part = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            part.create_system, part.external_attr = 0, 0
            target.writestr(part, source.read(name))
    return out.getvalue()
