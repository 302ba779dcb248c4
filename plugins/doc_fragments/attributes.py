# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Documentation of what modules support, and of their action groups."""

from __future__ import annotations

_BONDING = """
    description: >-
      Use C(group/bonded.internet.bonding) in C(module_defaults) to set the connection to the management server once
      for all modules that have it.
    support: full
    membership:
      - bonded.internet.bonding
"""
_AWS = """
    description: >-
      Use C(group/bonded.internet.aws) in C(module_defaults) to set region, endpoint and credentials of AWS once for
      all modules that have them, those of the collection amazon.aws included.
    support: full
    membership:
      - bonded.internet.aws
"""
_BONDING_AND_AWS = """
    description: >-
      Use C(group/bonded.internet.bonding) and C(group/bonded.internet.aws) in C(module_defaults) to set the
      connection to the management server and to AWS once for all modules that have them.
    support: full
    membership:
      - bonded.internet.bonding
      - bonded.internet.aws
"""
_CONTROLLER = """
    description: Use C(group/bonded.internet.controller) in C(module_defaults) for all modules that need no other host.
    support: full
    membership:
      - bonded.internet.controller
"""
_FULL = "support: full"
_PASSWORD = """
    support: partial
    details:
      - With O(update_password=always) a password that is given is sent each time, which counts as a change.
"""


def _attributes(group: str, check_mode: str = _FULL, diff_mode: str = _FULL, idempotent: str = _FULL) -> str:
    """Return a fragment with the support of a kind of modules, and their action group."""
    return f"""
options: {{}}
attributes:
  check_mode:
    description: Can run in C(check_mode) and return the changed status prediction without modifying the target.
    {check_mode}
  diff_mode:
    description: Returns details on what has changed (or possibly needs changing in C(check_mode)) in diff mode.
    {diff_mode}
  idempotent:
    description:
      - When run twice in a row outside check mode, with the same arguments, the second invocation indicates no change.
      - This assumes that the system controlled by the module has not changed in between.
    {idempotent}
{f"  action_group: {group}" if group else ""}
"""


def _info(group: str) -> str:
    """Return a fragment for modules that only read."""
    reads = "details:\n      - This module reads only"
    return _attributes(
        group,
        check_mode=f"support: full\n    {reads}; it does the same in check mode.",
        diff_mode=f"support: N/A\n    {reads}.",
        idempotent=f"support: full\n    {reads}.",
    )


class ModuleDocFragment:
    """``bonded.internet.attributes``, and variants for each action group and each kind of modules in it."""

    # Annotated, since yamllint of ansible-test takes each plain assignment for a literal text.
    # No variant has the name of a page here: Ansible would take attributes.bonding for the page bonding.

    DOCUMENTATION: str = _attributes("", "", "", "")
    FULL: str = _attributes("")
    INFO: str = _info("")
    SERVER: str = _attributes(_BONDING)
    SERVER_INFO: str = _info(_BONDING)
    SERVER_PASSWORD: str = _attributes(_BONDING, idempotent=_PASSWORD)
    AWS: str = _attributes(_AWS)
    AWS_INFO: str = _info(_AWS)
    AWS_NO_DIFF: str = _attributes(_AWS, diff_mode="support: none")
    BONDING_AND_AWS: str = _attributes(_BONDING_AND_AWS, "", "", "")
    CONTROLLER: str = _attributes(_CONTROLLER, "", "", "")
    CONTROLLER_INFO: str = _info(_CONTROLLER)
