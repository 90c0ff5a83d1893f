"""How Jupyter gets a kernel from the fork server: a provisioner that differs from the usual one by its first step."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from jupyter_client.provisioning.local_provisioner import LocalProvisioner

from ..errors import RunError, problem
from .errand import Kernel
from .offspring import ForkServer


class ForkProvisioner(LocalProvisioner):
    """Asks the server for a child; without a server it starts a process as usual, unless the fork is insisted on."""

    def __init__(self, *, server: ForkServer, insist: bool, **options: Any) -> None:
        super().__init__(**options)
        self._server = server
        self._insist = insist

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> Any:
        """Have the kernel forked; `cmd` is what would be run otherwise."""
        folder = str(kwargs.get("cwd") or Path.cwd())
        arguments = tuple(cmd[cmd.index("ipykernel_launcher") + 1 :])
        try:
            child = self._server.born(Kernel(arguments, dict(kwargs["env"]), folder))
        except OSError as error:
            if self._insist:
                raise RunError(problem("run.no_fork")) from error
            return await super().launch_kernel(cmd, **kwargs)
        self.process = child  # type: ignore[assignment]
        self.pid = self.pgid = child.pid  # it leads a session of its own
        self.cwd = folder
        return self.connection_info
