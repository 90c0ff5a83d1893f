"""A process that has imported everything once and forks whoever needs it: `python -m analysis.run.forkserver FD`.

It listens on a socket that it inherits. Each message carries one end of a new socket pair: the server forks, and the
child reads its task there, a kernel to be or a function to call. When a child ends, the server says so on the child's
socket. When the run is gone, its end of the socket closes, and the server takes all children with it.

Two things would spoil what a forked kernel shows, both in silence. A second thread at the time of the fork may hold a
lock that no one will ever release: the server refuses to serve then. And if matplotlib's inline backend were imported
here, where there is no IPython shell, it would never connect to the kernel's shell and figures would vanish: it is left
for the kernel to import, as in any other kernel.
"""

from __future__ import annotations

import atexit
import contextlib
import gc
import importlib
import os
import pkgutil
import select
import signal
import socket
import sys
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, NoReturn

from ..report.format import number
from ..report.words import catalogue, languages
from ..study import load_study
from .errand import Call, Kernel, outcome

#: What every kernel would import for itself. The modules of this package below `run` are added to them.
MODULES = (
    "numpy",
    "pandas",
    "scipy.stats",
    "scipy.optimize",
    "scipy.linalg",
    "statsmodels.api",
    "statsmodels.formula.api",
    "matplotlib.pyplot",
    "matplotlib.font_manager",
    "matplotlib.backends.backend_agg",
    "seaborn",
    "PIL.PngImagePlugin",
    "pyarrow.dataset",
    "pyarrow.pandas_compat",
    "pyarrow.parquet",
    "pydantic",
    "babel.numbers",
    "ipykernel.debugger",
    "ipykernel.ipkernel",
    "ipykernel.kernelapp",
    "ipykernel.zmqshell",
    "IPython.core.completer",
    "IPython.core.completerlib",
    "IPython.core.debugger",
    "IPython.core.logger",
    "IPython.core.oinspect",
    "IPython.extensions.storemagic",
    "psutil",
    "sqlite3",
    "tornado.locks",
    "tornado.platform.asyncio",
    "tornado.queues",
)

#: Left for the kernel to import, in its own shell.
INLINE = "matplotlib_inline.backend_inline"


@dataclass(frozen=True)
class Server:
    """What a child must know of its server."""

    process: int
    variables: Mapping[str, str]  # of the environment, set by the modules that were imported


def preload() -> None:
    """Import what kernels need, and read once what every one would read: the words, a page, a number's signs."""
    for name in MODULES:
        importlib.import_module(name)
    package = importlib.import_module(__package__.rpartition(".")[0])
    for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        if not found.name.startswith((f"{package.__name__}.run", f"{package.__name__}.simulate")):
            importlib.import_module(found.name)
    load_study(Path(__file__).resolve().parent.parent / "study" / "template")
    for lang in languages():
        catalogue(lang)
        number(0.5, lang)


def threads() -> int:
    """Threads of this process."""
    return len(list(Path("/proc/self/task").iterdir()))


def main() -> None:
    """Preload, say so, and serve until the run is gone."""
    if sys.path and sys.path[0] == str(Path.cwd()):  # as ipykernel does: the kernel's shell adds it again
        del sys.path[0]
    with contextlib.suppress(ConnectionError), socket.socket(fileno=int(sys.argv[1])) as control:
        given = set(os.environ)
        preload()
        server = Server(os.getpid(), {name: value for name, value in os.environ.items() if name not in given})
        if threads() != 1 or INLINE in sys.modules:
            control.send(b"unfit")
            return
        gc.collect()
        gc.freeze()  # what is loaded now stays shared with the children
        control.send(b"ready")
        _serve(control, server)


def _serve(control: socket.socket, server: Server) -> None:
    reader, writer = os.pipe()
    for end in (reader, writer):
        os.set_blocking(end, False)
    signal.set_wakeup_fd(writer)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    children: dict[int, Connection] = {}
    listened: list[socket.socket | int] = [control, reader]
    while True:
        ready, _, _ = select.select(listened, [], [])
        if reader in ready:
            with contextlib.suppress(BlockingIOError):
                os.read(reader, 4096)
            _reap(children)
        if control in ready:
            handle = _asked(control)
            if handle is None:
                _end(children)
                return
            channel = Connection(handle)
            child = os.fork()
            if child == 0:
                signal.set_wakeup_fd(-1)
                signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                for end in (reader, writer):
                    os.close(end)
                control.close()
                for other in children.values():
                    other.close()
                _born(channel, server)
            children[child] = channel


def _asked(control: socket.socket) -> int | None:
    """The socket of a child to be; None when the run is gone."""
    try:
        _, handles, _, _ = socket.recv_fds(control, 1, 1)
    except ConnectionError:
        return None
    return handles[0] if handles else None


def _reap(children: dict[int, Connection]) -> None:
    """Tell how every child that has ended did end, in the words of `subprocess`: minus the signal that killed it."""
    for child in tuple(children):
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            channel = children.pop(child)
            with contextlib.suppress(OSError):
                channel.send(os.waitstatus_to_exitcode(status))
            channel.close()


def _end(children: Mapping[int, Connection]) -> None:
    """The run is gone: so are its kernels and whatever they started."""
    for child in children:
        with contextlib.suppress(OSError):
            os.killpg(child, signal.SIGKILL)
        with contextlib.suppress(OSError):
            os.kill(child, signal.SIGKILL)  # it may not lead its group yet


def _born(channel: Connection, server: Server) -> NoReturn:
    """The life of a child, from its task to its end."""
    code = 1
    try:
        os.setsid()
        _end_with(server)
        import numpy as np

        np.random.seed()  # else all children would draw the same "random" numbers
        task = channel.recv()
        channel.send(os.getpid())
        _DOING[type(task)](task, channel, server)
        code = 0
    except SystemExit as left:
        code = left.code if isinstance(left.code, int) else int(left.code is not None)
    except BaseException:
        traceback.print_exc()
    finally:
        with contextlib.suppress(Exception):
            atexit._run_exitfuncs()
        for stream in (sys.__stdout__, sys.__stderr__):
            with contextlib.suppress(Exception):
                stream.flush()  # type: ignore[union-attr]
        os._exit(code)


def _end_with(server: Server) -> None:
    """Ask the system to end this process when the server ends, in whatever way."""
    import ctypes

    set_death_signal = 1  # PR_SET_PDEATHSIG, <sys/prctl.h>
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(set_death_signal, signal.SIGKILL)
    if os.getppid() != server.process:  # it ended before we asked
        os._exit(1)


def _kernel(task: Kernel, _channel: Connection, server: Server) -> None:
    from ipykernel.kernelapp import IPKernelApp

    os.chdir(task.folder)
    os.environ.clear()
    os.environ.update({**server.variables, **task.environment})
    sys.argv = ["ipykernel_launcher", *task.arguments]
    IPKernelApp.launch_instance([*task.arguments, f"--IPKernelApp.parent_handle={server.process}"])


def _call(task: Call, channel: Connection, _server: Server) -> None:
    channel.send(outcome(task.errand))


_DOING: dict[type, Callable[[Any, Connection, Server], None]] = {Kernel: _kernel, Call: _call}


if __name__ == "__main__":
    main()
