# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ansible's own local connection, but for the Python of modules (see lab/fork_server). Not part of the collection."""

from __future__ import annotations

DOCUMENTATION = r"""
name: local
short_description: Run on this machine, modules in a Python that has imported boto3 already
description:
  - As P(ansible.builtin.local#connection).
author: The bonded.internet contributors (@bonded-internet)
extends_documentation_fragment:
  - connection_pipelining
options:
  become_success_timeout:
    description: See ansible.builtin.local.
    type: int
    default: 10
    vars:
      - name: ansible_local_become_success_timeout
  become_strip_preamble:
    description: See ansible.builtin.local.
    type: bool
    default: true
    vars:
      - name: ansible_local_become_strip_preamble
"""

import contextlib
import importlib.util
import os
import pathlib
import re
import shlex
import sys

import ansible
from ansible import constants as C

# By its file: Ansible loads this plugin under the very name of the one that it derives from.
_WHERE = pathlib.Path(ansible.__file__).parent / "plugins" / "connection" / "local.py"
_SPEC = importlib.util.spec_from_file_location("lab_ansible_local", _WHERE)
assert _SPEC is not None and _SPEC.loader is not None
_LOCAL = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(_LOCAL)

_CLIENT = pathlib.Path(__file__).resolve().parent.parent / "client.py"
# Its file is named, or (pipelining, up to 2.20) it is in the standard input.
_MODULE = re.compile(rf"(?<=[ ']){re.escape(sys.executable)}(?= \S+/AnsiballZ_\w+\.py\b| && sleep 0)")
_WARM = f"{shlex.quote(sys.executable)} -I -S {shlex.quote(str(_CLIENT))}"

# Ansible keeps what it has packed until it ends; here the next run finds it too.
_PACKED = pathlib.Path(os.environ["LAB_WARM_SOCKET"]).parent / "packed"
_PACKED.mkdir(exist_ok=True)
with contextlib.suppress(FileExistsError):
    (pathlib.Path(C.DEFAULT_LOCAL_TMP) / "ansiballz_cache").symlink_to(_PACKED)


class Connection(_LOCAL.Connection):  # type: ignore[name-defined]
    """As ansible.builtin.local, but a module that the controller's own Python would run is run by the warm one."""

    def exec_command(self, cmd: str, in_data: bytes | None = None, sudoable: bool = True) -> tuple[int, bytes, bytes]:
        # What goes on in the background would keep a fork's files open.
        warm = cmd if "async_wrapper" in cmd else _MODULE.sub(lambda _match: _WARM, cmd)
        found: tuple[int, bytes, bytes] = super().exec_command(warm, in_data=in_data, sudoable=sudoable)
        return found
