"""Persons of fictitious units and their answers, drawn from the design; the mess of a file comes later."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Any

import numpy as np
import numpy.typing as npt

from .design import (
    AGE,
    CADRES,
    CAPABILITY,
    CAPABILITY_EFFECT,
    COMMUNE_CN,
    COMMUNES,
    EDUCATION_BY_AGE,
    EDUCATION_KT,
    EFFECTS,
    GENDER,
    ITEMS,
    OUTCOME,
    POLITICS_BY_GROUP,
    SHARED,
    STAFF,
    TENURE_BY_AGE,
    UNIT_SHARE,
    UNIT_SHARE_OUTCOME,
    UNIT_SIZES,
)

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

LOW, HIGH = 1, 5

#: What the respondents say of themselves, in the order of the file.
VARIABLES = (
    "don_vi",
    "loai_don_vi",
    "gioi_tinh",
    "nhom_tuoi",
    "trinh_do",
    "llct",
    "chuc_danh",
    "vi_tri",
    "tham_nien",
)


@dataclass(frozen=True, slots=True, eq=False)
class People:
    """Persons of one or more surveys: their unit, their variables (positions of levels), their answers."""

    unit: Ints  # (n,) running number of the unit
    education: Ints  # (n,) 0, 1, 2
    age: Ints  # (n,) 0 to 3
    answers: Mapping[str, tuple[Ints, ...]]  # construct: one (n,) array an item, in the construct's direction


def people(sizes: Sequence[int], rng: np.random.Generator) -> People:
    """Draw the persons of units of these sizes and what they answer.

    Parameters
    ----------
    sizes : sequence of int
        Persons in each unit; units follow each other in the order of `UNIT_SIZES`, over and over.
    rng : numpy.random.Generator
        Where chance comes from.

    Returns
    -------
    People
        Units are drawn anew each time: they stand for units that might have been drawn.

    Notes
    -----
    Factor = sqrt(1 - u) (g shared + sqrt(1 - g^2) own) + sqrt(u) unit. Outcome = sum of effects x factors +
    capability + unit + error, of variance 1. Item = mean + sd (l construct + sqrt(1 - l^2) error), rounded to the
    nearest of 1 to 5. Only sums and products of single numbers are taken, so that other machines draw the same.
    """
    unit = np.repeat(np.arange(len(sizes)), sizes)
    age = _levels(AGE, rng.random(len(unit)))
    education = conditional(EDUCATION_BY_AGE, age, rng)
    latent = _latent(unit, education, rng)
    answers = {
        code: tuple(_answer(latent[code], item.mean, item.sd, item.loading, rng) for item in items)
        for code, items in ITEMS.items()
    }
    return People(unit, education, age, answers)


def _latent(unit: Ints, education: Ints, rng: np.random.Generator) -> dict[str, Floats]:
    """Every construct of every person."""
    n, units = len(unit), int(unit.max()) + 1

    def between(share: float) -> Floats:
        drawn: Floats = sqrt(share) * rng.standard_normal(units)[unit]
        return drawn

    within = sqrt(1 - UNIT_SHARE)
    shared, capability = rng.standard_normal(n), rng.standard_normal(n)
    latent: dict[str, Floats] = {}
    for code, g in SHARED.items():
        latent[code] = within * (g * shared + sqrt(1 - g * g) * rng.standard_normal(n)) + between(UNIT_SHARE)
    latent["CN"] = latent["CN"] + _centred_commune(unit)
    for code, (common, training, own) in CAPABILITY.items():
        explained = common**2 + training**2 + own**2 + 2 * common * training * within * SHARED["DT"]
        rest = sqrt(1 - UNIT_SHARE - explained)
        known = common * shared + training * latent["DT"] + own * capability
        latent[code] = known + rest * rng.standard_normal(n) + between(UNIT_SHARE)
    latent["KT"] = latent["KT"] + EDUCATION_KT * (education - 1)
    outcome: Floats = CAPABILITY_EFFECT * capability + between(UNIT_SHARE_OUTCOME)
    for code, effect in EFFECTS.items():
        outcome = outcome + effect * latent[code]
    latent[OUTCOME] = outcome + sqrt(_unexplained()) * rng.standard_normal(n)
    return latent


def _centred_commune(unit: Ints) -> Floats:
    """The difference of communes in IT application, with mean zero over the units."""
    commune = np.isin(unit % len(UNIT_SIZES), COMMUNES)
    share = sum(UNIT_SIZES[at] for at in COMMUNES) / sum(UNIT_SIZES)
    return COMMUNE_CN * np.where(commune, 1 - share, -share)


def _unexplained() -> float:
    """Variance of the latent outcome that is left for error."""
    within = 1 - UNIT_SHARE
    explained = sum(effect**2 for effect in EFFECTS.values())
    explained += sum(
        EFFECTS[a] * EFFECTS[b] * within * SHARED[a] * SHARED[b] for a in EFFECTS for b in EFFECTS if a != b
    )
    return 1 - explained - CAPABILITY_EFFECT**2 - UNIT_SHARE_OUTCOME


def _answer(construct: Floats, mean: float, sd: float, loading: float, rng: np.random.Generator) -> Ints:
    y = loading * construct + sqrt(1 - loading * loading) * rng.standard_normal(len(construct))
    return np.clip(np.rint(mean + sd * y), LOW, HIGH).astype(np.int64)


def _levels(shares: Sequence[float], uniform: Floats) -> Ints:
    """Position of a level for each uniform number."""
    cuts, total = [], 0.0
    for share in shares[:-1]:
        total += share
        cuts.append(total)
    found: Ints = np.searchsorted(cuts, uniform, side="right").astype(np.int64)
    return found


def conditional(shares: Sequence[Sequence[float]], given: Ints, rng: np.random.Generator) -> Ints:
    """Position of a level for each person, with shares that depend on another variable."""
    uniform = rng.random(len(given))
    found = np.zeros(len(given), dtype=np.int64)
    for level, row in enumerate(shares):
        chosen = given == level
        found[chosen] = _levels(row, uniform[chosen])
    return found


def profile(drawn: People, rng: np.random.Generator) -> dict[str, list[Any]]:
    """What the respondents say of themselves.

    Parameters
    ----------
    drawn : People
        Of one survey.
    rng : numpy.random.Generator
        Where chance comes from.

    Returns
    -------
    dict
        Level (a position, or its code) of every variable for every person; in each unit positions are drawn without
        replacement from its staff, so that no unit has two commanders.
    """
    kinds = ["xa" if at in COMMUNES else "phuong" for at in range(len(UNIT_SIZES))]
    positions: list[str] = []
    for at, kind in enumerate(kinds):
        staff = [code for code, count in STAFF[kind].items() for _ in range(count)]
        positions += [staff[at] for at in np.resize(rng.permutation(len(staff)), int((drawn.unit == at).sum()))]
    group = np.array([int(code != CADRES) for code in positions], dtype=np.int64)
    said: tuple[list[Any], ...] = (
        drawn.unit.tolist(),
        [kinds[at] for at in drawn.unit],
        _levels(GENDER, rng.random(len(drawn.unit))).tolist(),
        drawn.age.tolist(),
        drawn.education.tolist(),
        conditional(POLITICS_BY_GROUP, group, rng).tolist(),
        group.tolist(),
        positions,
        conditional(TENURE_BY_AGE, drawn.age, rng).tolist(),
    )
    return dict(zip(VARIABLES, said, strict=True))


def sizes_for(n: int) -> tuple[int, ...]:
    """Persons in each unit for a survey of n: in proportion to `UNIT_SIZES`, the largest remainders first."""
    total = sum(UNIT_SIZES)
    whole = [n * size // total for size in UNIT_SIZES]
    order = sorted(range(len(UNIT_SIZES)), key=lambda at: (-(n * UNIT_SIZES[at] % total), at))
    for at in order[: n - sum(whole)]:
        whole[at] += 1
    return tuple(whole)
