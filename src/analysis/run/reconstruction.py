"""From printed tables in a folder to a study folder of simulated answers that give them."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, TypeAlias

from ..errors import ModelError, Place, RunError, StudyError, problem
from ..published.blueprint import HIGH, KINDS, LOW, Blueprint, blueprint
from ..published.margins import sizes
from ..published.reconstruct import SEED, Match, Reconstruction, reconstruct
from ..report.words import languages, phrase
from ..simulate.workbook import STAMP, Line, workbook
from ..stats.result import to_dict
from ..study import Study, TableFile, Words, load_study
from ..study.find import PAGE
from ..study.page import Cleaning
from ..survey.tables import load_tables

Tree: TypeAlias = "Mapping[str, Tree] | Sequence[str] | str | int | bool"

#: File names under which a folder may hold each kind of printed table.
FILES = {
    "reliability": ("reliability_items.csv", "reliability.csv"),
    "correlations": ("correlations.csv",),
    "profiles": ("sample_profiles.csv", "profiles.csv"),
    "groups": ("group_statistics.csv", "groups.csv"),
    "coefficients": ("regression_coefficients.csv", "coefficients.csv"),
}
ANSWERS, RECORD, MATCHED = "responses.xlsx", "reconstruction.json", "matched.csv"
_SHEET = "responses"
_NOTE = "Ghi chú nguồn"
_FIRST = 6  # numbers of persons that are named where the tables print none
_KEY = re.compile(r"[A-Za-z_]\w*", re.ASCII)


@dataclass(frozen=True, slots=True)
class Choice:
    """Which of the printed tables are taken, and what they do not print."""

    tables: tuple[str, ...] = ()  # names of tables (table_id); all where none is named
    n: int | None = None
    low: int = LOW
    high: int = HIGH
    outcome: str = ""


def rebuild(folder: str | Path, out: str | Path, choice: Choice = Choice(), *, seed: int = SEED) -> Reconstruction:
    """Reconstruct a survey from the printed tables of a folder and write it as a study folder.

    Parameters
    ----------
    folder : str or Path
        Holds `reliability_items.csv` and, if there are any, `correlations.csv`, `sample_profiles.csv`,
        `group_statistics.csv`, `regression_coefficients.csv`; or a study whose page declares published tables.
    out : str or Path
        The new study folder; it must not exist or be empty.
    choice : Choice
        Which tables, and what they leave out.
    seed : int
        The same seed gives the same folder.

    Returns
    -------
    Reconstruction
        What was written.

    Raises
    ------
    AnalysisError
        With every problem of the tables; nothing is written then.
    """
    target = Path(out).absolute()
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise RunError(problem("reconstruct.exists", Place(file=target.name)))
    found = reconstruct(plan(folder, choice), seed=seed)
    write(found, target)
    return found


def plan(folder: str | Path, choice: Choice = Choice()) -> Blueprint:
    """The printed tables of a folder as one survey's blueprint; parameters and errors as for `rebuild`."""
    tables: dict[str, Any] = {kind: table.frame for kind, table in _tables(folder).items()}
    asked: dict[str, Any] = {"low": choice.low, "high": choice.high, "only": choice.tables, "outcome": choice.outcome}
    try:
        return blueprint(tables, n=choice.n, **asked)
    except ModelError as error:
        if error.code != "reconstruct.n_not_printed":
            raise
    possible = sizes(blueprint({"reliability": tables["reliability"]}, n=100, **{**asked, "outcome": ""}))
    code = "reconstruct.n_possible" if possible else "reconstruct.n_not_printed"
    slots = {"possible": tuple(map(str, possible[:_FIRST]))} if possible else {}
    raise ModelError(problem(code, **slots))


def _tables(folder: str | Path) -> dict[str, Any]:
    """Published tables by kind: those that a page declares, or those that lie in a folder under their usual names."""
    path = Path(folder)
    try:
        declared = not path.is_dir() or (path / PAGE).is_file()
    except (OSError, ValueError):
        declared = True  # no such path: perhaps the name of a study
    study = load_study(path) if declared else _bare(path)
    kinds = {kind: name for kind in KINDS if (name := f"published.{kind}") in study.tables}
    if "reliability" not in kinds:
        raise StudyError(problem("reconstruct.no_file", Place(file=FILES["reliability"][0])))
    found = load_tables(_only(study, tuple(kinds.values())))
    return {kind: found[name] for kind, name in kinds.items()}


def _only(study: Study, kinds: Sequence[str]) -> Study:
    values = {field.name: getattr(study, field.name) for field in fields(study)}
    return Study(**{**values, "tables": {kind: study.tables[kind] for kind in kinds}})


def _bare(folder: Path) -> Study:
    """A study that consists of nothing but the tables in a folder."""
    at = folder.absolute()
    tables = {
        f"published.{kind}": TableFile(name)
        for kind, names in FILES.items()
        if (name := next((name for name in names if (at / name).is_file()), None))
    }
    return Study(
        id=folder.name, title=Words(folder.name, folder.name), simulated=False, chapter=4, period=None, nouns={},
        sources={}, responses=None, tables=tables, scales={}, constructs={}, items={}, variables={}, models={},
        hypotheses={}, cleaning=Cleaning(), thresholds={}, population=None, strata=None, folder=at, data_folder=at,
        unconfirmed=(), guesses=(), fingerprint="",
    )  # fmt: skip


