"""Floor 5: the whole job. Plan, execute notebooks strictly, assemble pages, record what was done.

`analysis.run` is this folder and also a public word: calling it runs studies (see `analysis.run.work.run`).
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any


class _Callable(ModuleType):
    """A module that can be called, so that the folder `run` and the word `run` do not shut each other out."""

    def __call__(self, *studies: Any, **options: Any) -> Any:
        from .work import run

        return run(*studies, **options)


sys.modules[__name__].__class__ = _Callable
