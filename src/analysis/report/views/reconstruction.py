"""How answers built from printed tables are shown: what was printed, what they reach, and what nobody knows."""

from __future__ import annotations

from collections.abc import Sequence

from ...published.reconstruct import Match, Reconstruction
from ..block import Column, Narrative, Paragraph, Table, TableRow, Text
from ..pen import Pen
from ..registry import shows

_FUNCTION = "analysis.published.reconstruct.reconstruct"


def _own(found: Reconstruction, pen: Pen) -> Pen:
    return pen.about("reconstruct", n=found.blueprint.n, rule="simulated", method="swaps", function=_FUNCTION)


@shows("table", Reconstruction)
def summary_table(found: Reconstruction, pen: Pen) -> Table:
    """One row for each kind of printed number: how many are printed, how many the built answers meet."""
    kinds = dict.fromkeys(match.what for match in found.matched)
    rows = [_kind_row(kind, [each for each in found.matched if each.what == kind], _own(found, pen)) for kind in kinds]
    columns = (
        Column("kind", pen.word("reconstruct.column.kind"), align="left"),
        Column("printed", pen.word("reconstruct.column.printed")),
        Column("met", pen.word("reconstruct.column.met")),
    )
    notes = (Paragraph((_open(found, pen),), "note"),)
    caption = pen.say("reconstruct.caption.kinds", n=_own(found, pen).count("n", found.blueprint.n))
    return Table("reconstruct.kinds", caption, columns, tuple(rows), notes, pen.word("reconstruct.source"))


def _kind_row(kind: str, matches: Sequence[Match], pen: Pen) -> TableRow:
    own = pen.about(kind)
    met = sum(match.within for match in matches)
    label = pen.word(f"reconstruct.what.{kind}")
    return TableRow(((label,), own.count("printed", len(matches)), own.count("met", met)))


@shows("table", Reconstruction, "matched")
def matched_table(found: Reconstruction, pen: Pen) -> Table:
    """Every printed number beside the one that the built answers give."""
    own = _own(found, pen)
    rows = [TableRow(_match(each, own.about(f"{at}.{each.what}"))) for at, each in enumerate(found.matched)]
    left = {"where", "what"}
    columns = tuple(
        Column(name, pen.word(f"reconstruct.column.{name}"), align="left" if name in left else "right")
        for name in ("where", "what", "number", "reached", "within")
    )
    caption = pen.say("reconstruct.caption.matched", n=own.count("n", found.blueprint.n))
    return Table("reconstruct.matched", caption, columns, tuple(rows), (), pen.word("reconstruct.source"))


def _match(each: Match, pen: Pen) -> tuple[Text, ...]:
    reached = pen.number("reached", each.reached, low=each.low, high=each.high)
    within = pen.word(f"reconstruct.within.{'met' if each.within else 'missed'}")
    return (each.where,), (pen.word(f"reconstruct.what.{each.what}"),), (each.printed,), reached, (within,)


def _open(found: Reconstruction, pen: Pen) -> str:
    free = "; ".join(pen.word(f"reconstruct.free.{name}") for name in found.free)
    return pen.word("reconstruct.left_open").format(free=free)


@shows("narrate", Reconstruction)
def story(found: Reconstruction, pen: Pen) -> Narrative:
    """That nobody gave these answers, how many printed numbers they meet, which they miss, and what is open."""
    own = _own(found, pen)
    counts = {
        "n": own.count("n", found.blueprint.n),
        "matched": own.count("matched", len(found.matched) - len(found.missed)),
        "printed": own.count("printed", len(found.matched)),
    }
    said = [Paragraph(pen.say("reconstruct.story", **counts), "caution")]
    for at, each in enumerate(found.missed):
        reached = own.about(f"missed.{at}.{each.what}").number("reached", each.reached, low=each.low, high=each.high)
        what = pen.word(f"reconstruct.what.{each.what}")
        slots: dict[str, Text | str] = {"where": each.where, "what": what, "number": each.printed, "reached": reached}
        said.append(Paragraph(pen.say("reconstruct.missed", **slots)))
    said.append(Paragraph((_open(found, pen),), "note"))
    return Narrative(tuple(said))
