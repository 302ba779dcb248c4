# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Differences of aggregators: their instances, their state on the management server, and SSH."""

from __future__ import annotations

from ..._model.finding import Difference
from ..._model.state import Instance


def about_instance(host: str, instance: Instance) -> Difference:
    """Return the difference of an instance that does not run."""
    found = f"{instance.state} ({instance.id})"
    return Difference("instance", host, "running", found, host=host, remedy="Start the instance.")


def about_no_instance(host: str, instance_id: str | None) -> Difference:
    """Return the difference of an instance that EC2 does not have."""
    remedy = "Evacuate the aggregator, and give it the aws_instance_id of its successor (docs/failover.md)."
    return Difference("instance", host, "running", f"EC2 has no instance {instance_id}", host=host, remedy=remedy)


def about_silence(host: str, reason: str) -> Difference:
    """Return the difference of a host that cannot be read over SSH."""
    remedy = "Correct its SSH, or say bonding_manage_hosts: false for a host that Ansible never reaches."
    return Difference("host", host, "answers over SSH", reason, host=host, remedy=remedy)


def about_aggregator(host: str, status: str) -> Difference:
    """Return the difference of an aggregator that the management server does not see as up."""
    remedy = "Find out why the management server does not see it."
    return Difference("aggregator", host, "up", status, host=host, remedy=remedy)


def about_address(host: str, said: str, shown: str) -> Difference:
    """Return the difference of an aggregator's address on the management server."""
    remedy = "Correct aws_instance_id, or the address on the management server."
    return Difference("aggregator_address", host, shown, f"the server has {said}", host=host, remedy=remedy)
