"""Error-free transformations: sums and products that keep the digits which rounding would drop.

Plain double precision on every machine (no long double), vectorised. A value is carried as ``high + low``.

References
----------
Ogita, T., Rump, S. M., & Oishi, S. (2005). Accurate sum and dot product. SIAM J. Sci. Comput., 26, 1955-1988.
"""

from __future__ import annotations

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


def mean(x: Array) -> Array:
    """Mean along the first axis, rounded once."""
    high, low = total(x)
    return np.asarray((high + low) / len(x))
