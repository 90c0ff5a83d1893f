"""The questionnaire as a tool keeps it: XLSForm (KoboToolbox, ODK) and the structure file of LimeSurvey."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from ...errors import Caution, DataError, Place, caution, problem
from ..read import RawTable
from .relevance import Tree, UnreadableError, asked, names_of, parse

_LABEL = re.compile(r"label(?:::?\s*(.*))?", re.IGNORECASE)
_CODE = re.compile(r"\(([a-z]{2,3})\)\s*$")
#: Languages of the file's labels, in the order in which one is taken.
_PREFERRED = ("vi", "en")
_NAMED = {"vietnamese": "vi", "tiếng việt": "vi", "việt": "vi", "english": "en", "tiếng anh": "en", "anh": "en"}
_YES = ("yes", "true", "true()", "1")
_OTHER = {"vi": "Khác", "en": "Other"}
_SHOWN = ("note", "begin_group", "end_group", "begin group", "end group", "begin_repeat", "end_repeat")


@dataclass(frozen=True)
class Question:
    """A question, its texts by language, its list of choices, when it is asked, and what may be answered."""

    name: str
    kind: str
    texts: dict[str, str]
    choices: str | None = None
    relevant: tuple[str, ...] = ()  # conditions of the question and of the groups around it
    group: str = ""  # name of the innermost group around it
    constraint: str = ""  # what an answer must fulfil
    filter: str = ""  # which of the choices are offered
    required: bool = False
    other: bool = False  # whether a text may be given instead of a choice


@dataclass(frozen=True)
class Form:
    """Questions in their order and lists of choices: list -> value -> text by language."""

    questions: tuple[Question, ...]
    choices: dict[str, dict[str, dict[str, str]]]
    languages: tuple[str, ...]
    groups: dict[str, dict[str, str]] = field(default_factory=dict)  # name -> text by language
    attributes: dict[str, dict[str, dict[str, str]]] = field(default_factory=dict)  # list -> value -> its other columns

    @property
    def language(self) -> str:
        """The language whose labels are taken: Vietnamese, else English, else the first."""
        ranked = [lang for want in _PREFERRED for lang in self.languages if lang == want]
        return ranked[0] if ranked else (self.languages[0] if self.languages else "")


def form_of(tables: Sequence[RawTable]) -> Form:
    """Read a questionnaire.

    Parameters
    ----------
    tables : sequence of RawTable
        The sheets survey and choices of an XLSForm, or the one table of a LimeSurvey structure.

    Raises
    ------
    DataError
        ``data.no_form``: neither of the two.
    """
    for table in tables:
        headers = [header.strip().lower() for header in table.headers]
        if {"class", "type/scale", "name", "text"} <= set(headers):
            return _limesurvey(table)
    survey = next((table for table in tables if _has(table, "type", "name")), None)
    choices = next((table for table in tables if _has(table, "list_name", "name") or _has(table, "list name")), None)
    if survey is None:
        raise DataError(problem("data.no_form", Place(file=tables[0].file if tables else None)))
    return _xlsform(survey, choices)


def _has(table: RawTable, *names: str) -> bool:
    return set(names) <= {header.strip().lower() for header in table.headers}


def _records(table: RawTable) -> Iterator[dict[str, str]]:
    headers = [header.strip() for header in table.headers]
    for row in table.cells.itertuples(index=False):
        yield {name: str(cell).strip() for name, cell in zip(headers, row, strict=True) if cell is not None}


def _texts(record: dict[str, str]) -> dict[str, str]:
    """Labels by language: ``label::English (en)`` is en, ``label`` alone is the empty language."""
    found = {}
    for name, text in record.items():
        match = _LABEL.fullmatch(name)
        if match:
            language = (match[1] or "").strip()
            code = _CODE.search(language)
            found[code[1] if code else _NAMED.get(language.lower(), language.lower())] = text
    return found


def _xlsform(survey: RawTable, choices: RawTable | None) -> Form:
    lists: dict[str, dict[str, dict[str, str]]] = {}
    attributes: dict[str, dict[str, dict[str, str]]] = {}
    for record in _records(choices) if choices else ():
        of = record.get("list_name") or record.get("list name")
        if of and "name" in record:
            lists.setdefault(of, {})[record["name"]] = _texts(record)
            attributes.setdefault(of, {})[record["name"]] = record
    questions: list[Question] = []
    groups: dict[str, dict[str, str]] = {}
    around: list[tuple[str, str]] = []  # name and condition of every open group
    for record in _records(survey):
        kind, *named = record.get("type", "").split()
        joined = "_".join([kind, *named[:1]])
        if joined in ("begin_group", "begin_repeat") or kind in ("begin_group", "begin_repeat"):
            around.append((record.get("name", ""), record.get("relevant", "")))
            groups[record.get("name", "")] = _texts(record)
        elif joined in ("end_group", "end_repeat") or kind in ("end_group", "end_repeat"):
            around = around[:-1]
        elif "name" in record:
            questions.append(_asked_question(record, kind, named, around))
    for question in questions:
        if question.other and question.choices:
            lists.setdefault(question.choices, {}).setdefault("other", dict(_OTHER))
    languages = tuple(dict.fromkeys(lang for each in questions for lang in each.texts))
    return Form(tuple(questions), lists, languages, groups, attributes)


def _asked_question(record: dict[str, str], kind: str, named: list[str], around: list[tuple[str, str]]) -> Question:
    relevant = tuple(each for each in (*(condition for _, condition in around), record.get("relevant", "")) if each)
    return Question(
        record["name"],
        kind,
        _texts(record),
        named[0] if kind.startswith("select") and named else None,
        relevant,
        around[-1][0] if around else "",
        record.get("constraint", ""),
        record.get("choice_filter", ""),
        record.get("required", "").lower() in _YES,
        kind.startswith("select") and named[-1:] == ["or_other"],
    )


def _limesurvey(table: RawTable) -> Form:
    questions: dict[str, Question] = {}
    lists: dict[str, dict[str, dict[str, str]]] = {}
    languages: dict[str, None] = {}
    code = ""
    for record in _records(table):
        kind, name, text = record.get("class", ""), record.get("name", ""), _untagged(record.get("text", ""))
        language = record.get("language", "")
        if kind == "Q":
            code = name
        full = {"Q": name, "SQ": f"{code}[{name}]"}.get(kind)
        if full:
            languages[language] = None
            known = questions.get(full, Question(full, record.get("type/scale", ""), {}, code))
            parent = questions[code].texts.get(language, "") if kind == "SQ" and code in questions else ""
            said = f"{parent} [{text}]" if parent else text
            questions[full] = replace(known, texts={**known.texts, language: said})
        elif kind == "A":
            lists.setdefault(code, {}).setdefault(name, {})[language] = text
    return Form(tuple(questions.values()), lists, tuple(languages))


def _untagged(text: str) -> str:
    return " ".join(re.sub(r"<[^<>]{0,500}>", " ", text).split())


def with_form(table: RawTable, form: Form) -> RawTable:
    """Give the columns of an export the texts and labels of its questionnaire, and hold its skip logic against it.

    Parameters
    ----------
    table : RawTable
        Under the headers of its tool.
    form : Form
        Its questionnaire.

    Returns
    -------
    RawTable
        With descriptions and value labels in the form's language; columns of notes are empty and dropped. Answers to
        questions that the skip logic does not ask are counted in a note, not changed.
    """
    known = {question.name: question for question in form.questions}
    notes = [at for at, name in enumerate(table.headers) if name in known and known[name].kind in _SHOWN]
    table = _without_columns(table, [at for at in notes if table.cells[at].isna().all()])
    descriptions, labels, several = [], dict(table.labels), set()
    for at, header in enumerate(table.headers):
        question, choice = question_of(header, known)
        listed = form.choices.get(question.choices or "", {}) if question else {}
        text = _said(question.texts, form) if question else ""
        descriptions.append(f"{text} [{_said(listed[choice], form)}]" if choice in listed else text)
        if question and question.kind == "select_multiple" and not choice:
            several.add(at)
        if listed and not choice and question and question.kind != "select_multiple":
            numbers = any(isinstance(cell, int) for cell in table.cells[at])
            labels[at] = {_as_cell(value, numbers): _said(texts, form) for value, texts in listed.items()}
    skipped = dict(_skips(table, known))
    told = [_told(table, at, rows) for at, (rows, _) in skipped.items()]
    checked = (*told, *_unasked(table, known), *_filtered(table, known, form), *_unread(table, known))
    constraints = {
        at: known[header].constraint
        for at, header in enumerate(table.headers)
        if header in known and known[header].constraint
    }
    return replace(
        table, descriptions=tuple(descriptions), labels=labels, several=frozenset(several), constraints=constraints,
        skipped=skipped, notes=(*table.notes, *checked),
    )  # fmt: skip


def _as_cell(value: str, numbers: bool) -> Any:
    """A choice's name as the cells of its column have it."""
    return int(value) if numbers and value.isdecimal() else value


