"""What of a study was guessed and not confirmed, in words: it stands at the head of every document."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..block import Text
from ..pen import Pen

if TYPE_CHECKING:
    from ...study import Study

#: Parts of a page whose entries have names that a reader knows; the others are named as a whole.
_NAMED = ("constructs", "variables")

#: Letters of a name; questions that serve as names are longer.
_LONG = 36

#: Entries that have words of their own.
_OWN_WORDS = {"cleaning.speed": "speed"}


def unconfirmed(study: Study, pen: Pen) -> tuple[Text, ...]:
    """The sentence that names every unconfirmed part; none where all are confirmed.

    Parameters
    ----------
    study : Study
        `guesses` are the parts of its page that nobody has confirmed; items may be guessed to be reverse-keyed.
    pen : Pen
        Language of the document.

    Returns
    -------
    tuple of Text
        One or no paragraph.
    """
    parts = "; ".join(_parts(study, pen))
    return (pen.say("document.unconfirmed", parts=parts),) if parts else ()


def running(study: Study, pen: Pen) -> str:
    """The line at the head of every sheet of paper: that the data are simulated, that guesses are not confirmed."""
    simulated = [pen.word("source.simulated")] if study.simulated else []
    guessed = [pen.word("document.guessed")] if study.guesses or study.unconfirmed else []
    return " · ".join((*simulated, *guessed))


def _short(label: str) -> str:
    """A question as a name: as many whole words as tell it from the others."""
    return textwrap.shorten(label, _LONG, placeholder=" …")


def _parts(study: Study, pen: Pen) -> Iterator[str]:
    sections: dict[str, list[str]] = {}
    for guess in study.guesses:
        section, _, entry = guess.partition(".")
        section = _OWN_WORDS.get(guess, section)
        sections.setdefault(section, []).append(entry)
    for section, entries in sections.items():
        words = pen.word(f"document.guess.{section}")
        said = words if not words.startswith("document.") else pen.word("document.guess.other")
        names = (_short(pen.label(entry)) for entry in entries if entry)
        named = list(dict.fromkeys(names)) if section in _NAMED else []  # choices of one question have one name
        yield f"{said} ({', '.join(named)})" if named else said
    if study.unconfirmed:
        yield f"{pen.word('document.guess.reverse')} ({', '.join(study.unconfirmed)})"
