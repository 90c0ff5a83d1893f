"""Floor 3: tables printed elsewhere, as facts: read as printed, recomputed from each other, judged by their digits."""

from .audit import audit
from .groups import replicate_welch
from .regression import replicate_regression
from .reliability import reliability_from_item_total

__all__ = ["audit", "reliability_from_item_total", "replicate_regression", "replicate_welch"]