def write(found: Reconstruction, folder: Path) -> Path:
    """Write a reconstruction as a study folder: page, items, answers, and what was matched.

    Parameters
    ----------
    found : Reconstruction
        Simulated answers.
    folder : Path
        Where to; the page's short name is made of the folder's.

    Returns
    -------
    Path
        The folder; it appears whole or not at all.
    """
    title = Words(*(_title(found, lang) for lang in ("vi", "en")))
    texts = {
        PAGE: _page(found, folder.name, title),
        "items.csv": _items(found),
        MATCHED: _matched(found),
        RECORD: json.dumps(to_dict(found), ensure_ascii=False, indent=1) + "\n",
    }
    folder.parent.mkdir(parents=True, exist_ok=True)
    partial = Path(tempfile.mkdtemp(prefix=f".{folder.name}.partial-", dir=folder.parent))
    try:
        for name, text in texts.items():
            (partial / name).write_text(text, encoding="utf-8", newline="\n")
        (partial / ANSWERS).write_bytes(_answers(found, title))
        partial.chmod(0o755)
        if folder.exists():
            folder.rmdir()  # empty, or this fails
        partial.rename(folder)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return folder


def _title(found: Reconstruction, lang: str) -> str:
    return phrase("reconstruct.title", lang).format(tables=", ".join(found.blueprint.table_ids) or "–")


def _answers(found: Reconstruction, title: Words) -> bytes:
    """The workbook: codes as headers, whole answers, levels as printed, and the stamp in every row."""
    built = found.blueprint
    headers = [*(item.code for item in built.items), *built.variables, _NOTE]
    rows: list[Line] = [
        [*(column[at] for column in found.answers), *(row[at] or None for row in found.said), STAMP]
        for at in range(built.n)
    ]
    return workbook(title, _SHEET, headers, rows)


def _items(found: Reconstruction) -> str:
    rows = [["code", "construct", "text_vi", "text_en", "column"]]
    for item in found.blueprint.items:
        texts = [phrase("reconstruct.item", lang).format(item=item.name or item.code) for lang in languages()]
        rows.append([item.code, item.scale, *texts, item.code])
    return _csv(rows)


def _matched(found: Reconstruction) -> str:
    names = [field.name for field in fields(Match)]
    rows = ([*(_cell(getattr(match, name)) for name in names), STAMP] for match in found.matched)
    return _csv([[*names, _NOTE], *rows])


def _cell(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:.12g}" if isinstance(value, float) else str(value)


def _csv(rows: Sequence[Sequence[str]]) -> str:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()


def _page(found: Reconstruction, name: str, title: Words) -> str:
    built = found.blueprint
    page: dict[str, Tree] = {
        "study": _study_id(name),
        "title": _words(title.vi, title.en),
        "simulated": True,
        "sources": _sources(found),
        "responses": {"file": ANSWERS, "sheet": _SHEET},
        "scales": {"printed": {"min": built.low, "max": built.high}},
        "constructs": {
            scale.code: {"role": _role(built, scale.code), "scale": "printed", "name": _words(scale.name or scale.code)}
            for scale in built.scales
        },
    }
    variables = _variables(built)
    if variables:
        page["variables"] = variables
    if built.outcome and built.factors:
        titles = [phrase("reconstruct.model", lang) for lang in ("vi", "en")]
        page["models"] = {
            "main": {"formula": f"{built.outcome} ~ {' + '.join(built.factors)}", "title": _words(*titles)}
        }
    comments = [f"# {line}" for lang in languages() for line in _notes(found, lang)]
    return "\n".join([*comments, *_yaml(page, ""), ""])


def _notes(found: Reconstruction, lang: str) -> list[str]:
    counts = {"matched": len(found.matched) - len(found.missed), "printed": len(found.matched), "seed": found.seed}
    free = ", ".join(phrase(f"reconstruct.free.{name}", lang) for name in found.free)
    return [phrase("reconstruct.note", lang).format(**counts), phrase("reconstruct.open", lang).format(free=free)]


def _sources(found: Reconstruction) -> Tree:
    citation = [phrase("reconstruct.citation", lang) for lang in ("vi", "en")]
    addresses = found.blueprint.sources or ("",)
    return {
        f"printed_{number}" if len(addresses) > 1 else "printed": {
            "citation": _words(*citation), **({"address": address} if address else {}),
        }
        for number, address in enumerate(addresses, start=1)
    }  # fmt: skip


def _role(built: Blueprint, scale: str) -> str:
    if scale == built.outcome:
        return "outcome"
    return "factor" if scale in built.factors else "other"


def _variables(built: Blueprint) -> dict[str, Tree]:
    """Variables of the respondents; one with a single level tells nothing and is left out."""
    return {
        name: {
            "column": name,
            "name": _words(name),
            "kind": "category",
            "levels": {f"L{at}": _words(level.level) for at, level in enumerate(levels, start=1)},
        }
        for name, levels in built.variables.items()
        if len(levels) > 1
    }


def _words(vi: str, en: str = "") -> dict[str, str]:
    return {"vi": vi, "en": en or vi}


def _study_id(name: str) -> str:
    plain = re.sub(r"[^a-z0-9_-]+", "_", name.lower()).strip("_-")
    return plain[:64] if plain and plain[0].isalnum() else "reconstruction"


def _yaml(tree: Mapping[str, Tree], indent: str) -> list[str]:
    """A page as people write it: nested blocks, the innermost in one line, every text in quotes."""
    lines = []
    for key, value in tree.items():
        name = key if _KEY.fullmatch(key) else json.dumps(key, ensure_ascii=False)
        if isinstance(value, Mapping) and any(isinstance(each, Mapping) for each in value.values()):
            lines += [f"{indent}{name}:", *_yaml(value, indent + "  ")]
        else:
            lines.append(f"{indent}{name}: {_flow(value)}")
    return lines


def _flow(value: Tree) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {_flow(each)}" for key, each in value.items()) + "}"
    return json.dumps(value, ensure_ascii=False)
