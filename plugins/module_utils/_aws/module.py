# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Frame of the modules on AWS: options, client, errors."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule

from .._printable import printable, printable_all
from .client import AwsRefusal, Ec2Client, Ec2Error, ec2_client


def run_module(
    argument_spec: Mapping[str, Any],
    work: Callable[[Ec2Client, Mapping[str, Any], bool], Mapping[str, Any]],
    **more: Any,
) -> None:
    """Run a module, and end it with what `work(client, params, check_mode)` returns, or with the sentence of its error.

    :param more: rules between the options, as AnsibleModule takes them
    """
    module = AnsibleAWSModule(argument_spec=argument_spec, supports_check_mode=True, **more)
    try:
        result = work(ec2_client(module), module.params, module.check_mode)
    except AwsRefusal as error:
        done = printable_all(error.done)
        module.fail_json(msg=printable(error), changed=error.changed, done=done, error_code=error.code)
    except Ec2Error as error:
        module.fail_json(msg=printable(error), changed=error.may_have_changed, error_code=error.code)
    else:
        module.exit_json(**result)
