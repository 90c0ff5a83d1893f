"""Printed tables read from a folder, and a reconstruction written as a study that the whole package can run."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
import unicodedata
from collections.abc import Iterable, Iterator
from importlib.resources import files
from pathlib import Path
from string import Template

from ..errors import DataError, Place, Problem, RunError, problem
from ..simulate.workbook import STAMP, workbook
from ..stats.result import to_dict
from ..study import Study, TableFile, Words
from ..study.page import Cleaning
from ..survey.tables import load_table
from .blueprint import Blueprint, Cells
from .reconstruct import Reconstruction

#: File of each kind of printed table that a reconstruction reads.
FILES = {
    "reliability": "reliability_items.csv",
    "correlations": "correlations.csv",
    "profiles": "sample_profiles.csv",
    "groups": "group_statistics.csv",
    "coefficients": "regression_coefficients.csv",
}
RESULT = "reconstruction.json"
_NOTE, _ID = "Ghi chú nguồn", "Mã phiếu"


def printed_tables(folder: Path) -> dict[str, list[Cells]]:
    """Read a folder of printed tables.

    Parameters
    ----------
    folder : Path
        Holds some of the files of `FILES`, with the columns of a study's published tables.

    Returns
    -------
    dict
        Rows of every kind that is there, numbers as printed.

    Raises
    ------
    DataError
        ``reconstruct.no_files``: none of the files is there; ``table.…``: every wrong column and cell of all files.
    """
    present = {kind: name for kind, name in FILES.items() if (folder / name).is_file()}
    if not present:
        raise DataError(problem("reconstruct.no_files", folder=folder.name, files=tuple(FILES.values())))
    page = _page(folder, present)
    found: dict[str, list[Cells]] = {}
    wrong: list[Problem] = []
    for kind in present:
        try:
            frame = load_table(page, f"published.{kind}").frame
        except DataError as error:
            wrong += error.problems
            continue
        cells = frame.astype(object).where(frame.notna(), None).to_dict("records")
        found[kind] = [{str(name): cell for name, cell in row.items()} for row in cells]
    if wrong:
        raise DataError(*wrong)
    return found


def write(found: Reconstruction, folder: Path) -> Path:
    """Write a reconstruction as a study folder, but never into a folder that holds anything.

    Parameters
    ----------
    found : Reconstruction
        What to write.
    folder : Path
        Is made: study.yml (simulated), items.csv, responses.xlsx (stamped in every row and in its properties), and
        reconstruction.json with every printed number beside the one that was reached.

    Returns
    -------
    Path
        The folder.

    Raises
    ------
    RunError
        ``reconstruct.exists``: the folder holds something.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise RunError(problem("reconstruct.exists", Place(file=folder.name)))
    parts = {
        "study.yml": _study_page(found.blueprint, folder.resolve().name).encode(),
        "items.csv": _items(found.blueprint).encode("utf-8-sig"),
        "responses.xlsx": _responses(found),
        RESULT: (json.dumps(to_dict(found), ensure_ascii=False, indent=1) + "\n").encode(),
    }
    partial = folder.resolve().with_name(f"{folder.resolve().name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    for name, content in parts.items():
        (partial / name).write_bytes(content)
    if folder.is_dir():
        folder.rmdir()
    partial.rename(folder)  # all files at once, or none
    return folder


def _page(folder: Path, present: dict[str, str]) -> Study:
    """A page that declares nothing but the tables: the readers of a study's tables ask for one."""
    return Study(
        id=folder.resolve().name,
        title=Words("", ""),
        simulated=False,
        chapter=0,
        period=None,
        nouns={},
        sources={},
        responses=None,
        tables={f"published.{kind}": TableFile(name) for kind, name in present.items()},
        scales={},
        constructs={},
        items={},
        variables={},
        models={},
        hypotheses={},
        cleaning=Cleaning(),
        thresholds={},
        population=None,
        strata=None,
        folder=folder,
        data_folder=folder,
        unconfirmed=(),
        fingerprint="",
    )


# ---- the files ----------------------------------------------------------------------------------------------------


def _title(plan: Blueprint) -> Words:
    names = ", ".join(scale.code for scale in plan.scales)
    return Words(
        f"Số liệu mô phỏng phục dựng từ bảng in ({names}; n = {plan.n})",
        f"Simulated data rebuilt from printed tables ({names}; n = {plan.n})",
    )


def _study_page(plan: Blueprint, name: str) -> str:
    template = Template((files(__package__) / "template" / "study.yml").read_text(encoding="utf-8"))
    title = _title(plan)
    slots = {
        "study": _slug(name),
        "title_vi": _quoted(title.vi),
        "title_en": _quoted(title.en),
        "outcome": _quoted(_label(plan, plan.outcome)),
        "citation_vi": _quoted(f"Số liệu mô phỏng, phục dựng từ bảng in tại: {plan.source or 'không ghi địa chỉ'}"),
        "citation_en": _quoted(f"Simulated data, rebuilt from tables printed at: {plan.source or 'no address given'}"),
        "address": f"    address: {_quoted(plan.source)}\n" if plan.source else "",
        "low": plan.low,
        "high": plan.high,
        "constructs": "\n".join(_constructs(plan)),
        "variables": _section("variables", _variables(plan)),
        "models": _section("models", _models(plan)),
    }
    return template.substitute(slots).rstrip("\n") + "\n"


def _constructs(plan: Blueprint) -> Iterator[str]:
    for scale in plan.scales:
        role = "outcome" if scale.code == plan.outcome else "factor" if scale.code in plan.factors else "other"
        yield f"  {scale.code}: {{role: {role}, scale: printed, name: {_both(scale.label)}}}"


def _variables(plan: Blueprint) -> Iterator[str]:
    for code, members in plan.variables.items():
        yield f"  {code}:"
        yield f"    name: {_both(code)}"
        yield "    kind: category"
        yield "    levels:"
        yield from (f"      {group.level}: {_both(group.label)}" for group in members)


def _models(plan: Blueprint) -> Iterator[str]:
    if plan.outcome and plan.factors:
        yield "  main:"
        yield f"    formula: {plan.outcome} ~ {' + '.join(plan.factors)}"
        yield f"    title: {_both(_label(plan, plan.outcome))}"


def _section(name: str, lines: Iterable[str]) -> str:
    body = "\n".join(lines)
    return f"\n{name}:\n{body}\n" if body else ""


def _label(plan: Blueprint, code: str) -> str:
    return next((scale.label for scale in plan.scales if scale.code == code), code or "–")


def _both(text: str) -> str:
    """A printed name in both languages: nobody translated it."""
    return f"{{vi: {_quoted(text)}, en: {_quoted(text)}}}"


def _quoted(text: str) -> str:
    """Text as a quoted YAML scalar: JSON's quotes are YAML's."""
    return json.dumps(unicodedata.normalize("NFC", text), ensure_ascii=False)


def _slug(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name.lower().replace("đ", "d")).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9_-]+", "-", plain).strip("-_")[:64] or "reconstruction"


def _items(plan: Blueprint) -> str:
    out = io.StringIO()
    lines = csv.writer(out, lineterminator="\n")
    lines.writerow(("code", "construct", "reverse", "text_vi", "text_en"))
    lines.writerows((item.code, item.scale, "", item.label, item.label) for item in plan.items)
    return out.getvalue()


def _responses(found: Reconstruction) -> bytes:
    plan = found.blueprint
    labels = [{group.level: group.label for group in members} for members in plan.variables.values()]
    headers = [_ID, *plan.variables, *(item.code for item in plan.items), _NOTE]
    rows = [
        [
            f"P{at:04d}",
            *(names[level] for names, level in zip(labels, levels, strict=True)),
            *answers,
            STAMP,
        ]
        for at, (answers, levels) in enumerate(zip(found.answers, found.levels, strict=True), start=1)
    ]
    return workbook(_title(plan), None, headers, rows)
