"""`analysis new`: the first study page and items.csv of a file of answers, every guess marked, nothing half-written."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import shutil
import tempfile
import unicodedata
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ..errors import DataError, Place, StudyError, problem
from ..report.words import phrase
from ..study import ResponsesFile, Scale, Variable, Words, load_study
from ..survey.begin import Proposal, propose
from ..survey.exports import understood
from ..survey.exports.form import Form, form_of
from ..survey.raw import RawFile, whole_file
from ..survey.read import RawTable, read
from ..survey.read.forms import form_tables

_NOUNS = (
    "nouns:",
    '  respondent: {vi: "cán bộ, công chức", en: civil servant, en_many: civil servants}',
    "  unit: {vi: đơn vị, en: unit, en_many: units}",
    "  outcome: {vi: kết quả công việc, en: work performance}",
    "  place: {vi: địa bàn nghiên cứu, en: the study area}",
)
_NAMED = 40  # columns that a comment names
PAGE, ITEMS = "study.yml", "items.csv"
_PLAIN = re.compile(r"[A-Za-zÀ-ỹĐđ][\wÀ-ỹĐđ ./()-]*[\wÀ-ỹĐđ.)]", re.ASCII)
_WORDS_OF_YAML = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n"})


@dataclass(frozen=True)
class Begun:
    """A new study: where it lies, and what was proposed."""

    folder: Path
    proposal: Proposal
    files: tuple[str, ...]

    @property
    def guesses(self) -> tuple[str, ...]:
        """Parts of the page that wait to be confirmed."""
        return load_study(self.folder).guesses


def begin(
    folder: str | Path, file: str | Path, *, form: str | Path | None = None, choices: str | Path | None = None,
    sheet: str | None = None, lang: str = "vi",
) -> Begun:  # fmt: skip
    """Write the first study page and items of a file of answers.

    Parameters
    ----------
    folder : str or Path
        The study's new folder. It may hold the file already; nothing in it is ever overwritten.
    file : str or Path
        The answers as received; copied byte for byte unless it lies in the folder.
    form, choices : str or Path, optional
        The XLSForm (or the structure of LimeSurvey), and its list of choices where that is a file of its own.
    sheet : str, optional
        Sheet of a workbook, or table of an archive.
    lang : str
        Language of the comments in the page.

    Returns
    -------
    Begun
        The page runs as it is; every guess is listed in it under ``unconfirmed``.

    Raises
    ------
    StudyError
        ``study.exists``: the folder holds a study or other files.
    DataError
        A file cannot be read, or no column of it holds answers on a scale (``data.no_scale``).
    """
    home = Path(folder).absolute()
    raws = [whole_file(Path(each)) for each in (file, form, choices) if each is not None]
    _free(home, [Path(each).absolute() for each in (file, form, choices) if each is not None])
    _apart([raw.name for raw in raws])
    answers, *forms = raws
    options = ResponsesFile(answers.name, sheet=sheet)
    known = form_of(form_tables(forms)) if forms else None
    options, proposal = _proposal(answers, options, known)
    page = _Page(lang, _study_id(home.name), proposal, options, tuple(each.name for each in forms)).text()
    written = {PAGE: page.encode(), ITEMS: _items(proposal).encode()}
    _checked(written, raws)
    _write(home, written, raws)
    return Begun(home, proposal, tuple(each.name for each in raws))


def _proposal(answers: RawFile, options: ResponsesFile, form: Form | None) -> tuple[ResponsesFile, Proposal]:
    """What a first look makes of a file; where its first sheet holds no answers, of the first sheet that does."""
    table = understood(read(answers, options), form)
    try:
        return options, propose(table, form)
    except DataError as refusal:
        if options.sheet is not None or refusal.problems[0].code != "data.no_scale":
            raise
        for name in _other_sheets(table):
            chosen = replace(options, sheet=name)
            with suppress(DataError):
                return chosen, propose(understood(read(answers, chosen), form), form)
        raise


def _other_sheets(table: RawTable) -> tuple[str, ...]:
    others = next((each.get("others") for each in table.notes if each.code == "read.sheet"), None)
    return others if isinstance(others, tuple) else ()


def _study_id(name: str) -> str:
    """A folder's name as a study's: small letters, digits, - and _."""
    apart = unicodedata.normalize("NFD", name.replace("Đ", "D").replace("đ", "d").lower())
    return re.sub(r"[^a-z0-9_-]+", "_", apart.encode("ascii", "ignore").decode()).strip("_-")[:64] or "study"


# ---- the folder ----------------------------------------------------------------------------------------------------


def _free(home: Path, own: list[Path]) -> None:
    """Refuse a folder that holds anything but the files themselves."""
    if not home.exists():
        return
    held = [path for path in home.iterdir() if path not in own] if home.is_dir() else [home]
    if held:
        names = tuple(sorted(path.name for path in held))[:5]
        raise StudyError(problem("study.exists", Place(), folder=home.name, files=names))


def _apart(names: list[str]) -> None:
    """Refuse files that would lie on each other or on what is written here."""
    taken = {PAGE, ITEMS}
    for name in names:
        if name.casefold() in taken:
            raise StudyError(problem("study.name_taken", Place(file=name)))
        taken.add(name.casefold())


def _checked(written: dict[str, bytes], raws: list[RawFile]) -> None:
    """Load what was made before anybody sees it: a page that does not load is a fault of this program, not written."""
    with tempfile.TemporaryDirectory() as trial:
        for name, content in written.items():
            (Path(trial) / name).write_bytes(content)
        for raw in raws:
            (Path(trial) / raw.name).touch()
        load_study(trial)


def _write(home: Path, written: dict[str, bytes], raws: list[RawFile]) -> None:
    """All files at once: a new folder by one move; in the folder of the file itself the page comes last."""
    home.parent.mkdir(parents=True, exist_ok=True)
    partial = Path(tempfile.mkdtemp(prefix=f".{home.name}.partial-", dir=home.parent))
    try:
        for name, content in (*((raw.name, raw.content) for raw in raws), *written.items()):
            with (partial / name).open("wb") as stream:
                stream.write(content)
                stream.flush()
                os.fsync(stream.fileno())
        if home.is_dir() and any(home.iterdir()):
            for name in (*(raw.name for raw in raws if not (home / raw.name).exists()), ITEMS, PAGE):
                (partial / name).rename(home / name)
        else:
            if home.is_dir():
                home.rmdir()
            partial.chmod(0o755)
            partial.rename(home)
    finally:
        shutil.rmtree(partial, ignore_errors=True)


# ---- items.csv -----------------------------------------------------------------------------------------------------


def _items(proposal: Proposal) -> str:
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(("code", "construct", "reverse", "text_vi", "text_en", "column", "scale"))
    for construct in proposal.constructs:
        for item in construct.items:
            scale = "" if item.scale == construct.scale else item.scale
            column = "" if item.own_code else item.header
            reverse = "guess" if item.against else ""
            writer.writerow((item.code, construct.code, reverse, item.words.vi, item.words.en, column, scale))
    return out.getvalue()


# ---- study.yml -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Page:
    """The page as text: plain keys in the order of the template, comments in one language."""

    lang: str
    study: str
    proposal: Proposal
    options: ResponsesFile
    forms: tuple[str, ...]

    def text(self) -> str:
        lines = [
            *self._comment("head"),
            *self._header(),
            *self._responses(),
            *self._scales(),
            *self._constructs(),
            *self._variables(),
            *self._cleaning(),
            *self._model(),
            *self._unconfirmed(),
            *self._unused(),
        ]
        return "\n".join(lines) + "\n"

    def _comment(self, key: str, **slots: object) -> Iterator[str]:
        for line in phrase(f"run.begin.{key}", self.lang).format(**slots).splitlines():
            yield f"# {line}".rstrip()

    def _header(self) -> Iterator[str]:
        title = _title(self.options.file)
        yield f"study: {_scalar(self.study)}"
        yield from self._comment("title")
        yield f"title: {_words(Words(title, title))}"
        yield f"simulated: {str(self.proposal.simulated).lower()}"
        if self.proposal.period:
            first, last = self.proposal.period
            yield f"period: {_words(_span(first, last))}"
        yield ""
        yield from self._comment("nouns")
        yield from (f"# {line}" for line in _NOUNS)
        yield ""

    def _responses(self) -> Iterator[str]:
        yield "responses:"
        yield f"  file: {_scalar(self.options.file)}"
        if self.options.sheet:
            yield f"  sheet: {_scalar(self.options.sheet)}"
        if self.proposal.id:
            yield f"  id: {_scalar(self.proposal.id)}"
        for key, name in zip(("form", "choices"), self.forms, strict=False):
            yield f"  {key}: {_scalar(name)}"
        yield ""

    def _scales(self) -> Iterator[str]:
        yield from self._comment("scales")
        yield "scales:"
        for name, scale in self.proposal.scales.items():
            yield f"  {name}:"
            yield from _scale(scale)
        yield ""

    def _constructs(self) -> Iterator[str]:
        yield from self._comment("constructs")
        yield "constructs:"
        for each in self.proposal.constructs:
            role = "outcome" if each.code == self.proposal.outcome else "factor"
            seen_by = phrase(f"run.begin.by.{each.by}", self.lang)
            yield f"  {each.code}: {{role: {role}, scale: {each.scale}, name: {_words(each.name)}}}  # {seen_by}"
        if self.proposal.reversed:
            yield from self._comment("reverse", items=", ".join(self.proposal.reversed))
        yield ""

    def _variables(self) -> Iterator[str]:
        if not self.proposal.variables:
            return
        yield from self._comment("variables")
        yield "variables:"
        for each in self.proposal.variables:
            yield f"  {each.code}:"
            yield from _variable(each.variable)
        yield ""

    def _cleaning(self) -> Iterator[str]:
        yield from self._comment("cleaning")
        if self.proposal.consent or self.proposal.times:
            yield "cleaning:"
        if self.proposal.times:
            columns = ", ".join(f"{key}: {_scalar(header)}" for key, header in self.proposal.times.items())
            yield f"  speed: {{{columns}}}"
        if self.proposal.consent:
            yield "  screening:"
            for each in self.proposal.consent:
                keep = ", ".join(map(_scalar, each.keep))
                yield f"    - {{column: {_scalar(each.header)}, keep: [{keep}]}}"
        yield ""

    def _model(self) -> Iterator[str]:
        if self.proposal.outcome is None:
            return
        names = {each.code: each.name for each in self.proposal.constructs}
        said = names[self.proposal.outcome]
        title = Words(
            phrase("run.begin.model_title", "vi").format(outcome=said.vi),
            phrase("run.begin.model_title", "en").format(outcome=said.en),
        )
        yield from self._comment("model")
        yield "models:"
        yield "  main:"
        yield f"    formula: {self.proposal.outcome} ~ {' + '.join(self.proposal.factors)}"
        yield f"    title: {_words(title)}"
        yield ""

    def _unconfirmed(self) -> Iterator[str]:
        proposal = self.proposal
        yield from self._comment("unconfirmed")
        yield "unconfirmed:"
        guesses = ["title", "items", *(f"scales.{name}" for name in proposal.scales)]
        guesses += [f"constructs.{each.code}" for each in proposal.constructs]
        guesses += [f"variables.{each.code}" for each in proposal.variables]
        guesses += ["cleaning.speed"] * bool(proposal.times)
        guesses += ["cleaning.screening"] * bool(proposal.consent)
        guesses += ["models.main"] * (proposal.outcome is not None)
        yield from (f"  - {_scalar(guess)}" for guess in guesses)

    def _unused(self) -> Iterator[str]:
        if not self.proposal.unused:
            return
        yield ""
        yield from self._comment("unused")
        for reason in dict.fromkeys(each.reason for each in self.proposal.unused):
            headers = [" ".join(each.header.split()) for each in self.proposal.unused if each.reason == reason]
            shown = " | ".join(filter(None, headers[:_NAMED])) + (
                f" … (+{len(headers) - _NAMED})" if len(headers) > _NAMED else ""
            )
            yield f"#   {phrase(f'run.begin.reason.{reason}', self.lang)}: {shown}"


def _title(file: str) -> str:
    stem = Path(file).stem.replace("_", " ").strip() or "?"
    return stem[:1].upper() + stem[1:]


def _span(first: Any, last: Any) -> Words:
    """First and last day in both languages."""
    if first == last:
        return Words(f"ngày {first.day}/{first.month}/{first.year}", f"{first:%Y-%m-%d}")
    return Words(
        f"từ {first.day}/{first.month}/{first.year} đến {last.day}/{last.month}/{last.year}",
        f"{first:%Y-%m-%d} to {last:%Y-%m-%d}",
    )


def _scale(scale: Scale) -> Iterator[str]:
    if scale.levels:
        yield "    levels:"
        yield from (f"      {code}: {_words(words)}" for code, words in sorted(scale.levels.items()))
    else:
        yield f"    min: {scale.min}"
        yield f"    max: {scale.max}"
    if scale.also:
        also = "; ".join(f"{code}: [{', '.join(map(_scalar, spellings))}]" for code, spellings in scale.also.items())
        yield f"    also: {{{also.replace('; ', ', ')}}}"
    if scale.no_answer:
        yield f"    no_answer: [{', '.join(map(_scalar, scale.no_answer))}]"


def _variable(variable: Variable) -> Iterator[str]:
    if variable.column is not None:
        yield f"    column: {_scalar(variable.column)}"
    if variable.choice is not None:
        yield f"    choice: {_scalar(variable.choice)}"
    yield f"    name: {_words(variable.name)}"
    yield f"    kind: {variable.kind}"
    if variable.part is not None:
        yield f"    part: {variable.part}"
    if variable.levels:
        yield "    levels:"
        yield from (f"      {_scalar(code)}: {_words(words)}" for code, words in variable.levels.items())
    if variable.no_answer:
        yield f"    no_answer: [{', '.join(map(_scalar, variable.no_answer))}]"


def _words(words: Words) -> str:
    return f"{{vi: {_scalar(words.vi)}, en: {_scalar(words.en)}}}"


def _scalar(value: object) -> str:
    """A value as YAML: numbers and plain words as they are, anything else in quotes."""
    if isinstance(value, int):
        return str(value)
    text = str(value)
    if _PLAIN.fullmatch(text) and text.lower() not in _WORDS_OF_YAML and ": " not in text and " #" not in text:
        return text
    return json.dumps(text, ensure_ascii=False)
