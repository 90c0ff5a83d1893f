"""Where answers are missing: the expected information of the patterns, the moments of the answers given, and GFI."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ..rows import Array
from .machine import Machine
from .matrices import Implied
from .sample import GroupSample, Sample
from .solution import Solution


def expected_weight(group: GroupSample, implied: Implied) -> Array:
    """W (moments, moments): what one observation of a normal variable tells of means and covariances, by the patterns.

    Each pattern has the information of the variables that it answers, with its share of the rows: for means P, for
    covariances (P_ac P_bd + P_ad P_bc) / 4 times how often each stands in its matrix, P being the pattern's precision.
    """
    shares, precisions = _by_pattern(group, implied)
    p = len(implied.cov)
    weighted = shares[:, None] * precisions.reshape(len(shares), p * p)
    products = (weighted.T @ precisions.reshape(len(shares), p * p)).reshape(p, p, p, p)  # sum of P_ac P_bd
    a, b = np.triu_indices(p)
    rows_a, rows_b, columns_a, columns_b = a[:, None], b[:, None], a[None, :], b[None, :]
    both = products[rows_a, columns_a, rows_b, columns_b] + products[rows_a, columns_b, rows_b, columns_a]
    often = np.where(a == b, 1.0, 2.0)
    found = np.zeros((p + len(a),) * 2)
    found[:p, :p] = weighted.sum(axis=0).reshape(p, p)
    found[p:, p:] = both * np.outer(often, often) / 4
    return found


def _by_pattern(group: GroupSample, implied: Implied) -> tuple[Array, Array]:
    """Share (patterns,) and precision (patterns, p, p) of each pattern, zero for what it does not answer."""
    p = len(implied.cov)
    answered = np.ones((1, p), dtype=bool) if group.rows is None else ~np.isnan(group.rows)
    kinds, counts = np.unique(answered, axis=0, return_counts=True)
    precisions = np.zeros((len(kinds), p, p))
    for at, kind in enumerate(kinds):
        block = np.ix_(kind, kind)
        precisions[at][block] = np.linalg.inv(implied.cov[block])
    return np.asarray(counts / counts.sum()), precisions


def expected_information(machine: Machine, sample: Sample, theta: Array) -> Array:
    """Expected information (free, free) of one observation where answers are missing: the groups' D' W D."""
    implied = machine.implied(theta)
    found = np.zeros((len(theta), len(theta)))
    parts = zip(machine.weights, sample.groups, implied, machine.jacobians(implied), strict=True)
    for share, group, there, jacobian in parts:
        found += share * jacobian.T @ expected_weight(group, there) @ jacobian
    return found


def goodness_as_given(solution: Solution) -> float:
    """GFI where answers are missing, as lavaan: between the implied moments and those of the answers given.

    Full information fits no model to these moments, so that even a saturated one falls short of 1. Moments of exogenous
    variables, which the model does not explain, weigh nothing.
    """
    sample, table, found = as_given(solution.sample), solution.table, 0.0
    given = np.array([name in table.exogenous for name in table.observed])
    a, b = np.triu_indices(len(given))
    kept = np.concatenate([~given, ~(given[a] & given[b])])
    groups = zip(sample.weights, solution.sample.groups, sample.groups, solution.implied, strict=True)
    for share, group, own, there in groups:
        s = np.concatenate([own.mean, own.cov[a, b]])[kept]
        rest = s - np.concatenate([there.mean, there.cov[a, b]])[kept]
        weight = expected_weight(group, there)[np.ix_(kept, kept)]
        found += float(share) * (1 - float(rest @ weight @ rest) / float(s @ weight @ s))
    return found


def as_given(sample: Sample) -> Sample:
    """The sample with the means of the answers given and pairwise covariances (over n); complete groups as they are."""
    return sample.of([group if group.complete else _as_given(group) for group in sample.groups])


def _as_given(group: GroupSample) -> GroupSample:
    """With N_ij rows that answer both (two at least, or `incomplete_sample` refused), cov_ij is over N_ij - 1."""
    if group.rows is None:
        return group
    answered = (~np.isnan(group.rows)).astype(np.float64)
    mean = np.nanmean(group.rows, axis=0)
    away = np.where(answered > 0, group.rows - mean, 0.0)
    both, sums = answered.T @ answered, away.T @ answered
    cov = (away.T @ away - sums * sums.T / both) / (both - 1)
    return replace(group, mean=mean, cov=cov * (group.n - 1) / group.n)
