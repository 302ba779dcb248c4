# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A module's `main` as a function: arguments in, result out."""

from __future__ import annotations

import contextlib
import io
import json
from collections.abc import Callable, Mapping
from typing import Any, cast

from ansible.module_utils import basic
from ansible.module_utils.common import warnings

try:
    from ansible.module_utils.common.json import Direction, get_module_encoder
except ImportError:  # ansible-core 2.18
    from ansible.module_utils.common.json import AnsibleJSONEncoder

    _ENCODING: dict[str, Any] = {"cls": AnsibleJSONEncoder, "vault_to_text": True}
else:
    _ENCODING = {"cls": get_module_encoder("legacy", Direction.CONTROLLER_TO_MODULE)}


SHOWS_INVOCATION = 3
"""From this verbosity on Ansible shows a task's arguments beside its result."""


def call(main: Callable[[], None], arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Call a module's `main`, which prints a result and ends by SystemExit, and return that result.

    :param arguments: the task's options, and Ansible's own (`_ansible_...`)
    :raises Exception: what the module itself does not catch
    """
    basic._ANSIBLE_ARGS = json.dumps({"ANSIBLE_MODULE_ARGS": arguments}, **_ENCODING).encode()
    basic._ANSIBLE_PROFILE = "legacy"
    # A worker runs all items of a loop, and these live as long as the process.
    warnings._global_warnings.clear()
    warnings._global_deprecations.clear()
    with contextlib.redirect_stdout(io.StringIO()) as printed, contextlib.suppress(SystemExit):
        main()
    return cast("dict[str, Any]", json.loads(printed.getvalue()))


def without_invocation(returned: dict[str, Any], verbosity: int) -> dict[str, Any]:
    """Return a result without the module's arguments, where Ansible would not show them: a plan is among them."""
    return {key: value for key, value in returned.items() if key != "invocation" or verbosity >= SHOWS_INVOCATION}
