# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Documentation of what modules support, and of their action groups."""

from __future__ import annotations


class ModuleDocFragment:
    """``bonded.internet.attributes``, and one variant for each action group and for information modules."""

    DOCUMENTATION = r"""
options: {}
attributes:
  check_mode:
    description: Can run in C(check_mode) and return the changed status prediction without modifying the target.
  diff_mode:
    description: Returns details on what has changed (or possibly needs changing in C(check_mode)) in diff mode.
  idempotent:
    description:
      - When run twice in a row outside check mode, with the same arguments, the second invocation indicates no change.
      - This assumes that the system controlled by the module has not changed in between.
"""

    # For modules that do all of it.
    FULL = r"""
options: {}
attributes:
  check_mode:
    support: full
  diff_mode:
    support: full
  idempotent:
    support: full
"""

    # For modules that send a password of BGP, which the server does not show.
    PASSWORD = r"""
options: {}
attributes:
  check_mode:
    support: full
  diff_mode:
    support: full
  idempotent:
    support: partial
    details:
      - With O(update_password=always) a password that is given is sent each time, which counts as a change.
"""

    # For modules that do all of it but show a diff.
    NO_DIFF = r"""
options: {}
attributes:
  check_mode:
    support: full
  diff_mode:
    support: none
  idempotent:
    support: full
"""

    # For modules that only read.
    INFO = r"""
options: {}
attributes:
  check_mode:
    support: full
    details:
      - This module reads only; it does the same in check mode.
  diff_mode:
    support: N/A
    details:
      - This module reads only.
  idempotent:
    support: full
    details:
      - This module reads only.
"""

    BONDING = r"""
options: {}
attributes:
  action_group:
    description: >-
      Use C(group/bonded.internet.bonding) in C(module_defaults) to set the connection to the management server once
      for all modules that have it.
    support: full
    membership:
      - bonded.internet.bonding
"""

    AWS = r"""
options: {}
attributes:
  action_group:
    description: >-
      Use C(group/bonded.internet.aws) in C(module_defaults) to set region, endpoint and credentials of AWS once for
      all modules that have them, those of the collection amazon.aws included.
    support: full
    membership:
      - bonded.internet.aws
"""

    # For modules that talk to both sides.
    BONDING_AND_AWS = r"""
options: {}
attributes:
  action_group:
    description: >-
      Use C(group/bonded.internet.bonding) and C(group/bonded.internet.aws) in C(module_defaults) to set the
      connection to the management server and to AWS once for all modules that have them.
    support: full
    membership:
      - bonded.internet.bonding
      - bonded.internet.aws
"""
