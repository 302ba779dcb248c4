# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ansible's connection to a host of lab.hosts. Not part of the collection."""

from __future__ import annotations

DOCUMENTATION = r"""
name: netns
short_description: Run on a network namespace of this machine, with files of its own
description:
  - Runs each command by C(ip netns exec), with the host's own folders in place of this machine's /etc and /run.
author: The bonded.internet contributors (@bonded-internet)
options:
  namespace:
    description: The network namespace.
    type: str
    vars:
      - name: lab_namespace
  root:
    description: The folder with the host's own etc, run and bin.
    type: path
    vars:
      - name: lab_root
"""

import pathlib
import shlex
import subprocess
import time
from typing import Any

from ansible.errors import AnsibleConnectionFailure
from ansible.plugins.connection import ConnectionBase

from lab.hosts import HUNG, inside


class Connection(ConnectionBase):
    """As ansible.builtin.local, in another place."""

    transport = "netns"
    has_pipelining = True

    def _connect(self) -> Connection:
        self._connected = True
        return self

    def _inside(self, *command: str) -> list[str]:
        namespace, root = self.get_option("namespace"), self.get_option("root")
        if not namespace or not root or not (pathlib.Path("/run/netns") / namespace).exists():
            raise AnsibleConnectionFailure(f"there is no namespace {namespace} (lab_namespace, lab_root: {root})")
        if (pathlib.Path(root) / HUNG).exists():
            # As long as ssh waits for the first answer of a host that drops all packets.
            time.sleep(self._play_context.timeout)
            raise AnsibleConnectionFailure("ssh: connect to host: Connection timed out")
        return inside(namespace, root, *command)

    def exec_command(self, cmd: str, in_data: bytes | None = None, sudoable: bool = True) -> tuple[int, bytes, bytes]:
        super().exec_command(cmd, in_data=in_data, sudoable=sudoable)
        done = subprocess.run(self._inside("/bin/sh", "-c", cmd), input=in_data, capture_output=True, check=False)
        return done.returncode, done.stdout, done.stderr

    def put_file(self, in_path: str, out_path: str) -> None:
        super().put_file(in_path, out_path)
        self._copy(pathlib.Path(in_path).read_bytes(), f"cat > {shlex.quote(out_path)}")

    def fetch_file(self, in_path: str, out_path: str) -> None:
        super().fetch_file(in_path, out_path)
        pathlib.Path(out_path).write_bytes(self._copy(None, f"cat {shlex.quote(in_path)}"))

    def _copy(self, data: bytes | None, command: str) -> Any:
        code, output, errors = self.exec_command(command, in_data=data)
        if code:
            raise AnsibleConnectionFailure(f"{command}: {errors.decode(errors='replace')}")
        return output

    def close(self) -> None:
        self._connected = False
