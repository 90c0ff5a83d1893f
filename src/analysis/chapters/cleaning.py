"""What was received, what was changed or left out and why, and what the answers look like: counts, never persons."""

from __future__ import annotations

from dataclasses import dataclass

from ..rules import cutoff
from ..stats.result import Row
from ..study import Study
from ..survey.disclose import hidden_cells
from ..survey.responses import Responses

#: Rules that only say the same in another way.
RECODING = frozenset({"labels", "levels", "reverse", "unit_spelling", "unit_merged"})


@dataclass(frozen=True)
class RuleCount(Row):
    """How many cells or rows one rule changed or left out, in how many variables."""

    rule: str
    action: str
    variables: int
    cells: int


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
    rules = tuple(
        RuleCount(str(rule), str(action), int(group["variable"].nunique()), int(group["count"].sum()))
        for (rule, action), group in counts.groupby(["rule", "action"], sort=False)
    )
    answers = tuple(_answers(responses, code) for code, construct in study.constructs.items() if construct.items)
    return CleaningFindings(study, responses.received, len(responses.frame), rules, answers, responses.inputs)


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
