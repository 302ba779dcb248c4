# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Carrying out the steps for CPE NAT entries in an order that a run killed anywhere survives.

A private address is named by an Elastic IP's tags before it is assigned, and until it is unassigned; a move writes
both places into the tags first. So the next run finds whatever this one leaves.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from ..._model.names import TAG_MOVING_FROM, TAG_RETIRED
from ..client import Ec2Error
from ..executor import ApplyError, Work, readable
from . import elastic_ips as elastic
from . import private_addresses as private
from .reader import Found
from .steps import ASSIGN_MOVE, Step


def apply(work: Work, found: Found, steps: Sequence[Step]) -> None:
    """Carry out all steps; fill in each step's `eip` and, where another address had to be chosen, `target`.

    Raises ApplyError; what had begun by then is finished by the next run.
    """
    try:
        _add([step for step in steps if not step.removal and step.action != "none"], work, found)
        _remove([step for step in steps if step.removal], work)
    except Ec2Error as err:
        raise ApplyError([readable(err)], work.done, err.may_have_changed) from err


def _add(steps: Sequence[Step], work: Work, found: Found) -> None:
    elastic.allocate(work, [step for step in steps if step.eip is None])
    elastic.tag(work, [step for step in steps if step.write_tags])
    # a move that was retired half-way has left its old places in the tags: they name nothing any more
    elastic.untag(work, [step for step in steps if step.unretire], TAG_RETIRED, TAG_MOVING_FROM)
    private.assign(work, found, steps)
    elastic.follow(work, [step for step in steps if step.assign == ASSIGN_MOVE and step.reassociate])
    work.each([step for step in steps if step.associate], partial(elastic.associate, work))
    private.unassign(work, [place for step in steps for place in step.vacate])
    elastic.untag(work, [step for step in steps if _has_left(step)], TAG_MOVING_FROM)
    work.each([step for step in steps if step.reverse_dns is not None], partial(elastic.set_reverse_dns, work))


def _remove(steps: Sequence[Step], work: Work) -> None:
    """Retired or released last: until then the tags name the private address."""
    work.each([step for step in steps if elastic.eip_of(step).association_id], partial(elastic.disassociate, work))
    private.unassign(work, [place for step in steps for place in step.vacate])
    elastic.retire(work, [step for step in steps if step.action == "retire"])
    work.each([step for step in steps if step.action == "release"], partial(elastic.release, work))


def _has_left(step: Step) -> bool:
    """Return True if the Elastic IP has a tag with former private addresses that has to be removed."""
    return bool(step.moving_from or (step.eip and step.eip.moving_from and not step.unretire))
