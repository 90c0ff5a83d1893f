"""The run's side of the fork server: start it, ask it for children, see how they end."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
from multiprocessing.connection import Connection

from .errand import Call, Kernel

#: What a kernel needs so that a rerun gives the same bytes: one thread in numerical libraries, a fixed hash seed.
ENVIRONMENT = {
    "PYTHONHASHSEED": "0",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "PYTHONUTF8": "1",
    "PYTHONWARNINGS": "default",
}

#: What the server needs besides. The backend is the one that kernels choose; Arrow's allocator starts no thread.
_PRELOADING = {
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",
    "JE_ARROW_MALLOC_CONF": "background_thread:false",
}

#: Seconds that the preloaded process may take to get ready, and a child to be born.
READY_SECONDS, BORN_SECONDS = 120.0, 60.0

#: Signal that ends a process, told as `subprocess` tells it.
_KILLED = -9


def environment() -> dict[str, str]:
    """The variables of a kernel: the user's own, and those that make a rerun the same."""
    return {**os.environ, **ENVIRONMENT}


class ForkServer:
    """The run's side of `analysis.run.forkserver`. Starting it takes no time; the first child waits until it is ready.

    Raises
    ------
    OSError
        Where the system has no such thing.
    """

    def __init__(self) -> None:
        if not sys.platform.startswith("linux"):  # macOS cannot fork safely once its frameworks are loaded
            raise OSError
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-X", "frozen_modules=off", "-m", "analysis.run.forkserver", str(theirs.fileno())],
                stdin=subprocess.DEVNULL,
                env={**_PRELOADING, **environment()},
                pass_fds=[theirs.fileno()],
                start_new_session=True,  # the terminal's Ctrl-C is for the run
            )
        self._ready: bool | None = None
        self._asking = threading.Lock()

    def born(self, task: Kernel | Call) -> Child:
        """A child with its task.

        Raises
        ------
        OSError
            When the server is gone, or could not get ready.
        """
        with self._asking:
            if not self._is_ready():
                raise ChildProcessError
            ours, theirs = socket.socketpair()
            with theirs:
                socket.send_fds(self._control, [b"."], [theirs.fileno()])
        channel = Connection(ours.detach())
        try:
            channel.send(task)
            if not channel.poll(BORN_SECONDS):
                raise ChildProcessError
            return Child(channel, channel.recv())
        except (OSError, EOFError) as error:
            channel.close()
            raise ChildProcessError from error

    def _is_ready(self) -> bool:
        if self._ready is None:
            self._control.settimeout(READY_SECONDS)
            try:
                self._ready = self._control.recv(16) == b"ready"
            except OSError:
                self._ready = False
        return self._ready

    def close(self) -> None:
        """End the server and every child that is left."""
        self._control.close()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


class Child:
    """A child of the server as `subprocess.Popen` would show it."""

    stdin = stdout = stderr = None

    def __init__(self, channel: Connection, pid: int) -> None:
        self._channel = channel
        self.pid = pid
        self.returncode: int | None = None

    def answer(self) -> bytes | None:
        """Wait for the answer of a call; None when the child ended without one."""
        try:
            found = self._channel.recv()
        except (EOFError, OSError):
            found = _KILLED
        if isinstance(found, bytes):
            return found
        self.returncode = found
        return None

    def poll(self) -> int | None:
        """How it ended; None while it runs. When the server is gone, so is the child."""
        if self.returncode is None and self._channel.poll(0):
            return self.wait()
        return self.returncode

    def wait(self) -> int:
        """Wait for its end."""
        if self.returncode is None:
            try:
                self.returncode = self._channel.recv()
            except (EOFError, OSError):
                self.returncode = _KILLED
            self._channel.close()
        return self.returncode if self.returncode is not None else _KILLED

    def send_signal(self, number: int) -> None:
        """Send a signal to the child, if it runs."""
        if self.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it."""
        self.send_signal(signal.SIGKILL)
