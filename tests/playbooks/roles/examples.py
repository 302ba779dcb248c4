# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The example of a role's README as a playbook that runs on the stand-ins."""

from __future__ import annotations

import pathlib
import re
from typing import Any

import yaml

from lab.process import ROOT

INSTANCES = {"i-0123456789abcdef0": "i-0d00000000000a901"}
"""Ids of the examples, which a reader replaces by ids of the reader's own, and agg1's in the demonstration."""
_CONNECTIONS = pathlib.Path(__file__).parent / "role.yml"


def example(role: str, scratch: pathlib.Path) -> pathlib.Path:
    """Write the example of the role's README into a file, with the ids and connections of the demonstration."""
    text = (ROOT / "roles" / role / "README.md").read_text(encoding="utf-8")
    (found,) = re.findall(r"```yaml\n(- name: .*?)```", text, re.DOTALL)
    for given, own in INSTANCES.items():
        found = found.replace(given, own)
    plays: list[dict[str, Any]] = yaml.safe_load(found)
    for play in plays:
        play["module_defaults"] = yaml.safe_load(_CONNECTIONS.read_text(encoding="utf-8"))[0]["module_defaults"]
    path = scratch / f"{role}.yml"
    path.write_text(yaml.safe_dump(plays, sort_keys=False), encoding="utf-8")
    return path
