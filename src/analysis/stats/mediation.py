"""Effects that run through others: mediation, parallel or in series, with bootstrap intervals."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np

from ..errors import Caution, ModelError, Place, caution, problem
from ..grammar import INTERCEPT, parse_formula
from .design import build
from .leastsquares import refuse_dependent_columns
from .resample import SEED, bca, draws, left_out, percentile, units
from .result import Result, Row, frame
from .rows import Array, Labels, check_level, literal, rows
from .tails import t_two_sided

if TYPE_CHECKING:
    import pandas as pd

Kind: TypeAlias = Literal["parallel", "serial"]
_KINDS: tuple[Kind, ...] = ("parallel", "serial")


@dataclass(frozen=True)
class EffectPath(Row):
    """One effect: ``direct``, ``total``, ``indirect`` (all paths together) or the path named by its mediators.

    `low` and `high` are BCa's, `percentile_low` and `percentile_high` plain percentiles; `se` is the bootstrap's.
    """

    effect: str
    through: tuple[str, ...]
    value: float
    se: float
    low: float
    high: float
    percentile_low: float
    percentile_high: float
    standardized: float


@dataclass(frozen=True)
class Mediation(Result):
    """Direct and indirect effects of a factor; `share` is the indirect part of a total that is told from zero."""

    outcome: str
    treat: str
    mediators: tuple[str, ...]
    kind: Kind
    effect_rows: tuple[EffectPath, ...]
    share: float | None
    n: int
    dropped: int
    resamples: int
    level: float
    cautions: tuple[Caution, ...]

    @property
    def effects(self) -> pd.DataFrame:
        """One line for each effect."""
        return frame(self.effect_rows, EffectPath)


def mediate(
    formula: str, x: object, *, treat: str, mediators: Sequence[str], kind: Kind = "parallel", level: float = 0.95,
    resamples: int = 5000, rng: np.random.Generator | None = None,
) -> Mediation:  # fmt: skip
    """Split the effect of a factor into what runs through mediators and what does not.

    Parameters
    ----------
    formula : str
        ``outcome ~ a + m + b``: the factor, its mediators, and what is held equal.
    x : rows
        Answers.
    treat : str
        The factor.
    mediators : sequence of str
        In order, where they are in series.
    kind : {"parallel", "serial"}
        Mediators beside each other, or each also moved by those before it.
    level : float
        Confidence level.
    resamples : int
        Bootstrap samples.
    rng : numpy.random.Generator, optional
        Source of chance; a fixed one where not given.

    Returns
    -------
    Mediation
        Over the rows that answer every variable.

    Raises
    ------
    ModelError
        ``mediation.…``: a factor or mediator that is no numeric term of the formula, fewer than 1000 resamples;
        ``regression.…`` as in `ols`.

    Notes
    -----
    Each mediator and the outcome is a linear regression; an indirect effect is the product of the coefficients along
    its path. All resamples are computed at once from weighted covariances. A product has no normal distribution near
    zero: where neither side of a path is told from zero, intervals cover more than they say, and a caution says so.
    Whether anything is caused is no matter of computation.

    References
    ----------
    MacKinnon, D. P. (2008). Introduction to statistical mediation analysis. Preacher, K. J., & Hayes, A. F. (2008).
    Behavior Research Methods, 40, 879-891. Hayes's PROCESS, models 4 and 6. R: ``mediation::mediate``, ``boot``.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> a = rng.normal(size=200); m = 0.5 * a + rng.normal(size=200)
    >>> found = mediate("y ~ a + m", {"a": a, "m": m, "y": m + rng.normal(size=200)}, treat="a", mediators=["m"])
    >>> [row.effect for row in found.effect_rows]
    ['direct', 'indirect', 'total', 'path']
    """
    literal("kind", kind, _KINDS)
    check_level(level)
    if resamples < 1000:
        raise ModelError(problem("mediation.resamples", resamples=resamples, least=1000))
    parsed, through = parse_formula(formula), tuple(mediators)
    taken = rows(x)
    wrong = tuple(name for name in (treat, *through) if (name,) not in parsed.terms)
    if wrong or not through or treat in through or not parsed.intercept or parsed.groups:
        raise ModelError(problem("mediation.terms", names=wrong or (treat, *through), formula=str(parsed)))
    words = [name for name in (treat, *through) if isinstance(taken.column(name), Labels)]
    if words:
        raise ModelError(*(problem("moderation.category", Place(column=name), column=name) for name in words))
    design = build(parsed, taken, None)
    n, k = design.x.shape
    if n <= k:
        raise ModelError(problem("regression.too_few_rows", n=n, k=k))
    refuse_dependent_columns(design.x, design.terms)
    terms = tuple(term for term in design.terms if term != INTERCEPT)
    values = np.column_stack([design.x[:, 1:], design.y])
    paths = _Paths(terms, treat, through, kind)
    drawn = units(values)
    point = paths.effects(np.cov(values.T)[None])[0]
    source = np.random.default_rng(SEED) if rng is None else rng
    boot = np.vstack([paths.effects(drawn.covariances(w)) for w in draws(drawn, resamples, source)])
    jack = np.vstack([paths.effects(drawn.covariances(w)) for w in left_out(drawn)])
    scale = float(values[:, terms.index(treat)].std(ddof=1) / values[:, -1].std(ddof=1))
    lines = []
    for at, (effect, way) in enumerate(paths.names()):
        low, high = bca(float(point[at]), boot[:, at], jack[:, at], drawn.times, level)
        plain = percentile(boot[:, at], level)
        value = float(point[at])
        lines.append(EffectPath(effect, way, value, float(boot[:, at].std(ddof=1)), low, high, *plain, value * scale))
    total = lines[2]
    told = total.low > 0 or total.high < 0
    share = lines[1].value / total.value if told and lines[1].value * total.value > 0 else None
    left = caution("rows.excluded", "note", dropped=design.dropped, n=n, total=n + design.dropped)
    notes = (*design.cautions, *((left,) if design.dropped else ()), *_cautions(parsed.outcome, paths, values, level))
    more = () if told else (caution("mediation.total_near_zero", "note"),)
    return Mediation(
        parsed.outcome, treat, through, kind, tuple(lines), share, n, design.dropped, resamples, level, (*notes, *more)
    )


@dataclass(frozen=True)
class _Paths:
    """Which columns explain which, and the effects that follow from covariances."""

    terms: tuple[str, ...]  # columns in order; the outcome comes after them
    treat: str
    through: tuple[str, ...]
    kind: Kind

    @property
    def held(self) -> tuple[str, ...]:
        """Columns that are held equal in every regression."""
        return tuple(term for term in self.terms if term not in (self.treat, *self.through))

    def names(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Effects in the order of their values."""
        yield "direct", ()
        yield "indirect", self.through
        yield "total", ()
        for way in self.ways():
            yield "path", way

    def ways(self) -> Iterator[tuple[str, ...]]:
        """Paths: one mediator each, or in series any of them in their order."""
        sizes = range(1, 2 if self.kind == "parallel" else len(self.through) + 1)
        for size in sizes:
            yield from combinations(self.through, size)

    def explains(self, name: str) -> tuple[str, ...]:
        """What stands before a mediator."""
        before = self.through[: self.through.index(name)] if self.kind == "serial" else ()
        return (self.treat, *before, *self.held)

    def effects(self, cov: Array) -> Array:
        """Effects (b, effects) of covariance matrices (b, k, k)."""
        slopes: dict[tuple[str, str], Array] = {}
        for name in self.through:
            slopes.update(self._slopes(cov, name, self.explains(name)))
        slopes.update(self._slopes(cov, "", self.terms))
        paths = []
        for way in self.ways():
            value = slopes[way[0], self.treat] * slopes["", way[-1]]
            for before, after in pairwise(way):
                value = value * slopes[after, before]
            paths.append(value)
        direct, indirect = slopes["", self.treat], np.sum(paths, axis=0)
        return np.column_stack([direct, indirect, direct + indirect, *paths])

    def _slopes(self, cov: Array, outcome: str, of: tuple[str, ...]) -> Iterator[tuple[tuple[str, str], Array]]:
        at = [self.terms.index(name) for name in of]
        goal = self.terms.index(outcome) if outcome else len(self.terms)
        right = cov[:, at, goal]
        found: Array = np.asarray(np.linalg.solve(cov[:, at][:, :, at], right[:, :, None])[:, :, 0], dtype=np.float64)
        for place, name in enumerate(of):
            yield (outcome, name), found[:, place]


def _cautions(outcome: str, paths: _Paths, values: Array, level: float) -> Iterator[Caution]:
    """Paths of which neither side is told from zero."""
    cov = np.cov(values, rowvar=False)
    at = {**{term: at for at, term in enumerate(paths.terms)}, outcome: len(paths.terms)}

    def p_of(goal: str, of: tuple[str, ...], term: str) -> float:
        return _p(cov, len(values), [at[each] for each in of], at[goal], of.index(term))

    for name in paths.through:
        first = p_of(name, paths.explains(name), paths.treat)
        second = p_of(outcome, paths.terms, name)
        if first > 1 - level and second > 1 - level:
            yield caution("mediation.near_zero", mediator=name)


def _p(cov: Array, n: int, of: list[int], goal: int, term: int) -> float:
    """Two-sided p of one coefficient of the regression of column `goal` on the columns `of`, by their covariances."""
    inverse = np.linalg.inv(cov[np.ix_(of, of)])
    b = inverse @ cov[of, goal]
    left, df = float(cov[goal, goal] - b @ cov[of, goal]), n - len(of) - 1
    se = (max(left, 0.0) / df * float(inverse[term, term])) ** 0.5
    return t_two_sided(float(b[term]) / se, df) if se > 0 else 0.0
