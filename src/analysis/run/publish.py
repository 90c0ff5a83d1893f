"""What a run leaves behind: pages, notebooks, ledger and manifest of a study, and the index over all studies."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import nbformat

from ..chapters.brief import BriefFindings, brief
from ..report.block import Table, plain
from ..report.document.brief import brief_document, brief_section
from ..report.document.findings import Findings, findings_document
from ..report.document.formats import written
from ..report.document.formats.edition import Edition
from ..report.document.index import Entry, index_pages
from ..report.document.model import Section
from ..report.document.notebook import section_of
from ..report.document.unconfirmed import unconfirmed
from ..report.ledger import entries, ledger, same_values
from ..report.pen import Pen
from ..report.words import languages
from ..study import Study, load_study
from ..survey.responses import prepare
from .engine import in_process
from .execute import Executed, scrubbed
from .manifest import manifest, own_hashes, source_hash, versions
from .plan import Notebook


@dataclass(frozen=True)
class Options:
    """Choices of a run: where files lie, where pages go, in which languages, by how many workers."""

    data: Path | None = None
    out: Path | None = None
    langs: tuple[str, ...] = ("vi", "en")
    jobs: int = 2
    level: float = 0.95


@dataclass(frozen=True)
class Read:
    """What was read of a study: respondents analysed (None without answers of persons), every file with its hash."""

    n: int | None
    inputs: dict[str, str]


def begun_brief(study: Study, level: float) -> Future[BriefFindings] | None:
    """The results of the brief, calculated beside the notebooks; None for a study that has no brief."""
    if study.lacks(("constructs", "outcomes")):
        return None
    return in_process(_brief, study.folder, study.data_folder, level)


def _brief(folder: Path, data: Path, level: float) -> BriefFindings:
    return brief(prepare(load_study(folder, data=data)), level=level)


def write_study(
    study: Study,
    read: Read,
    executed: Sequence[Executed],
    omitted: Sequence[Notebook],
    briefs: BriefFindings | None,
    options: Options,
    folder: Path,
) -> None:
    """Write all files of a study's report into a folder: documents in every format, notebooks, ledger, manifest."""
    edited = _edited(executed)
    sections = {lang: _sections(executed, lang, edited) for lang in options.langs}
    left_out = tuple((each.titles, need) for each in omitted for need in study.lacks(each.needs))
    shared = Findings(study, read.n, version("phoyen-analysis"), left_out)
    found, editions = {}, []
    for lang, parts in sections.items():
        short = brief_section(briefs, lang, _answer(parts)) if briefs else None
        found[lang] = entries((*parts, short) if short else parts)
        documents = [findings_document(shared, lang, parts)]
        if briefs and short:
            documents.append(brief_document(briefs, lang, short))
        editions.append(Edition(lang, options.langs, tuple(documents)))
    first = options.langs[0]
    for lang in options.langs[1:]:
        same_values(found[first], found[lang])
    _write_editions(editions, folder)
    for each in executed:
        shown = scrubbed(each.notebook, {**each.job.parameters, "study": study.id, "data": ""}, each.job.lang)
        shown.metadata.setdefault("analysis", {})["simulated"] = study.simulated
        _write(folder / each.job.lang / "notebooks" / f"{each.job.notebook.name}.ipynb", nbformat.writes(shown) + "\n")
    common = {"study": study.id, "simulated": study.simulated, "inputs": read.inputs, "versions": versions()}
    _write_json(folder / "ledger.json", ledger(found, common))
    about = {
        "study": study.id, "title": {lang: study.title[lang] for lang in languages()}, "simulated": study.simulated,
        "languages": list(options.langs), "n": read.n, "level": options.level, "inputs": read.inputs,
        "page": study.fingerprint,
        "unconfirmed": {lang: said for lang in languages() if (said := _unconfirmed(study, lang))},
    }  # fmt: skip
    _write_json(folder / "manifest.json", manifest(about, executed, edited, folder))


def _answer(sections: Sequence[Section]) -> Table | None:
    """The table that answers the study's question on one page; the brief shows it as the findings do."""
    blocks = (each for section in sections for each in section.elements if isinstance(each, Table))
    return next((block for block in blocks if block.key == "answer" and block.rows), None)


def _unconfirmed(study: Study, lang: str) -> str:
    return " ".join(plain(text) for text in unconfirmed(study, Pen(lang, study)))


def _write_editions(editions: Sequence[Edition], folder: Path) -> None:
    """The documents, a process for each language."""
    for done in [in_process(_write_edition, edition, folder) for edition in editions]:
        done.result()


def _write_edition(edition: Edition, folder: Path) -> None:
    for name, content in written(edition):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def _edited(executed: Sequence[Executed]) -> dict[str, bool]:
    own = own_hashes()
    paths = {each.job.notebook.name: each.job.notebook.path for each in executed}
    return {
        name: source_hash(json.loads(path.read_text(encoding="utf-8"))) != own.get(name) for name, path in paths.items()
    }


def _sections(executed: Sequence[Executed], lang: str, edited: dict[str, bool]) -> tuple[Section, ...]:
    chosen = [each for each in executed if each.job.lang == lang]
    return tuple(
        section_of(each.job.notebook.name, each.notebook, lang, edited=edited[each.job.notebook.name])
        for each in chosen
    )


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")


def _write_json(path: Path, content: object) -> None:
    _write(path, json.dumps(_shortened(content), ensure_ascii=False, indent=1) + "\n")


def _shortened(value: Any) -> Any:
    """Floats with 12 significant digits, as results are written."""
    if isinstance(value, float):
        return float(f"{value:.12g}")
    if isinstance(value, dict):
        return {name: _shortened(each) for name, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_shortened(each) for each in value]
    return value


def write_index(out: Path) -> None:
    """Write the index of all reports in a folder, those of earlier runs too."""
    found = []
    for path in sorted(out.glob("*/manifest.json")):
        about = json.loads(path.read_text(encoding="utf-8"))
        has_brief = any(name.endswith("/brief.html") for name in about["outputs"])
        found.append(
            Entry(
                about["study"],
                about["title"],
                about["simulated"],
                tuple(about["languages"]),
                has_brief,
                about.get("unconfirmed", {}),
            )
        )
    for name, page in index_pages(found).items():
        temporary = out / f".{name}.{os.getpid()}"
        _write(temporary, page)
        temporary.replace(out / name)
