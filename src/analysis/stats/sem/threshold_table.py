"""The parameters of ordinal answers in several groups whose thresholds are held equal: which are free, and why.

Behind the answer to item j stands y* = nu + lambda eta + e, and the answer is k where y* lies between the thresholds
k - 1 and k. What y* is measured in, no answer tells: its origin and unit are set by what is held equal between the
groups (Wu and Estabrook, 2016), here by intercepts nu and residual variances (lavaan's theta parameterisation):

- in the first group nu = 0 and var(e) = 1; where thresholds differ, in every group;
- with equal thresholds, an item of three categories or more has nu and var(e) free in the other groups: two thresholds
  that are equal set origin and unit;
- the one threshold of a binary item sets no unit: its nu is free with equal thresholds, its var(e) from equal loadings
  on, so that nothing of it is tested before the intercepts;
- with equal intercepts nu = 0 everywhere and the latent means are free but in the first group; with equal residual
  variances var(e) = 1 everywhere.

References
----------
Wu, H., & Estabrook, R. (2016). Identification of confirmatory factor analysis models of different levels of invariance
for ordered categorical outcomes. Psychometrika, 81, 1014-1045. Millsap, R. E., & Yun-Tein, J. (2004). Assessing
factorial invariance in ordered-categorical measures. Multivariate Behavioral Research, 39, 479-515.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from math import nan

from ...errors import ModelError, Place, Problem, problem
from ...grammar import Model
from .ordinal import ordinal_problems
from .parameters import FIXED, Equal, Parameter, ParameterTable, Specification, parameter_table, roles

#: What is held equal, one after another: each is defined only where those before it are.
ORDER: tuple[Equal, ...] = ("thresholds", "loadings", "intercepts", "residuals")
#: What may be equal besides.
BESIDE: tuple[Equal, ...] = ("means", "regressions", "residual_covariances", "lv_variances", "lv_covariances")

_SET = 2  # equal thresholds that set origin and unit of an item


@dataclass(frozen=True)
class ThresholdTable(ParameterTable):
    """Parameters of the variables behind the answers, and `cuts`: the thresholds of all groups, in the data's order."""

    cuts: tuple[Parameter, ...] = ()

    @cached_property
    def n_free(self) -> int:
        """Free parameters, thresholds among them, equal ones counted once."""
        return max((row.free for row in (*self.rows, *self.cuts)), default=FIXED) + 1

    def first(self, place: int) -> Parameter:
        """The first parameter that has this place."""
        return next(row for row in (*self.rows, *self.cuts) if row.free == place)


def threshold_table(model: Model, how: Specification, cuts: Sequence[int]) -> ThresholdTable:
    """Parameters of every group, identified as Wu and Estabrook do.

    Parameters
    ----------
    model : Model
        The measurement model.
    how : Specification
        Groups and what is equal between them: a beginning of `ORDER`, and any of `BESIDE`.
    cuts : sequence of int
        Thresholds of each observed variable, in the order of ``roles(model).observed``.

    Returns
    -------
    ThresholdTable
        Thresholds have the last places among the free parameters.

    Raises
    ------
    ModelError
        ``sem.ordinal_…``: what ordinal answers cannot tell; an equality without those before it; a released threshold
        that leaves an item without origin and unit; a released parameter that the model has not.
    """
    has = roles(model)
    wrong = [*ordinal_problems(model, has), *_out_of_order(how.equal)]
    if wrong:
        raise ModelError(*wrong)
    thresholds = dict(zip(has.observed, cuts, strict=True))
    plain = parameter_table(model, replace(how, means=True))
    rows = _packed([_identified(row, plain, how, thresholds) for row in plain.rows])
    table = ThresholdTable(**{name: getattr(plain, name) for name in plain.__dataclass_fields__} | {"rows": rows})
    wrong = [*_released(table, how, thresholds)]
    if wrong:
        raise ModelError(*wrong)
    return replace(table, cuts=tuple(_cuts(table.n_free, how, thresholds)))


