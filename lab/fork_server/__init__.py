# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Ansible, and modules on this machine, in a Python that has imported boto3 already, for tests that run many of them.

Each module of amazon.aws starts a Python, imports boto3 and reads botocore's model of EC2 anew: over a second of CPU
each, most of what a playbook test costs. ansible-playbook does the same for the modules that run in its workers. Here a
process that has done all this forks for each of them instead. A fork runs ansible-playbook, or the very file that
Ansible has packed, which is packed and compiled once for all runs. Waits of modules are cut short: modules of
amazon.aws sleep for a cloud that takes its time, which the stand-in does not. And Ansible itself imports the
collection's filters and actions before it forks its first worker (`callback/imported.py`).
Nothing else differs, and `make demo`, `make bench` and the test of the built artefact run without it.

    run_playbook("site.yml", warmed=True)
"""

from __future__ import annotations

import atexit
import functools
import os
import pathlib
import subprocess
import sys
import tempfile

from lab.kit.parent_watch import VARIABLE

HERE = pathlib.Path(__file__).parent
CLIENT = (sys.executable, "-I", "-S", str(HERE / "client.py"))
"""The words before those of a program for which the process forks."""
SOCKET = "LAB_WARM_SOCKET"
"""The variable that tells the connection plugin's client where to ask."""


def environment(plugins: str = "") -> dict[str, str]:
    """Variables for ansible-playbook; `plugins`: other folders of connection plugins, parted by colons.

    The process is started by the first call, and ends with the one that has called.
    """
    folders = os.pathsep.join(filter(None, [str(HERE / "connection"), plugins]))
    callbacks = os.pathsep.join(map(str, [HERE / "callback", HERE.parent / "demo" / "callback"]))
    return {
        "ANSIBLE_CALLBACK_PLUGINS": callbacks,
        "ANSIBLE_CONNECTION_PLUGINS": folders,
        SOCKET: str(_socket()),
    }


@functools.cache
def _socket() -> pathlib.Path:
    """Start the process that forks, once, and return its socket as soon as the process listens."""
    folder = tempfile.TemporaryDirectory(prefix="warm-")
    where = pathlib.Path(folder.name) / "socket"
    # -P: as for a module's own Python, the folder of the program is no place to import from.
    process = subprocess.Popen(
        [sys.executable, "-P", str(HERE / "server.py"), str(where)],
        stdout=subprocess.PIPE,
        env={**os.environ, VARIABLE: str(os.getpid())},
    )
    assert process.stdout is not None
    if not process.stdout.readline():
        raise RuntimeError(f"{HERE / 'server.py'} ended with exit code {process.wait()}")
    process.stdout.close()

    def stop() -> None:
        process.terminate()
        process.wait()
        folder.cleanup()

    atexit.register(stop)
    return where
