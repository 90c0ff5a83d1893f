"""A population written as a model with numbers: its covariances, and the model that a study would fit to it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from ..errors import ModelError, Problem, problem
from ..grammar import Model, Statement
from .rows import Array

_LEAST = 1e-8  # a residual variance below is none


@dataclass(frozen=True, eq=False)
class Population:
    """Observed variables of a population, their covariances (p, p), and the model of it with its numbers set free."""

    names: tuple[str, ...]
    cov: Array
    analysis: Model
    values: dict[tuple[str, str, str], float]  # of every number that was written or follows


def population(model: Model) -> Population:
    """What a model with numbers says of the population.

    Parameters
    ----------
    model : Model
        ``f =~ 0.7*a + 0.6*b + 0.8*c; y ~ 0.3*f``: every loading, path and covariance with its number.

    Returns
    -------
    Population
        A variance that is not written is such that the variable has variance 1: numbers are standardised ones. The
        analysis sets loadings, paths, covariances and the indicators' variances free; (residual) variances of latent
        variables keep their numbers, which identifies the model in the population's own scale.

    Raises
    ------
    ModelError
        ``power.population_number`` naming what has no number, ``power.population_groups`` for groups and intercepts,
        ``power.population_loop`` where variables explain each other, ``power.population_full`` naming variables of
        which more than everything is explained, ``power.population_impossible`` for correlations that cannot be
        together.

    Notes
    -----
    v = A v + e with covariances S of e: Sigma = (I - A)^-1 S (I - A)^-T. With M = (I - A)^-1 the variances of v are
    linear in those of e, (M * M) diag S + what covariances add.

    References
    ----------
    McArdle, J. J., & McDonald, R. P. (1984). British Journal of Mathematical and Statistical Psychology, 37, 234-251.
    R: ``lavaan::simulateData(model, standardized = TRUE)``.

    Examples
    --------
    >>> from analysis.grammar import parse_model
    >>> population(parse_model("f =~ 0.7*a + 0.6*b + 0.8*c")).cov.round(2).tolist()
    [[1.0, 0.42, 0.56], [0.42, 1.0, 0.48], [0.56, 0.48, 1.0]]
    """
    problems = list(_unusable(model))
    if problems:
        raise ModelError(*problems)
    place = {name: at for at, name in enumerate(model.names)}
    a, s, stated = np.zeros((len(place), len(place))), np.zeros((len(place), len(place))), set()
    for each in model.statements:
        value = float(each.fixed[0] or 0.0)
        left, right = place[each.lhs], place[each.rhs]
        if each.op == "=~":
            a[right, left] = value
        elif each.op == "~":
            a[left, right] = value
        else:
            s[left, right] = s[right, left] = value
            stated |= {each.lhs} if left == right else set()
    total = _total(a)
    _fill(s, total, [place[name] for name in place if name not in stated], tuple(place))
    sigma = total @ s @ total.T
    own = [place[name] for name in model.observed]
    cov = sigma[np.ix_(own, own)]
    if float(np.linalg.eigvalsh(s)[0]) < -_LEAST or float(np.linalg.eigvalsh(cov)[0]) < _LEAST:
        raise ModelError(problem("power.population_impossible"))
    variances = {(name, "~~", name): float(s[at, at]) for name, at in place.items()}
    written = {each.key: float(each.fixed[0] or 0.0) for each in model.statements}
    return Population(model.observed, cov, _freed(model, variances), {**variances, **written})


def _unusable(model: Model) -> Iterator[Problem]:
    if any(each.op == "~1" or len(each.fixed) > 1 for each in model.statements):
        yield problem("power.population_groups")
    bare = tuple(
        f"{each.lhs} {each.op} {each.rhs}" for each in model.statements if not each.fixed or each.fixed[0] is None
    )
    if bare:
        yield problem("power.population_number", parameters=bare)


def _total(a: Array) -> Array:
    """(I - A)^-1: what a disturbance of each variable does to all in the end."""
    reach = np.linalg.matrix_power((a != 0).astype(float) + np.eye(len(a)), len(a)) > 0
    if (reach & reach.T & ~np.eye(len(a), dtype=bool)).any() or np.diag(a).any():
        raise ModelError(problem("power.population_loop"))
    return np.asarray(np.linalg.inv(np.eye(len(a)) - a))


def _fill(s: Array, total: Array, unstated: list[int], names: tuple[str, ...]) -> None:
    """Set the variances that are not written so that these variables have variance 1."""
    if not unstated:
        return
    left = 1 - np.einsum("ij,jk,ik->i", total, s, total)[unstated]
    found = np.linalg.solve((total**2)[np.ix_(unstated, unstated)], left)
    full = tuple(names[at] for at, value in zip(unstated, found, strict=True) if value < _LEAST)
    if full:
        raise ModelError(problem("power.population_full", names=full))
    s[unstated, unstated] = found


def _freed(model: Model, variances: dict[tuple[str, str, str], float]) -> Model:
    latent = set(model.latent)
    said = [
        replace(each, fixed=())
        for each in model.statements
        if not (each.op == "~~" and each.lhs == each.rhs and each.lhs in latent)
    ]
    said += [Statement(name, "~~", name, fixed=(variances[name, "~~", name],)) for name in model.latent]
    return replace(model, statements=tuple(said))
