"""Floor 3: tables printed elsewhere, as facts: read as printed, recomputed from each other, judged by their digits."""

from .audit import audit, kinds
from .certificate import certificates
from .groups import replicate_welch
from .reading import read_tables
from .regression import replicate_regression
from .reliability import reliability_from_item_total
from .replicate import replicate, sheet_of

__all__ = [
    "audit",
    "certificates",
    "kinds",
    "read_tables",
    "reliability_from_item_total",
    "replicate",
    "replicate_regression",
    "replicate_welch",
    "sheet_of",
]
