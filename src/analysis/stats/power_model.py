"""Power of a measurement or structural model by simulation: loadings, paths and indirect effects that a study finds.

References
----------
Muthén, L. K., & Muthén, B. O. (2002). How to use a Monte Carlo study to decide on sample size and determine power.
Structural Equation Modeling, 9, 599-620.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from ..errors import Caution, ModelError, caution, problem
from ..grammar import Model, parse_model
from ..rules import cutoff
from .moments import Moments
from .population import Population, population
from .resample import SEED
from .result import Result, Row, frame
from .rows import Array
from .sem.defined import defined
from .sem.estimators import ESTIMATORS, machine_of
from .sem.information import covariance
from .sem.optimise import minimise
from .sem.parameters import FIXED, ParameterTable, Specification, parameter_table
from .sem.sample import Sample, complete_sample
from .sem.start import starting_values, with_sample_values
from .tails import normal_quantile

if TYPE_CHECKING:
    import pandas as pd

_Z = normal_quantile(0.975)  # the intervals whose coverage is counted


@dataclass(frozen=True)
class SimulatedRow(Row):
    """A parameter over all simulated studies that had a solution.

    `population` is its value where the model is fitted to the population itself. `bias` is that of the mean estimate,
    as a share of the value (empty where that is zero); `sd` the spread of the estimates, `se` their mean standard error
    and `se_bias` its bias as a share of the spread. `coverage` is the share of 95 % intervals that hold the value,
    `power` the share of tests that find the parameter, with its Monte-Carlo error `power_se`; `expected` is the power
    of large samples, from the information of the population.
    """

    lhs: str
    op: str
    rhs: str
    label: str
    population: float
    mean: float
    bias: float | None
    sd: float
    se: float
    se_bias: float
    coverage: float
    power: float
    power_se: float
    expected: float


@dataclass(frozen=True)
class SimulatedPower(Result):
    """What simulated studies of `n` respondents find of a model.

    Of `draws` studies `converged` had a solution and `improper` of these a variance below zero.
    """

    method: str
    model: str
    n: int
    parameter_rows: tuple[SimulatedRow, ...]
    draws: int
    converged: int
    improper: int
    alpha: float
    seed: int
    cautions: tuple[Caution, ...]

    @property
    def parameters(self) -> pd.DataFrame:
        """One line for each parameter."""
        return frame(self.parameter_rows, SimulatedRow)


def power_sem(
    population_model: str | Model,
    *,
    n: int,
    model: str | Model | None = None,
    draws: int = 500,
    seed: int = SEED,
    alpha: float | None = None,
) -> SimulatedPower:
    """Power to find the loadings, paths, covariances and indirect effects of a model, by simulated studies.

    Parameters
    ----------
    population_model : str
        The population in lavaan's notation with a number for each loading, path and covariance:
        ``"skill =~ 0.7*q1 + 0.6*q2 + 0.8*q3; result ~ 0.3*skill"``. Variances that are not written make every variable
        of variance 1, so that numbers are standardised ones.
    n : int
        Respondents of each study.
    model : str, optional
        What is fitted, latent variables with variance 1 where it does not say otherwise; the population's own model
        with its numbers set free where none is given.
    draws : int
        Simulated studies.
    seed : int
        Source of chance.
    alpha : float, optional
        Significance level; the rule ``significance`` where none is given.

    Returns
    -------
    SimulatedPower
        One row for each free parameter but variances, and for each definition (``:=``), with cautions where estimates
        or errors are biased or intervals do not cover as they should at this n.

    Raises
    ------
    ModelError
        ``power.population_…`` for a population that is none, ``power.draws`` for too few studies, ``power.too_few`` for
        no more respondents than variables, ``power.no_solutions`` where less than half of the studies have one;
        ``model.…`` and ``sem.…`` as in `cfa`.

    Notes
    -----
    Answers are normal; their covariances are drawn by Bartlett's decomposition of a Wishart matrix. Each study is
    fitted by maximum likelihood, Wald tests with errors from the expected information. The fit of whole models has its
    own power, by RMSEA (`power_rmsea`).

    References
    ----------
    Muthén & Muthén (2002). R: ``lavaan::simulateData`` and ``lavaan::cfa`` in a loop; ``simsem::sim``.

    Examples
    --------
    >>> found = power_sem("f =~ 0.7*a + 0.7*b + 0.7*c + 0.2*d", n=150, draws=100)
    >>> [f"{row.rhs}: {row.power:.2f}" for row in found.parameter_rows]
    ['a: 1.00', 'b: 1.00', 'c: 1.00', 'd: 0.59']
    """
    alpha = cutoff("significance") if alpha is None else alpha
    if not 0 < alpha < 1:
        raise ModelError(problem("power.value", name="alpha", value=alpha))
    truth = population(population_model if isinstance(population_model, Model) else parse_model(population_model))
    fitted = truth.analysis if model is None else model if isinstance(model, Model) else parse_model(model)
    if n <= len(truth.names):
        raise ModelError(problem("power.too_few", n=n, least=len(truth.names) + 1))
    if draws < 2:
        raise ModelError(problem("power.draws", draws=draws))
    table = parameter_table(fitted, Specification(identify="variance"))
    # the sample's covariances are divided by n, the population's by nothing
    exact = _fit(table, _sample(table, truth, truth.cov * (n / (n - 1)), n))
    if exact is None:
        raise ModelError(problem("power.no_solutions", converged=0, draws=draws))
    fits, improper = [], 0
    for cov in _covariances(truth.cov, n, draws, np.random.default_rng(seed)):
        found = _fit(table, _sample(table, truth, cov, n), exact.theta)
        if found is not None:
            fits.append(found)
            improper += found.improper
    if len(fits) < max(2, draws / 2):
        raise ModelError(problem("power.no_solutions", converged=len(fits), draws=draws))
    estimates, errors = np.array([each.values for each in fits]), np.array([each.errors for each in fits])
    lines = tuple(_rows(table, exact, estimates, errors, alpha))
    return SimulatedPower(
        method="power.sem", model=fitted.text, n=n, parameter_rows=lines, draws=draws, converged=len(fits),
        improper=improper, alpha=alpha, seed=seed, cautions=tuple(_cautions(lines, len(fits), improper, draws, n)),
    )  # fmt: skip


@dataclass(frozen=True, eq=False)
class _Fit:
    """One study: parameters, and the values and errors of what is reported."""

    theta: Array
    values: Array
    errors: Array
    improper: bool


def _covariances(sigma: Array, n: int, draws: int, rng: np.random.Generator) -> Iterator[Array]:
    """Sample covariances (p, p), divided by n - 1, of normal answers."""
    p = len(sigma)
    root = np.linalg.cholesky(sigma)
    below = np.tril_indices(p, -1)
    for _ in range(draws):
        factor = np.diag(np.sqrt(rng.chisquare(n - 1 - np.arange(p))))
        factor[below] = rng.normal(size=len(below[0]))
        half = root @ factor
        yield half @ half.T / (n - 1)


def _sample(table: ParameterTable, truth: Population, cov: Array, n: int) -> Sample:
    return complete_sample(Moments(truth.names, n, np.zeros(len(cov)), cov), table.observed, None, "normal")


def _reported(table: ParameterTable) -> list[int]:
    """Rows of free parameters but variances, equal ones once."""
    found: dict[int, int] = {}
    for at, row in enumerate(table.rows):
        if row.free != FIXED and row.op != "~1" and row.lhs != row.rhs:
            found.setdefault(row.free, at)
    return list(found.values())


def _fit(table: ParameterTable, sample: Sample, start: Array | None = None) -> _Fit | None:
    table = with_sample_values(table, sample)
    machine = machine_of(table, sample, ESTIMATORS["ML"])
    try:
        optimum = minimise(machine, starting_values(table, sample) if start is None else start)
        if not optimum.converged:
            return None
        cov = covariance(machine.information(optimum.theta), sample.total, table)
    except (ModelError, np.linalg.LinAlgError):
        if start is None:
            raise
        return None
    values = table.values(optimum.theta)
    own, told = _reported(table), defined(table, values)
    places = [table.rows[at].free for at in own]
    variances = [*np.diag(cov)[places], *(each.slope @ cov @ each.slope for each in told)]
    found = np.array([*values[own], *(each.value for each in told)])
    improper = any(values[at] < 0 for at, row in enumerate(table.rows) if row.op == "~~" and row.lhs == row.rhs)
    return _Fit(optimum.theta, found, np.sqrt(np.array(variances)), improper)


def _rows(table: ParameterTable, exact: _Fit, estimates: Array, errors: Array, alpha: float) -> Iterator[SimulatedRow]:
    z = normal_quantile(1 - alpha / 2)
    rows = [table.rows[at] for at in _reported(table)]
    names = [(row.lhs, row.op, row.rhs, row.label) for row in rows]
    names += [(each.name, ":=", each.text, each.name) for each in table.definitions]
    for at, (name, value, error) in enumerate(zip(names, exact.values.tolist(), exact.errors.tolist(), strict=True)):
        b, se = estimates[:, at], errors[:, at]
        mean, zero = float(b.mean()), abs(value) < 1e-6
        power = float((np.abs(b) > z * se).mean())
        sd = float(b.std(ddof=1))
        yield SimulatedRow(
            *name,
            population=value,
            mean=mean,
            bias=None if zero else mean / value - 1,
            sd=sd,
            se=float(se.mean()),
            se_bias=float(se.mean()) / sd - 1,
            coverage=float((np.abs(b - value) <= _Z * se).mean()),
            power=power,
            power_se=sqrt(power * (1 - power) / len(b)),
            expected=float(special.ndtr(abs(value) / error - z) + special.ndtr(-abs(value) / error - z)),
        )


def _cautions(lines: tuple[SimulatedRow, ...], converged: int, improper: int, draws: int, n: int) -> Iterator[Caution]:
    if converged < cutoff("simulated.converged") * draws:
        yield caution("power.few_converged", converged=converged, draws=draws, n=n)
    if improper:
        yield caution("power.improper", "note", improper=improper, draws=draws)
    for code, wrong in (
        ("power.biased", [row for row in lines if _biased(row, converged)]),
        ("power.errors_biased", [row for row in lines if _errors_biased(row, converged)]),
        ("power.coverage", [row for row in lines if _misses(row.coverage, converged)]),
    ):
        if wrong:
            yield caution(code, parameters=tuple(f"{row.lhs} {row.op} {row.rhs}" for row in wrong), n=n)


def _biased(row: SimulatedRow, draws: int) -> bool:
    """By more than the rule allows and two errors of the simulation."""
    slack = 0.0 if row.bias is None else 2 * row.sd / sqrt(draws) / abs(row.population)
    return abs(row.bias or 0.0) > cutoff("simulated.bias") + slack


def _errors_biased(row: SimulatedRow, draws: int) -> bool:
    return abs(row.se_bias) > cutoff("simulated.bias") + 2 / sqrt(2 * draws)


def _misses(coverage: float, draws: int) -> bool:
    slack = 2 * sqrt(coverage * (1 - coverage) / draws)
    return coverage + slack < cutoff("simulated.coverage_low") or coverage - slack > cutoff("simulated.coverage_high")
