"""One line of the accuracy page: a method on a set, compared with a reference."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

ROOT = Path(__file__).resolve().parents[1]
REFERENCE, SHARED = ROOT / "tests" / "reference", ROOT.parent / "shared"

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Line:
    """One method on one set: what it was compared with, how many numbers, and the largest deviation."""

    method: str
    data: str
    source: str
    numbers: int
    deviation: float


def load(method: str) -> Any:
    """Reference values in the repository."""
    return json.loads((REFERENCE / method / "values.json").read_text(encoding="utf-8"))


def shared(name: str) -> Any:
    """Reference values beside the checkout."""
    return json.loads((SHARED / "reference" / f"{name}.json").read_text(encoding="utf-8"))


def compared(method: str, data: str, source: str, ours: Any, theirs: Any) -> Line:
    """Relative deviation where the reference is above 1 in size, absolute below."""
    a, b = (np.asarray(each, dtype=np.float64).ravel() for each in (ours, theirs))
    return Line(method, data, source, len(b), float((np.abs(a - b) / np.maximum(np.abs(b), 1.0)).max()))
