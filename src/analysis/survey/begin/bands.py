"""Bands of numbers ("Từ 7.000.000 VNĐ đến dưới 13.000.000VNĐ", "Trên 50 tuổi") in the order of their numbers."""

from __future__ import annotations

import re
from collections.abc import Mapping

from ..text import fold

_NUMBER = re.compile(
    r"(\d{1,3}(?:[., ]\d{3})+(?![\d])|\d+(?:[.,]\d+)?)\s*(tỷ|tỉ|triệu|tr|million|mil|m|nghìn|ngàn|k|thousand)?\b"
)
_GROUPS = re.compile(r"[., ](?=\d{3})")
_TIMES = {
    "tỷ": 1e9, "tỉ": 1e9, "triệu": 1e6, "tr": 1e6, "million": 1e6, "mil": 1e6, "m": 1e6,
    "nghìn": 1e3, "ngàn": 1e3, "k": 1e3, "thousand": 1e3,
}  # fmt: skip
_BELOW = re.compile(
    r"dưới|nhỏ hơn|ít hơn|chưa đến|không quá|tối đa|đến hết|under|below|less|up to|at most|fewer|younger|<|≤"
)
_ABOVE = re.compile(r"trên|hơn|trở lên|từ|over|above|more|at least|older|and up|from|>|≥|\+")
_BETWEEN = re.compile(r"\d\D*(?:-|–|—|đến|tới|to|and)\D*\d")
_NONE = re.compile(r"^(?:không có|chưa có|chưa|không|no|none|0)\b")


def ordered_bands(labels: Mapping[str, str]) -> list[str]:
    """Codes in the order of the numbers in their labels.

    Parameters
    ----------
    labels : mapping
        Code -> label.

    Returns
    -------
    list of str
        Empty where a label holds no number, no label says that it is a band, or two begin alike.

    Examples
    --------
    >>> ordered_bands({"a": "Trên 10 triệu", "b": "Dưới 5 triệu", "c": "Từ 5 đến 10 triệu"})
    ['b', 'c', 'a']
    """
    keys = {code: key for code, label in labels.items() if (key := _key(fold(label))) is not None}
    bands = sum(
        bool(_BETWEEN.search(fold(label)) or _BELOW.search(fold(label)) or _ABOVE.search(fold(label)))
        for label in labels.values()
    )
    if len(labels) < 2 or len(keys) != len(labels) or len(set(keys.values())) != len(keys) or bands < 2:
        return []
    return sorted(keys, key=lambda code: keys[code])


def _key(label: str) -> tuple[float, int, float] | None:
    """Where a band begins, whether it lies below or above that number, and where it ends."""
    found = [(_value(match[1]), match[2]) for match in _NUMBER.finditer(label)]
    if not found:
        return (-1.0, 0, 0.0) if _NONE.match(label) else None
    unit = next((unit for _, unit in reversed(found) if unit), None)
    numbers = [value * _TIMES.get(own or unit or "", 1.0) for value, own in found]
    first, last = numbers[0], numbers[-1]
    if len(numbers) == 1:
        if _BELOW.search(label):
            return first, -1, first
        return (first, 1, float("inf")) if _ABOVE.search(label) else (first, 0, first)
    return first, 0, last


def _value(text: str) -> float:
    grouped = re.fullmatch(r"\d{1,3}(?:[., ]\d{3})+", text)
    return float(_GROUPS.sub("", text) if grouped else text.replace(",", "."))
