"""What was received, what was changed or left out and why, and what the answers look like: counts, never persons."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from ..errors import Caution, ModelError, Problem
from ..rules import cutoff
from ..stats.missing import LittleTest, Missingness, little_mcar, missingness
from ..stats.result import Row
from ..study import Study
from ..survey.disclose import hidden_cells
from ..survey.responses import Responses

#: Rules that only say the same in another way.
RECODING = frozenset({"labels", "levels", "number", "reverse", "unit_spelling", "unit_merged"})


@dataclass(frozen=True)
class RuleCount(Row):
    """How many cells or rows one rule changed or left out, in how many variables."""

    rule: str
    action: str
    variables: int
    cells: int


@dataclass(frozen=True)
class VariableCount(Row):
    """How many cells of one variable one rule changed; rules that lose nothing are not counted here."""

    rule: str
    variable: str
    cells: int


@dataclass(frozen=True)
class FlowStep(Row):
    """How many questionnaires one rule left out, and how many were left after it."""

    rule: str
    excluded: int
    left: int


@dataclass(frozen=True)
class AnswerShare(Row):
    """How the answers to all items of one scale are spread over its levels."""

    construct: str
    items: int
    answered: int
    missing: int
    counts: tuple[int, ...]
    percent: tuple[float | None, ...]  # None where fewer answers than may be shown


@dataclass(frozen=True)
class CleaningFindings:
    """From the file as received to the rows that are analysed."""

    study: Study
    received: int
    kept: int
    rules: tuple[RuleCount, ...]
    answers: tuple[AnswerShare, ...]
    inputs: tuple[tuple[str, str], ...]
    variables: tuple[VariableCount, ...] = ()
    flow: tuple[FlowStep, ...] = ()  # in the order of the rules
    missing: Missingness | None = None  # of the items; None where the page has none
    little: LittleTest | None = None  # None where it was refused
    little_refused: tuple[Problem, ...] = ()
    notes: tuple[Caution, ...] = ()  # what cleaning found and left as it is

    @property
    def excluded(self) -> int:
        """Rows left out."""
        return self.received - self.kept

    @property
    def recoded(self) -> int:
        """Cells put into other words without loss: labels into codes, reversed items."""
        return sum(rule.cells for rule in self.rules if rule.action == "changed" and rule.rule in RECODING)

    @property
    def corrected(self) -> int:
        """Cells whose content was changed: spelling, codes for no answer, values that may not be there."""
        return sum(rule.cells for rule in self.rules if rule.action == "changed" and rule.rule not in RECODING)


def cleaning(responses: Responses) -> CleaningFindings:
    """Say what cleaning did to the answers, rule by rule.

    Parameters
    ----------
    responses : Responses
        What `prepare` returned.

    Returns
    -------
    CleaningFindings
        Counts by rule and variable, and answers by scale.
    """
    study = responses.study
    counts = responses.log.counts
    missing, little, refused = _missing(responses)
    rules = tuple(
        RuleCount(str(rule), str(action), int(group["variable"].nunique()), int(group["count"].sum()))
        for (rule, action), group in counts.groupby(["rule", "action"], sort=False)
    )
    answers = tuple(_answers(responses, code) for code, construct in study.constructs.items() if construct.items)
    return CleaningFindings(
        study, responses.received, len(responses.frame), rules, answers, responses.inputs, _variables(responses),
        _flow(responses), missing, little, refused, responses.log.notes,
    )  # fmt: skip


def _variables(responses: Responses) -> tuple[VariableCount, ...]:
    counts = Counter(
        (row.rule, row.variable) for row in responses.log.rows if row.action == "changed" and row.rule not in RECODING
    )
    return tuple(VariableCount(rule, variable, count) for (rule, variable), count in counts.items())


def _flow(responses: Responses) -> tuple[FlowStep, ...]:
    counts = Counter(row.rule for row in responses.log.rows if row.action == "excluded")
    left, steps = responses.received, []
    for rule, excluded in counts.items():
        left -= excluded
        steps.append(FlowStep(rule, excluded, left))
    return tuple(steps)


def _missing(responses: Responses) -> tuple[Missingness | None, LittleTest | None, tuple[Problem, ...]]:
    items = list(responses.study.items)
    if not items or not len(responses):
        return None, None, ()
    found = missingness(responses, items)
    try:
        return found, little_mcar(responses, items) if found.cells else None, ()
    except ModelError as refusal:
        return found, None, refusal.problems


def _answers(responses: Responses, code: str) -> AnswerShare:
    construct = responses.study.constructs[code]
    levels = sorted(responses.study.scales[construct.scale].levels)
    values = responses.frame[list(construct.items)].to_numpy(dtype=float)
    counts = tuple(int((values == level).sum()) for level in levels)
    answered = sum(counts)
    hidden = hidden_cells(counts, int(cutoff("disclosure.min_cell", responses.study.thresholds)))
    percent = tuple(
        None if cell in hidden or not answered else 100 * count / answered for cell, count in enumerate(counts)
    )
    return AnswerShare(code, len(construct.items), answered, int(values.size - answered), counts, percent)
