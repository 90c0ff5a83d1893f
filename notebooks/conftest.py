"""How notebooks are tested: one thread of linear algebra in a kernel, and numbers apart by no more than processors are."""

from __future__ import annotations

import math
import os
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from nbval.plugin import IPyNbCell

from analysis.run.offspring import ENVIRONMENT

# What a run gives its kernels (two threads add up in another order), as far as it concerns numbers.
os.environ |= {name: value for name, value in ENVIRONMENT.items() if name.endswith("_NUM_THREADS")}


class About(float):
    """A number that equals one whose last digits another processor or another version of LAPACK found otherwise.

    Far out a p-value magnifies what its z lost: at z = 45 two thousand times.
    """

    __hash__ = float.__hash__

    def __eq__(self, other: object) -> bool:
        return isinstance(other, float) and math.isclose(self, other, rel_tol=1e-6, abs_tol=1e-9)

    def __ne__(self, other: object) -> bool:
        return not self == other


def about(value: Any) -> Any:
    """The same value with every fraction in it an `About`; whole numbers, texts and shapes stay exact."""
    if isinstance(value, dict):
        return {key: about(each) for key, each in value.items()}
    if isinstance(value, list):
        return [about(each) for each in value]
    return About(value) if isinstance(value, float) else value


def _compared(sanitize: Callable[[Any], Any], output: Any) -> Any:
    return about(sanitize(output))


def pytest_itemcollected(item: pytest.Item) -> None:
    if isinstance(item, IPyNbCell):
        item.sanitize = partial(_compared, item.sanitize)
