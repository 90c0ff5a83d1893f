"""What another process is asked to do: to be a kernel, or to call a function and tell what came of it.

Function and outcome are bytes that a pipe can carry. They never lie in a file: they go between a run and the processes
that it started itself. Where there is no fork server, `python -m analysis.run.errand` does one errand that it reads
from its standard input.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from multiprocessing.reduction import ForkingPickler
from typing import Any


@dataclass(frozen=True)
class Kernel:
    """Become an IPython kernel with these arguments, this environment and this working folder."""

    arguments: tuple[str, ...]
    environment: Mapping[str, str]
    folder: str


@dataclass(frozen=True)
class Call:
    """Call a function and send back what it gives or raises."""

    errand: bytes  # opened in the child


def packed(function: Callable[..., object], arguments: tuple[object, ...]) -> bytes:
    """A function that can be imported by its name, with its arguments."""
    return bytes(ForkingPickler.dumps((function, arguments)))


def outcome(errand: bytes) -> bytes:
    """Call the function; what it returned or raised."""
    try:
        function, arguments = ForkingPickler.loads(errand)
        return bytes(ForkingPickler.dumps((True, function(*arguments))))
    except Exception as error:
        return bytes(ForkingPickler.dumps((False, _portable(error))))


def unpacked(found: bytes) -> Any:
    """What the function returned; what it raised is raised here."""
    returned, value = ForkingPickler.loads(found)
    if not returned:
        raise value
    return value


def _portable(error: Exception) -> Exception:
    """The error itself where it can go through a pipe; else one of the same text."""
    try:
        ForkingPickler.loads(ForkingPickler.dumps(error))
    except Exception:
        return RuntimeError(f"{type(error).__name__}: {error}")
    return error


def main() -> None:
    """Do one errand; what the function prints goes to the standard error stream."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    answers.write(outcome(sys.stdin.buffer.read()))
    answers.close()


if __name__ == "__main__":
    main()