def _said(texts: dict[str, str], form: Form) -> str:
    return texts.get(form.language) or next(iter(texts.values()), "")


def question_of(header: str, known: dict[str, Question]) -> tuple[Question | None, str]:
    """The question of a column, and the choice where the column is one of several that may be chosen."""
    if header in known:
        return known[header], ""
    for sign in ("/", "."):
        name, _, choice = header.rpartition(sign)
        name = name.rsplit("/", 1)[-1]
        if name in known:
            return known[name], choice
    return known.get(header.rsplit("/", 1)[-1]), ""


def _without_columns(table: RawTable, gone: list[int]) -> RawTable:
    if not gone:
        return table
    kept = [at for at in range(len(table.headers)) if at not in gone]
    cells = table.cells[kept].set_axis(range(len(kept)), axis="columns")
    place = {old: new for new, old in enumerate(kept)}
    return replace(
        table,
        headers=tuple(table.headers[at] for at in kept),
        cells=cells,
        descriptions=tuple(table.descriptions[at] for at in kept) if table.descriptions else (),
        labels={place[at]: each for at, each in table.labels.items() if at in place},
        missing={place[at]: each for at, each in table.missing.items() if at in place},
    )


def _told(table: RawTable, at: int, rows: Sequence[int]) -> Caution:
    lines = tuple(str(table.lines[row]) for row in rows[:10])
    return caution("read.skip_logic", question=table.headers[at], count=len(rows), lines=lines)


