# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ansible's connection to this machine, as slow as SSH to a distant one. Not part of the collection."""

from __future__ import annotations

DOCUMENTATION = r"""
name: distant
short_description: Run on this machine, after the time that SSH takes
description:
  - Waits before each command as long as SSH takes for the round trips of a command on a connection that is kept open.
author: The bonded.internet contributors (@bonded-internet)
options:
  seconds:
    description: Seconds before each command, and before each file.
    type: float
    vars:
      - name: lab_seconds
"""

import time
from typing import Any

from ansible.plugins.connection.local import Connection as Local


class Connection(Local):
    """As ansible.builtin.local, but later; not named local, so that modules are packed and sent as over SSH."""

    transport = "distant"

    def _wait(self) -> None:
        time.sleep(self.get_option("seconds"))

    def exec_command(self, cmd: str, in_data: bytes | None = None, sudoable: bool = True) -> Any:
        self._wait()
        return super().exec_command(cmd, in_data=in_data, sudoable=sudoable)

    def put_file(self, in_path: str, out_path: str) -> None:
        self._wait()
        super().put_file(in_path, out_path)