def holds(equal: Equal, key: tuple[str, str, str], how: Specification) -> bool:
    """Whether this parameter is held equal: its kind is, and it was not released."""
    return equal in how.equal and key not in how.released


def _identified(row: Parameter, table: ParameterTable, how: Specification, thresholds: dict[str, int]) -> Parameter:
    """Intercepts and residual variances as their item's thresholds allow; everything else as it is."""
    if row.lhs not in table.observed:
        return row
    if row.op == "~1":
        free = row.group > 0 and "thresholds" in how.equal and not holds("intercepts", row.key, how)
        return row if free else replace(row, free=FIXED, value=0.0)
    if row.op == "~~" and row.lhs == row.rhs:
        return row if _residual_free(row, table, how, thresholds) else replace(row, free=FIXED, value=1.0)
    return row


def _residual_free(row: Parameter, table: ParameterTable, how: Specification, thresholds: dict[str, int]) -> bool:
    if row.group == 0 or "thresholds" not in how.equal or holds("residuals", row.key, how):
        return False
    if thresholds[row.lhs] >= _SET:
        return True
    return "intercepts" in how.equal or ("loadings" in how.equal and not _sets_unit(row.lhs, table, thresholds))


def _sets_unit(name: str, table: ParameterTable, thresholds: dict[str, int]) -> bool:
    """The first item of a factor whose items are all binary: its residual variance is the factor's unit."""
    return any(
        items[0] == name and all(thresholds.get(each, 0) < _SET for each in items) for items in table.measures.values()
    )


def _cuts(begin: int, how: Specification, thresholds: dict[str, int]) -> Iterator[Parameter]:
    """Thresholds of each group, item by item; equal ones have one place."""
    places: dict[tuple[str, str, str, int], int] = {}
    for group in range(how.groups):
        for name, count in thresholds.items():
            for at in range(1, count + 1):
                key = (name, "|", f"t{at}")
                own = 0 if holds("thresholds", key, how) else group
                place = places.setdefault((*key, own), begin + len(places))
                yield Parameter(*key, group, place, nan, "", False)


def _packed(rows: Sequence[Parameter]) -> tuple[Parameter, ...]:
    """The same rows with places that run from zero without a gap."""
    kept = sorted({row.free for row in rows if row.free != FIXED})
    place = {old: new for new, old in enumerate(kept)} | {FIXED: FIXED}
    return tuple(replace(row, free=place[row.free]) for row in rows)


def _out_of_order(equal: Sequence[Equal]) -> Iterator[Problem]:
    for each in equal:
        if each not in (*ORDER, *BESIDE):
            yield problem("sem.ordinal_equal", what=each, allowed=(*ORDER, *BESIDE))
    held = [each in equal for each in ORDER]
    for at, each in enumerate(ORDER):
        if held[at] and not all(held[:at]):
            yield problem("sem.ordinal_order", what=each, before=ORDER[:at])
    if "means" in equal and "intercepts" not in equal:
        yield problem("sem.ordinal_order", what="means", before=ORDER[:3])


def _released(table: ThresholdTable, how: Specification, thresholds: dict[str, int]) -> Iterator[Problem]:
    """Released parameters that there are not, and items that lose origin or unit by them."""
    known = {row.key for row in table.rows} | {
        (name, "|", f"t{at}") for name, count in thresholds.items() for at in range(1, count + 1)
    }
    for key in how.released:
        if key not in known:
            yield problem("sem.released_unknown", parameter=" ".join(key).replace("~1 ", "~ 1"))
    for name, count in thresholds.items():
        left = sum((name, "|", f"t{at}") not in how.released for at in range(1, count + 1))
        if left < min(count, _SET):
            yield problem("sem.ordinal_released", Place(column=name), variable=name, left=left, needed=min(count, _SET))
