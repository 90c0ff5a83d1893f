"""How the simulated power of a model is shown: each parameter with what studies of this size find of it."""

from __future__ import annotations

from ...stats.power_model import SimulatedPower, SimulatedRow
from ..block import Column, Narrative, Paragraph, Table, TableRow
from ..pen import Pen
from ..registry import shows

_KINDS = {"=~": "loading", "~": "regression", "~~": "covariance", ":=": "defined"}
_SIGNS = {"=~": "→", "~": "←", "~~": "↔"}
_COLUMNS = ("population", "mean", "bias", "se_bias", "coverage", "power", "expected")


def _about(result: SimulatedPower, pen: Pen) -> Pen:
    function = "analysis.stats.power_model.power_sem"
    return pen.about("power.sem", n=result.n, method=f"seed {result.seed}", function=function)


def _name(row: SimulatedRow, pen: Pen) -> str:
    return row.lhs if row.op == ":=" else f"{pen.label(row.lhs)} {_SIGNS[row.op]} {pen.label(row.rhs)}"


def _of(row: SimulatedRow, own: Pen) -> Pen:
    names = [row.lhs, _KINDS[row.op], row.rhs if row.op != ":=" else ""]
    return own.about(".".join(name for name in names if name))


@shows("table", SimulatedPower)
def simulated_table(result: SimulatedPower, pen: Pen) -> Table:
    """Value, mean estimate, biases, coverage and power of each parameter."""
    own = _about(result, pen)
    rows = []
    for row in result.parameter_rows:
        about = _of(row, own)
        rows.append(
            TableRow(
                (
                    (_name(row, pen),),
                    about.number("population", row.population),
                    about.number("mean", row.mean, se=row.sd),
                    () if row.bias is None else about.number("bias", 100 * row.bias, "percent"),
                    about.number("se_bias", 100 * row.se_bias, "percent"),
                    about.number("coverage", 100 * row.coverage, "percent"),
                    about.number("power", 100 * row.power, "percent", se=100 * row.power_se),
                    about.number("expected", 100 * row.expected, "percent"),
                )
            )
        )
    head = Column("parameter", own.word("power.column.parameter"), align="left")
    columns = (head, *(Column(name, own.word(f"power.column.{name}")) for name in _COLUMNS))
    caption = own.say("power.caption.simulated", n=own.count("n", result.n))
    return Table("power.simulated", caption, columns, tuple(rows), (_note(result, own), *own.cautions(result.cautions)))


def _note(result: SimulatedPower, own: Pen) -> Paragraph:
    """How many studies, with what error, and which of them had a solution."""
    error = max(row.power_se for row in result.parameter_rows)
    counts = {name: own.count(name, getattr(result, name)) for name in ("draws", "converged")}
    said = own.say(
        "power.note.studies", **counts,
        alpha=own.number("alpha", result.alpha, "mean"), error=own.number("power_se", 100 * error, "percent"),
    )  # fmt: skip
    return Paragraph(said, "note")


@shows("narrate", SimulatedPower)
def simulated_story(result: SimulatedPower, pen: Pen) -> Narrative:
    """Which parameter a study of this size finds least often, and whether that is enough."""
    own = _about(result, pen)
    least = min(result.parameter_rows, key=lambda row: row.power)
    about = _of(least, own)
    enough = "enough" if least.power >= own.cutoff("power") else "not_enough"
    said = own.paragraph(
        f"power.story.{enough}", n=own.count("n", result.n), name=_name(least, pen),
        value=about.number("population", least.population),
        percent=about.number("power", 100 * least.power, "percent", se=100 * least.power_se),
        aim=own.number("aim", 100 * own.cutoff("power"), "count"),
    )  # fmt: skip
    return Narrative((said, _note(result, own), *own.cautions(result.cautions)))
