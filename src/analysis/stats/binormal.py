"""The standard bivariate normal distribution: probability, density and its slope in the correlation.

References
----------
Owen, D. B. (1956). Tables for computing bivariate normal probabilities. Annals of Mathematical Statistics, 27,
1075-1090. R: ``mvtnorm::pmvnorm(upper = c(h, k), corr = ...)``, ``pbivnorm::pbivnorm(h, k, rho)``.
"""

from __future__ import annotations

import numpy as np
from scipy import special

from .rows import Array

_ROOT = np.sqrt(2 * np.pi)
_NOTHING = 1e-290


def density(h: Array) -> Array:
    """Density of the standard normal distribution."""
    return np.asarray(np.exp(-0.5 * h * h) / _ROOT)


def below(h: Array, k: Array, rho: Array) -> Array:
    """P(X < h, Y < k) for |rho| < 1, to 1e-15: Owen's T, which loses nothing as the correlation nears one.

    (Quadrature over the angle, as Drezner and Wesolowsky's, has an error of 1e-7 at a correlation of .999.)
    """
    h, k = (np.where(np.abs(cut) < _NOTHING, 0.0, cut) for cut in (h, k))  # else rho times a cut may underflow
    spread = np.sqrt((1 - rho) * (1 + rho))
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        slope_h = np.where(h == 0, np.copysign(np.inf, k), (k - rho * h) / (h * spread))
        slope_k = np.where(k == 0, np.copysign(np.inf, h), (h - rho * k) / (k * spread))
    signs = np.sign(h) * np.sign(k)
    apart = (signs < 0) | ((signs == 0) & (h + k < 0))
    halves = 0.5 * (special.ndtr(h) + special.ndtr(k)) - 0.5 * apart
    found = halves - special.owens_t(h, slope_h) - special.owens_t(k, slope_k)
    centre = 0.25 + np.arcsin(rho) / (2 * np.pi)
    return np.asarray(np.where((h == 0) & (k == 0), centre, found))


def joint_density(h: Array, k: Array, rho: Array) -> Array:
    """Density at (h, k), which is also the slope of `below` in rho (Plackett)."""
    rest = (1 - rho) * (1 + rho)
    return np.asarray(np.exp(-(h * h - 2 * rho * h * k + k * k) / (2 * rest)) / (2 * np.pi * np.sqrt(rest)))


def density_slope(h: Array, k: Array, rho: Array) -> Array:
    """Slope of `joint_density` in rho."""
    rest = (1 - rho) * (1 + rho)
    relative = rho / rest + (h * k * (1 + rho * rho) - rho * (h * h + k * k)) / rest**2
    return joint_density(h, k, rho) * relative
