"""`analysis check`: everything that is wrong with a study, page and data at once, and what comes next."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ..errors import AnalysisError, Caution, Problem
from ..report.words import phrase, sentence
from ..study import Study, load_study
from ..survey.responses import faults, personal, prepare


@dataclass(frozen=True)
class Checked:
    """What is said of a study, line by line, and the kind of its first fault; None where there is none."""

    lines: tuple[str, ...]
    kind: type[AnalysisError] | None


def checked(name: str, data: Path | None, langs: tuple[str, ...]) -> Checked:
    """Check a study without running it.

    Parameters
    ----------
    name : str
        The study as the user wrote it, so that the next command can be written the same way.
    data : Path or None
        Where its files lie if not beside the page.
    langs : tuple of str
        Every sentence is said in each of them.

    Returns
    -------
    Checked
        The lines name file, line, sheet, cell and column.
    """
    found = faults(name, data=data)
    if found:
        told: tuple[Problem | Caution, ...] = (
            *(each for error in found for each in error.problems),
            *_personal(name, data),
        )
        return Checked(tuple(_wrong(name, told, langs)), type(found[0]))
    return Checked(tuple(_right(name, load_study(name, data=data), langs)), None)


def _personal(name: str, data: Path | None) -> tuple[Caution, ...]:
    """Columns with personal data, where the page can be read at all."""
    try:
        return personal(load_study(name, data=data))
    except AnalysisError:
        return ()


def _wrong(name: str, told: tuple[Problem | Caution, ...], langs: tuple[str, ...]) -> Iterator[str]:
    for lang in langs:
        yield phrase("run.problems", lang).format(count=sum(isinstance(each, Problem) for each in told))
        yield from (f"  {sentence(each, lang)}" for each in told)
        yield phrase("run.check_again", lang).format(study=name)


def _right(name: str, study: Study, langs: tuple[str, ...]) -> Iterator[str]:
    responses = prepare(study) if study.responses is not None else None
    for lang in langs:
        if responses is None:
            yield phrase("progress.check_tables", lang).format(study=study.id, count=len(study.tables))
        else:
            yield phrase("run.check_ok", lang).format(study=study.id, n=len(responses.frame))
            yield from (f"  {sentence(note, lang)}" for note in (*responses.log.reading, *responses.log.notes))
        guesses = (*study.guesses, *(f"items.{code}.reverse" for code in study.unconfirmed))
        if guesses:
            yield phrase("run.check_guesses", lang).format(count=len(guesses), guesses=", ".join(guesses))
        yield phrase("run.check_next", lang).format(study=name)
