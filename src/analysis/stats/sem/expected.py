"""Where answers are missing: the expected curvature of a discrepancy, and the moments of the answers given."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ..rows import Array
from .discrepancy import Discrepancy, FullInformation
from .machine import Machine
from .matrices import Implied
from .sample import GroupSample, Sample


def expected_weight(discrepancy: Discrepancy, implied: Implied) -> Array:
    """W (moments, moments): the information of one observation about means and covariances.

    Complete rows have the discrepancy's own weight. Where answers are missing it is the sum of the patterns'
    information with their shares: the observed curvature, had each pattern the very moments that are implied.
    """
    if not isinstance(discrepancy, FullInformation):
        return discrepancy.weight(implied)
    as_implied = (
        replace(one, mean=implied.mean[one.at], cov=implied.cov[np.ix_(one.at, one.at)]) for one in discrepancy.patterns
    )
    return replace(discrepancy, patterns=tuple(as_implied)).curvature(implied)


def expected_information(machine: Machine, theta: Array) -> Array:
    """Expected information (free, free) of one observation: the groups' D' W D with their shares."""
    implied = machine.implied(theta)
    found = np.zeros((len(theta), len(theta)))
    parts = zip(machine.weights, machine.discrepancies, implied, machine.jacobians(implied), strict=True)
    for share, each, there, jacobian in parts:
        found += share * jacobian.T @ expected_weight(each, there) @ jacobian
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
