"""What another process is asked to do: to be a kernel, or to call a function and tell what came of it.

Function and outcome are bytes that a pipe can carry. They never lie in a file: they go between a run and the processes
that it started itself. Where there is no fork server, `python -m analysis.run.errand` does one errand that it reads
from its standard input.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import threading
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


def spawned(errand: bytes, environment: Mapping[str, str]) -> bytes | None:
    """Have an errand done by a Python started anew; None when it ended without an answer."""
    command = [sys.executable, "-m", "analysis.run.errand"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=dict(environment)) as process:
        if process.stdin is None or process.stdout is None:
            return None
        with contextlib.suppress(BrokenPipeError):
            process.stdin.write(_framed(errand))
            process.stdin.flush()  # and left open: when it closes, the other side knows that we are gone
        found = process.stdout.read()
    return found[_SIZE:] if found and found == _framed(found[_SIZE:]) else None


def _framed(content: bytes) -> bytes:
    return len(content).to_bytes(_SIZE, "big") + content


#: Bytes that tell the length of an errand or of its outcome.
_SIZE = 8


def main() -> None:
    """Do one errand; what the function prints goes to the standard error stream."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    errand = _read(int.from_bytes(_read(_SIZE), "big"))
    threading.Thread(target=_end_with_the_run, daemon=True).start()
    with answers:
        answers.write(_framed(outcome(errand)))


def _read(count: int) -> bytes:
    parts = []
    while count:
        part = os.read(0, min(count, 1 << 20))
        if not part:
            os._exit(1)
        parts.append(part)
        count -= len(part)
    return b"".join(parts)


def _end_with_the_run() -> None:
    os.read(0, 1)
    os._exit(1)


if __name__ == "__main__":
    main()
