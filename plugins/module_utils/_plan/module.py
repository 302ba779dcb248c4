# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""network_plan as a module: AWS's side is begun to be read, and then the rest imported."""

from __future__ import annotations

from functools import cache
from typing import Any

from .._aws.client import ec2_client
from .._aws.credentials import tidy_credentials
from .inputs import PlanModule, start_reading


def _require_confirmation(module: PlanModule) -> None:
    """End the module if it plans an unconfirmed teardown; nothing was read before."""
    network, confirmed = module.params["network"], module.params["confirm_teardown"]
    if module.params["state"] == "absent" and confirmed != network and not module.check_mode:
        module.fail_json(
            msg=f"This run takes down the network {network}: every object that carries its name, on AWS and on the "
            f"management server (got confirm_teardown {confirmed!r}, expected {network!r}). Nothing was changed. Run "
            f"it again with -e bonding_confirm_teardown={network}, or with --check to see what it would remove."
        )


def run(module: PlanModule) -> None:
    """Make the plan, and end the module with it or with all problems."""
    _require_confirmation(module)
    problem = tidy_credentials(module.params, strict=True)
    if problem is not None:
        module.fail_json(msg=f"{problem} Nothing was changed.")

    @cache  # botocore reads the whole model of a service for each
    def client_of(region: str | None, service: str) -> Any:
        # validate_certs is the management server's; AWS's certificate is always checked
        more: dict[str, Any] = {"verify": module.params.get("aws_ca_bundle") or True}
        if region:
            more["region"] = region
        return ec2_client(module, **more) if service == "ec2" else module.client(service, **more)

    # amazon.aws finds the actions that this option wants by the log of its own process
    forked = not module.params.get("debug_botocore_endpoint_logs")
    with start_reading(module.params, client_of, forked=forked) as begun:
        # Ansible compiles all that is imported in every run, which takes as long as AWS's answers: so both at once
        from .results import end

        end(module, begun)
