"""Floor 2: from a file as received to cleaned and scored responses, every change on record."""

from .fetch import get
from .log import CleaningLog
from .parts import parts
from .responses import Responses, check, prepare

__all__ = ["CleaningLog", "Responses", "check", "get", "parts", "prepare"]
