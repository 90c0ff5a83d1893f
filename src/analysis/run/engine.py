"""Where kernels and helpers come from: forked from a preloaded process where the system allows it, else started anew.

Both engines give the same results; a test compares them byte for byte.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import ContextVar
from typing import Any, Literal, Protocol, TypeAlias, TypeVar
from weakref import WeakSet

from ..errors import RunError, nearest, problem
from .errand import Call, packed, spawned, unpacked
from .offspring import ForkServer, environment

T = TypeVar("T")

Choice: TypeAlias = Literal["auto", "plain", "fork"]
CHOICES: tuple[Choice, ...] = ("auto", "plain", "fork")


class Engine(Protocol):
    """Gives kernels to notebooks and processes to functions."""

    @property
    def name(self) -> str:
        """The engine's name among the choices."""

    def stop(self) -> None:
        """End all kernels at once; whoever waits for one is told that it died."""

    def kernel_manager(self) -> Any:
        """A `jupyter_client.AsyncKernelManager` whose kernel has not started yet."""

    def in_process(self, function: Callable[..., T], /, *arguments: object) -> Future[T]:
        """Call a function in a process of its own; the future raises what the function raised."""


@contextlib.contextmanager
def engine(choice: Choice = "auto", jobs: int = 2) -> Iterator[Engine]:
    """An engine for the time of a run; afterwards none of its processes is left.

    Parameters
    ----------
    choice : {"auto", "plain", "fork"}
        "auto" forks where the system allows it; "fork" insists on it.
    jobs : int
        Functions that are called at the same time.

    Raises
    ------
    RunError
        ``run.engine``: no such engine. ``run.no_fork``: "fork" where it cannot be.
    """
    if choice not in CHOICES:
        raise RunError(problem("run.engine", engine=choice, allowed=CHOICES, nearest=nearest(choice, CHOICES)))
    with contextlib.ExitStack() as stack:
        threads = stack.enter_context(ThreadPoolExecutor(max(1, jobs)))
        server = None
        if choice != "plain":
            try:
                server = ForkServer()
            except OSError as error:
                if choice == "fork":
                    raise RunError(problem("run.no_fork")) from error
        used: Engine = PlainEngine(threads) if server is None else ForkEngine(server, threads, insist=choice == "fork")
        if server is not None:
            stack.callback(server.close)
        token = _current.set(used)
        stack.callback(_current.reset, token)
        yield used


_current: ContextVar[Engine | None] = ContextVar("engine", default=None)


def in_process(function: Callable[..., T], /, *arguments: object) -> Future[T]:
    """Call a function in a process of its own, by the engine of the run that goes on, else by one started anew.

    Parameters
    ----------
    function : callable
        One that can be imported by its name.
    *arguments
        What it is called with; arguments and result go through a pipe.

    Returns
    -------
    Future
        With the result, or the error that the function raised. ``RunError`` (``run.helper_died``) when its process
        was killed.

    Examples
    --------
    >>> in_process(divmod, 7, 2).result()
    (3, 1)
    """
    current = _current.get()
    if current is not None:
        return current.in_process(function, *arguments)
    threads = ThreadPoolExecutor(1)
    try:
        return threads.submit(_spawned, packed(function, arguments))
    finally:
        threads.shutdown(wait=False)


def _spawned(errand: bytes) -> Any:
    found = spawned(errand, environment())
    if found is None:
        raise RunError(problem("run.helper_died"))
    return unpacked(found)


def plain_manager() -> Any:
    """A manager of a kernel of this very Python, whatever kernels a user has registered under its name."""
    from ipykernel.kernelspec import get_kernel_dict
    from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
    from jupyter_client.manager import AsyncKernelManager

    class OwnSpec(KernelSpecManager):
        """Knows one kernel."""

        def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
            return KernelSpec(resource_dir="", **get_kernel_dict())

    return AsyncKernelManager(kernel_name="python3", kernel_spec_manager=OwnSpec())


class PlainEngine:
    """Kernels as Jupyter starts them."""

    name = "plain"

    def __init__(self, threads: ThreadPoolExecutor) -> None:
        self._threads = threads
        self._managers: WeakSet[Any] = WeakSet()

    def stop(self) -> None:
        """End all kernels at once."""
        for manager in self._managers:
            process = getattr(manager.provisioner, "process", None)
            if process is not None:
                process.kill()

    def kernel_manager(self) -> Any:
        """A manager that starts a Python of its own."""
        manager = plain_manager()
        self._managers.add(manager)
        return manager

    def in_process(self, function: Callable[..., T], /, *arguments: object) -> Future[T]:
        """Call a function in a Python started anew."""
        return self._threads.submit(_spawned, packed(function, arguments))


class ForkEngine:
    """Kernels forked from a process that has imported everything once."""

    name = "fork"

    def __init__(self, server: ForkServer, threads: ThreadPoolExecutor, *, insist: bool) -> None:
        self._server = server
        self._threads = threads
        self._insist = insist

    def stop(self) -> None:
        """End the server, and with it all kernels."""
        self._server.close()

    def kernel_manager(self) -> Any:
        """A manager whose kernel the server forks; should the server be gone, it starts one as Jupyter does."""
        from .provisioner import ForkProvisioner

        manager = plain_manager()
        manager.provisioner = ForkProvisioner(
            kernel_id="", kernel_spec=manager.kernel_spec, parent=manager, server=self._server, insist=self._insist
        )
        return manager

    def in_process(self, function: Callable[..., T], /, *arguments: object) -> Future[T]:
        """Call a function in a child of the server."""
        return self._threads.submit(self._called, packed(function, arguments))

    def _called(self, errand: bytes) -> Any:
        try:
            child = self._server.born(Call(errand))
        except OSError:
            return _spawned(errand)
        found = child.answer()
        if child.wait() or found is None:
            raise RunError(problem("run.helper_died"))
        return unpacked(found)
