"""The steps of invariance of ordinal answers: structure, thresholds, loadings, intercepts, residual variances."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal, TypeAlias

from ...errors import Caution, caution
from ...grammar import Model
from ..rows import MISSING, Missing, literal
from .cfa import fitted_thresholds
from .ordinal import OrdinalSample, ordinal_sample
from .parameters import Specification, released_keys
from .result import MeasurementModel
from .threshold_model import same_levels
from .threshold_table import ORDER, threshold_table

Step: TypeAlias = Literal["configural", "thresholds", "metric", "scalar", "strict"]

#: Each step holds one kind of `ORDER` more than the one before.
ORDINAL_STEPS: tuple[Step, ...] = ("configural", "thresholds", "metric", "scalar", "strict")

_UNITLESS, _SATURATED = 1, 2  # thresholds that set no unit, and those that set it but leave nothing to test


def ordinal_steps(
    model: Model, x: object, estimator: str, missing: str, group: str, released: Sequence[str]
) -> Iterator[tuple[Step, MeasurementModel]]:
    """Each step that restricts what the one before left free, with its name.

    Parameters
    ----------
    model : Model
        The measurement model.
    x : rows
        Answers with the column `group`; thresholds and correlations are taken from them once.
    estimator : str
        A name of `ORDINAL`.
    missing : {"listwise", "pairwise"}
        As for `ordinal_moments`.
    group : str
        The column that divides the rows.
    released : sequence of str
        Parameters that stay free.

    Raises
    ------
    ModelError
        As from `cfa`; ``sem.ordinal_levels`` for categories that a group never chose.
    """
    literal("missing", missing, MISSING)
    pairs: Missing = "pairwise" if missing == "pairwise" else "listwise"
    data = ordinal_sample(model, x, pairs, group)
    keys, cuts, before = released_keys(released), same_levels(data), -1
    for held, step in enumerate(ORDINAL_STEPS):
        how = Specification(len(data.moments), True, "marker", ORDER[:held], keys)
        count = threshold_table(model, how, cuts).n_free
        if count != before:
            yield step, fitted_thresholds(model, data, estimator, how)
        before = count


def ordinal_cautions(fitted: MeasurementModel, data: OrdinalSample) -> Iterator[Caution]:
    """What the number of categories leaves without a test, and that the rules were made for other answers."""
    counts = dict(zip(fitted.observed, (len(each) for each in data.moments[0].thresholds), strict=True))
    binary = tuple(name for name, count in counts.items() if count == _UNITLESS)
    three = tuple(name for name, count in counts.items() if count == _SATURATED)
    if binary:
        yield caution("invariance.binary", items=binary)
    if three:
        yield caution("invariance.three_categories", "note", items=three)
    yield caution("invariance.ordinal_rules", "note")
