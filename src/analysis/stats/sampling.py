"""How many to ask, and whom: sample sizes, proportional allocation, response rates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import ceil
from typing import TYPE_CHECKING

from ..errors import ModelError, Place, problem
from .estimate import Estimate
from .proportion import proportion
from .result import Result, Row, frame
from .rows import check_level
from .tails import normal_quantile

if TYPE_CHECKING:
    import pandas as pd

_ROUNDING = 1e-9


@dataclass(frozen=True)
class SampleSize(Result):
    """How many answers are needed: `n` is `exact` rounded up. `method` is ``yamane`` or ``cochran``."""

    method: str
    n: int
    exact: float
    margin: float
    population: int | None
    share: float | None
    level: float | None
    z: float | None


@dataclass(frozen=True)
class StratumRow(Row):
    """One stratum: its size, its exact share of the sample, and how many to ask."""

    stratum: str
    size: int
    exact: float
    n: int


@dataclass(frozen=True)
class Allocation(Result):
    """A sample of `n` spread over strata in proportion to their size."""

    n: int
    population: int
    stratum_rows: tuple[StratumRow, ...]

    @property
    def strata(self) -> pd.DataFrame:
        """One line for each stratum."""
        return frame(self.stratum_rows, StratumRow)


@dataclass(frozen=True)
class ResponseRate(Result):
    """Forms handed out, returned and usable; `rate` is usable over handed out, `returned_rate` returned over it."""

    sent: int
    returned: int
    usable: int
    returned_rate: Estimate
    rate: Estimate


def sample_size_yamane(population: int, margin: float) -> SampleSize:
    """Find how many to ask in a known population (Yamane; in Vietnam often called Slovin).

    Parameters
    ----------
    population : int
        N, everyone who could be asked.
    margin : float
        e, the error allowed, for instance 0.05.

    Returns
    -------
    SampleSize
        `n` is rounded up.

    Raises
    ------
    ModelError
        ``sampling.population`` or ``sampling.margin`` for impossible numbers.

    Notes
    -----
    n = N / (1 + N e^2): a share of one half, z = 2 (about 95 %), with finite population correction.

    References
    ----------
    Yamane, T. (1967). Statistics: An introductory analysis (2nd ed.), p. 886.

    Examples
    --------
    >>> sample_size_yamane(2000, 0.05).n
    334
    """
    _check(population, margin)
    exact = population / (1 + population * Fraction(repr(float(margin))) ** 2)
    return SampleSize("yamane", ceil(exact), float(exact), float(margin), int(population), None, None, None)


def sample_size_cochran(
    share: float = 0.5, margin: float = 0.05, level: float = 0.95, population: int | None = None
) -> SampleSize:
    """Find how many to ask so that a share is known within a margin (Cochran).

    Parameters
    ----------
    share : float
        The share expected; one half is the safe guess.
    margin : float
        Half the width of the interval, for instance 0.05.
    level : float
        Confidence level.
    population : int, optional
        N, where it is known and not large.

    Returns
    -------
    SampleSize
        `n` is rounded up, after the correction for the population.

    Raises
    ------
    ModelError
        ``sampling.share``, ``sampling.margin``, ``sampling.population`` or ``option.level`` for impossible numbers.

    Notes
    -----
    n0 = z^2 p (1 - p) / e^2; with a population n = n0 / (1 + (n0 - 1) / N).

    References
    ----------
    Cochran, W. G. (1977). Sampling techniques (3rd ed.), pp. 75-76.

    Examples
    --------
    >>> sample_size_cochran().n, sample_size_cochran(population=2000).n
    (385, 323)
    """
    check_level(level)
    if not 0 < share < 1:
        raise ModelError(problem("sampling.share", value=float(share)))
    _check(2 if population is None else population, margin)
    z = normal_quantile((1 + level) / 2)
    exact = z**2 * share * (1 - share) / margin**2
    if population is not None:
        exact = exact / (1 + (exact - 1) / population)
    n = ceil(exact - _ROUNDING * exact)
    return SampleSize("cochran", n, exact, float(margin), population, float(share), float(level), z)


def allocate(n: int, sizes: Mapping[str, int]) -> Allocation:
    """Spread a sample over strata in proportion to their size (largest remainder).

    Parameters
    ----------
    n : int
        How many to ask in all.
    sizes : mapping of str to int
        Everyone in each stratum.

    Returns
    -------
    Allocation
        Whole numbers that add up to `n`; equal remainders go to the larger stratum, then to the first.

    Raises
    ------
    ModelError
        ``sampling.strata`` for a stratum without people, ``sampling.too_many`` for n beyond the population.

    Notes
    -----
    Each stratum first gets the whole part of n N_h / N; those with the largest fractions get one more.

    References
    ----------
    Cochran, W. G. (1977). Sampling techniques (3rd ed.), p. 91.

    Examples
    --------
    >>> [row.n for row in allocate(10, {"A": 50, "B": 30, "C": 21}).stratum_rows]
    [5, 3, 2]
    """
    bad = [name for name, size in sizes.items() if size < 1 or size % 1]
    if not sizes:
        raise ModelError(problem("sampling.no_strata"))
    if bad:
        raise ModelError(*(problem("sampling.strata", Place(column=str(name)), stratum=str(name)) for name in bad))
    population = sum(sizes.values())
    if not 1 <= n <= population:
        raise ModelError(problem("sampling.too_many", n=int(n), population=int(population)))
    whole = {name: n * size // population for name, size in sizes.items()}
    by = sorted(sizes, key=lambda name: (-(n * sizes[name] % population), -sizes[name]))
    more = set(by[: n - sum(whole.values())])
    lines = (
        StratumRow(str(name), int(size), n * size / population, int(whole[name]) + (name in more))
        for name, size in sizes.items()
    )
    return Allocation(int(n), int(population), tuple(lines))


def response_rate(sent: int, returned: int, usable: int | None = None, *, level: float = 0.95) -> ResponseRate:
    """Find the share of forms that came back and can be used.

    Parameters
    ----------
    sent, returned : int
        Forms handed out and returned.
    usable : int, optional
        Returned forms that can be used; all of them when not given.
    level : float
        Confidence level of the intervals (Wilson).

    Returns
    -------
    ResponseRate
        Both rates out of the forms handed out.

    Raises
    ------
    ModelError
        ``sampling.response`` unless usable <= returned <= sent.

    References
    ----------
    American Association for Public Opinion Research (2023). Standard definitions (RR1: complete over all).

    Examples
    --------
    >>> response_rate(400, 372, 361).rate.value
    0.9025
    """
    used = returned if usable is None else usable
    if not 0 <= used <= returned <= sent or sent < 1:
        raise ModelError(problem("sampling.response", sent=int(sent), returned=int(returned), usable=int(used)))
    came, good = (proportion(count, sent, level=level) for count in (returned, used))
    return ResponseRate(int(sent), int(returned), int(used), came, good)


def _check(population: int, margin: float) -> None:
    if population < 2 or population % 1:
        raise ModelError(problem("sampling.population", value=float(population)))
    if not 0 < margin < 1:
        raise ModelError(problem("sampling.margin", value=float(margin)))
