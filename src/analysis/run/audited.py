"""`analysis audit`: printed tables from files, one line a table or a check, tab-separated."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..published.audit import Audit, audit
from ..published.certificate import certificates
from ..published.check import Check
from ..published.reading import Reading, read_tables
from ..published.sheet import Explanation
from ..report.document.certificate import certificate_document
from ..report.document.formats.pdf import pdf
from ..report.document.formats.word import docx
from ..report.document.html import document_html
from ..report.words import phrase, sentence

_DISAGREES, _UNREADABLE = 1, 2


@dataclass(frozen=True)
class Audited:
    """What `analysis audit` writes: lines for the standard output, notes for the other one, the exit code."""

    lines: tuple[str, ...]
    notes: tuple[str, ...]
    code: int


def audited(paths: Sequence[Path], lang: str, *, every_check: bool = False) -> Audited:
    """Read and check printed tables.

    Parameters
    ----------
    paths : sequence of Path
        Files or folders. Tables of one name in one folder belong together.
    lang : str
        Language of reasons and notes.
    every_check : bool
        One line a check instead of one a table.

    Returns
    -------
    Audited
        Exit code 2 where something could not be read, else 1 where a table disagrees with itself, else 0.
    """
    lines: list[str] = []
    notes: list[str] = []
    code = 0
    for group in _together(paths):
        reading = read_tables(*group)
        found = audit(reading.by_kind)
        notes += [sentence(each, lang) for each in (*reading.unreadable, *reading.problems)]
        notes += [phrase("audit.passed_over", lang).format(file=name) for name in reading.passed_over]
        lines += list(_every(found, reading, lang) if every_check else _tables(found, reading, lang))
        disagrees = any(each.verdict == "inconsistent" for each in found.checks)
        code = max(code, _UNREADABLE if reading.unreadable else _DISAGREES if disagrees else 0)
    return Audited(tuple(lines), tuple(notes), code)


def write_certificates(paths: Sequence[Path], out: Path, langs: Sequence[str]) -> int:
    """Write a page about each publication, as HTML, PDF and Word file, into ``out/<lang>``.

    Parameters
    ----------
    paths : sequence of Path
        As for `audited`.
    out : Path
        A folder; it is made where it is not there.
    langs : sequence of str
        Languages of the pages.

    Returns
    -------
    int
        How many certificates there are in each language.
    """
    found = [each for group in _together(paths) for each in certificates(audit(read_tables(*group).by_kind))]
    for lang in langs:
        folder = out / lang
        folder.mkdir(parents=True, exist_ok=True)
        for certificate in found:
            document = certificate_document(certificate, lang)
            files = {"html": document_html(document).encode(), "pdf": pdf(document), "docx": docx(document)}
            for suffix, content in files.items():
                (folder / f"{document.name}.{suffix}").write_bytes(content)
    return len(found)


def _together(paths: Sequence[Path]) -> list[list[Path]]:
    """Files of one folder together, each folder by itself."""
    found: dict[Path, list[Path]] = {}
    for path in paths:
        found.setdefault(path.resolve() if path.is_dir() else path.resolve().parent, []).append(path)
    return list(found.values())


def _tables(found: Audit, reading: Reading, lang: str) -> Iterator[str]:
    for name in dict.fromkeys(table.table_id for table in found.tables):
        checks = [each for table in found.tables if table.table_id == name for each in table.checks]
        made = [each for each in checks if each.verdict != "cannot check"]
        wrong = [each for each in made if each.verdict == "inconsistent"]
        verdict = "inconsistent" if wrong else "consistent" if made else "cannot check"
        told = next((each for each in found.explanations if each.table_id == name), None)
        if wrong:
            reason = _explained(told, lang) if told is not None else _disagreement(wrong[0], lang)
        else:
            reason = "" if made else _why(checks[0].reason if checks else "missing_input", lang)
        yield _line(name, verdict, str(len(made)), reason)
    for name in reading.unknown:
        yield _line(name, "cannot check", "0", _why("unknown_kind", lang))


def _every(found: Audit, reading: Reading, lang: str) -> Iterator[str]:
    for each in found.checks:
        yield _line(
            each.table_id, each.where, each.what, each.printed, number(each.recomputed, each.digits), each.verdict,
            _why(each.reason, lang) if each.reason else "",
        )  # fmt: skip
    for name in reading.unknown:
        yield _line(name, "", "", "", "", "cannot check", _why("unknown_kind", lang))


def number(value: float | None, digits: int | None) -> str:
    """A recomputed number with one digit more than the printed one has."""
    return "" if value is None else f"{value:.{min(max((3 if digits is None else digits) + 1, 0), 12)}f}"


def _line(*cells: str) -> str:
    return "\t".join(" ".join(cell.split()) for cell in cells)


def _why(reason: str, lang: str) -> str:
    return phrase(f"audit.reason.{reason}", lang)


def _disagreement(each: Check, lang: str) -> str:
    slots = {"where": each.where, "what": each.what, "printed": each.printed or "–"}
    said = phrase("audit.disagrees", lang).format(**slots, recomputed=number(each.recomputed, each.digits) or "–")
    return f"{said} ({_why(each.reason, lang)})" if each.reason else said


def _explained(each: Explanation, lang: str) -> str:
    before, after = number(each.before, 3), number(each.after, 3)
    slots = {"where": each.where, "printed": each.printed, "instead": each.instead, "before": before, "after": after}
    return phrase(f"audit.explanation.{each.code}", lang).format(**slots)