def _skips(table: RawTable, known: dict[str, Question]) -> Iterator[tuple[int, tuple[tuple[int, ...], str]]]:
    """Columns with answers that were not asked for: their rows and the condition."""
    column = {name: at for at, name in enumerate(table.headers)}
    rows = table.cells.to_numpy().tolist()
    for name, question in known.items():
        conditions = _conditions(question)
        if name not in column or not conditions or not all(names_of(each) <= column.keys() for each in conditions):
            continue
        wrong = tuple(
            row
            for row, cells in enumerate(rows)
            if cells[column[name]] is not None and not _asked(conditions, cells, column)
        )
        if wrong:
            yield column[name], (wrong, " and ".join(question.relevant))


def _unasked(table: RawTable, known: dict[str, Question]) -> Iterator[Any]:
    """Required questions that were put to somebody and have no answer."""
    column = {name: at for at, name in enumerate(table.headers)}
    rows = table.cells.to_numpy().tolist()
    for name, question in known.items():
        conditions = _conditions(question)
        readable = len(conditions) == len(question.relevant) and all(
            names_of(each) <= column.keys() for each in conditions
        )
        if not question.required or name not in column or not readable:
            continue
        empty = [
            str(table.lines[row])
            for row, cells in enumerate(rows)
            if cells[column[name]] is None and _asked(conditions, cells, column)
        ]
        if empty:
            yield caution("read.required", question=name, count=len(empty), lines=tuple(empty[:10]))


def _filtered(table: RawTable, known: dict[str, Question], form: Form) -> Iterator[Any]:
    """Choices that the form does not offer after the answers to other questions."""
    column = {name: at for at, name in enumerate(table.headers)}
    rows = table.cells.to_numpy().tolist()
    for name, question in known.items():
        offered = form.attributes.get(question.choices or "", {})
        own = {key for record in offered.values() for key in record}
        try:
            tree = parse(question.filter, own) if question.filter and name in column else None
        except UnreadableError:
            tree = None
        asked_for = {each for each in names_of(tree) if not each.startswith("@")} if tree else set()
        if tree is None or not asked_for <= column.keys():
            continue
        wrong = [
            str(table.lines[row])
            for row, cells in enumerate(rows)
            if cells[column[name]] is not None
            and not all(
                asked(
                    tree,
                    {
                        **{f"@{key}": text for key, text in record.items()},
                        **{each: cells[column[each]] for each in asked_for},
                    },
                )
                for choice in _picked(cells[column[name]], question)
                if (record := offered.get(choice)) is not None
            )
        ]
        if wrong:
            yield caution("read.choice_filter", question=name, count=len(wrong), lines=tuple(wrong[:10]))


def _unread(table: RawTable, known: dict[str, Question]) -> Iterator[Any]:
    """Questions with a condition that is not understood: it is not checked, and that is said."""
    names = [header for header in table.headers if header in known and not _understood(known[header])]
    if names:
        yield caution("read.conditions", "note", count=len(names), questions=tuple(names[:10]))


def _understood(question: Question) -> bool:
    try:
        for text in (*question.relevant, *filter(None, (question.constraint,))):
            parse(text)
    except UnreadableError:
        return False
    return True


def _picked(cell: Any, question: Question) -> list[str]:
    """The choices that a cell holds."""
    return str(cell).split() if question.kind == "select_multiple" else [str(cell)]


def _conditions(question: Question) -> tuple[Tree, ...]:
    try:
        return tuple(map(parse, question.relevant))
    except UnreadableError:
        return ()


def _asked(conditions: tuple[Tree, ...], cells: list[Any], column: dict[str, int]) -> bool:
    return all(asked(each, {name: cells[column[name]] for name in names_of(each)}) for each in conditions)
