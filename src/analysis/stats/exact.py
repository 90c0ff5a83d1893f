"""Error-free transformations: sums and products that keep the digits which rounding would drop.

Plain double precision on every machine (no long double), vectorised. A value is carried as ``high + low``.

References
----------
Ogita, T., Rump, S. M., & Oishi, S. (2005). Accurate sum and dot product. SIAM J. Sci. Comput., 26, 1955-1988.
Ozaki, K., Ogita, T., Oishi, S., & Rump, S. M. (2012). Error-free transformations of matrix multiplication by using fast
routines of matrix multiplication and its applications. Numerical Algorithms, 59, 95-118.
"""

from __future__ import annotations

from math import fsum
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from .rows import Array

_SPLIT = 134217729.0  # 2**27 + 1: halves the 53 bits of a double (Veltkamp)


def two_sum(a: Array, b: Array) -> tuple[Array, Array]:
    """a + b as the rounded sum and its error, exactly."""
    s = a + b
    z = s - a
    return s, (a - (s - z)) + (b - z)


def two_product(a: Array, b: Array) -> tuple[Array, Array]:
    """a * b as the rounded product and its error, exactly (Dekker)."""
    p = a * b
    a1 = _SPLIT * a - (_SPLIT * a - a)
    b1 = _SPLIT * b - (_SPLIT * b - b)
    a2, b2 = a - a1, b - b1
    return p, a2 * b2 - (((p - a1 * b1) - a2 * b1) - a1 * b2)


def total(high: npt.ArrayLike, low: npt.ArrayLike | None = None) -> tuple[Array, Array]:
    """Sum along the first axis in twice the working precision, by halving."""
    high = np.asarray(high, dtype=np.float64)
    low = np.zeros_like(high) if low is None else np.asarray(low, dtype=np.float64)
    if not len(high):
        return np.zeros(high.shape[1:]), np.zeros(high.shape[1:])
    while len(high) > 1:
        half, odd = divmod(len(high), 2)
        s, e = two_sum(high[:half], high[half : 2 * half])
        rest = low[:half] + low[half : 2 * half] + e
        high, low = (np.concatenate([s, high[-1:]]), np.concatenate([rest, low[-1:]])) if odd else (s, rest)
    return high[0], low[0]


def total_product(a: Array, b: Array) -> Array:
    """Sum of a * b along the first axis, computed in twice the working precision and rounded once."""
    high, low = total(*two_product(a, b))
    return np.asarray(high + low)


Slices: TypeAlias = tuple[Array, Array, Array, Array]


def sliced(x: Array) -> Slices:
    """x (n, ...) itself and high + middle + rest = x, so that a matrix product of high and middle parts is exact.

    High and middle are whole multiples of a step, few enough bits above it that n products of two of them, in whatever
    order they are added, stay within the 53 bits of a double.
    """
    largest = float(np.abs(x).max(initial=0.0))
    top = float(np.ldexp(1.0, int(np.frexp(largest)[1])))  # a power of two above all of x
    bits = (52 - len(x).bit_length()) // 2
    high = _on_grid(x, top * 2.0**-bits)
    left = x - high
    middle = _on_grid(left, top * 2.0 ** (-2 * bits))
    return x, high, middle, left - middle


def _on_grid(x: Array, step: float) -> Array:
    """x rounded to whole multiples of a power of two: beside 1.5 * 2**52 steps nothing smaller than a step is kept."""
    shift = 1.5 * 2.0**52 * step
    return np.asarray((x + shift) - shift)


def products(a: Slices, b: Array) -> Array:
    """a'b for the sliced a (n, k) and a vector, in twice the working precision and rounded once."""
    whole, high, middle, rest = a
    _, b_high, b_middle, b_rest = sliced(b)
    exactly = (b_high @ high, b_high @ middle, b_middle @ high)
    small = b_middle @ middle + (b_high + b_middle) @ rest + b_rest @ whole
    return np.array([fsum(parts) for parts in zip(*exactly, small, strict=True)])


def minus_product(y: Array, a: Slices, c: Array, c_low: Array) -> tuple[Array, Array]:
    """y - A (c + c_low) in twice the working precision, as high + low, for the sliced A (n, k)."""
    whole, high, middle, rest = a
    _, c_high, c_middle, c_rest = sliced(c)
    found, low = y, -(middle @ c_middle + rest @ (c_high + c_middle) + whole @ (c_rest + c_low))
    for part in (high @ c_high, middle @ c_high, high @ c_middle):
        found, error = two_sum(found, -part)
        low = low + error
    return found, low


def mean(x: Array) -> Array:
    """Mean along the first axis, rounded once."""
    high, low = total(x)
    return np.asarray((high + low) / len(x))
