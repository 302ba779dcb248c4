# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Creation of EC2 objects that may exist once only, by their ownership key.

Most creating calls of EC2 have no client token. So a call is never repeated blindly: after an answer that was lost the
object is looked for (`create`). After each creation the objects of the key are listed again, since another run may
have created one at the same moment; of two one gives way (`settle`; docs/design.md, "Two runs at once").
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from .._model.names import TAG_KEY, TAG_NETWORK, TAG_RETIRED
from .client import CONSISTENCY_SECONDS, Ec2Client, Ec2Error, Ec2UnclearError, call, describe_by, tags_of
from .kind import Kind

Found = TypeVar("Found")

ATTEMPTS = 3
LOOK_PAUSES = (0.0, 0.5, 1.0, 2.0, 3.0)
"""After an unclear answer: seconds between the looks for the object, before EC2 is asked for it again."""

GIVE_WAY_SECONDS = 30.0
"""Seconds that a run waits for a concurrent run to delete its duplicate, before the run deletes its own."""

SETTLE_PAUSE = 1.0
STILL_USED = ("DependencyViolation", "InvalidIPAddress.InUse", "InvalidNetworkInterface.InUse")


def find(client: Ec2Client, kind: Kind, network: str, keys: Collection[str]) -> dict[str, list[dict[str, Any]]]:
    """Return the network's objects of each key, as EC2 lists them; retired Elastic IPs are left out."""
    found: dict[str, list[dict[str, Any]]] = {key: [] for key in keys}
    for one in describe_by(client, kind.listing, f"tag:{TAG_KEY}", keys, **{f"tag:{TAG_NETWORK}": network}):
        tags = tags_of(one)
        if tags.get(TAG_RETIRED) != "true":
            found[tags[TAG_KEY]].append(one)
    return found


@dataclass(frozen=True)
class Creation:
    """A call of EC2 that creates an object: its method, the object's name in messages, and the errors to wait for."""

    method: str
    what: str
    patient_with: Collection[str] = ()
    one_a_vpc: bool = False


def create(
    client: Ec2Client,
    creation: Creation,
    look: Callable[[], list[Found]],
    read: Callable[[dict[str, Any]], Found],
    **params: Any,
) -> tuple[Found, bool]:
    """Create an object by one call; return the object, and whether this call's answer named it.

    After an unclear answer `look` lists what the call may have created, before EC2 is asked again; with `one_a_vpc`
    also after a refusal, whatever its code, since EC2 documents none for a second object. The object that is found so
    may be another run's: the caller may use the object, and never deletes it. Raises Ec2Error.
    """
    for attempt in range(1, ATTEMPTS + 1):
        try:
            named: dict[str, Any] = {"what": creation.what, "patient_with": creation.patient_with}
            return read(call(client, creation.method, repeatable=False, **named, **params)), True
        except Ec2Error as error:
            unclear = isinstance(error, Ec2UnclearError)
            if not unclear and (not creation.one_a_vpc or error.right):
                raise
            for pause in LOOK_PAUSES:
                time.sleep(pause)
                if found := look():
                    return found[0], False
            if not unclear or attempt == ATTEMPTS:
                raise
    raise AssertionError("the last attempt returns or raises")


def settle(client: Ec2Client, kind: Kind, network: str, made: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    """Return the one object of each key that stays, after this run has created the object `made[key]`.

    Of several the one in use stays, else the one with the smallest id; this run deletes its own one if that is
    another. Where its own one stays it waits for the other run to give way, and gives way itself if that does not
    happen: the other run may have looked before this run's object was there. Raises Ec2Error.
    """
    stays: dict[str, dict[str, Any]] = {}
    started = time.monotonic()
    while left := sorted(made.keys() - stays.keys()):
        waited = time.monotonic() - started
        for key, listed in find(client, kind, network, left).items():
            found = _settled(client, kind, made[key], listed, waited)
            if found:
                stays[key] = found
            elif waited >= CONSISTENCY_SECONDS and made[key] not in {one[kind.id] for one in listed}:
                raise Ec2Error(
                    f"{key}: EC2 does not list {made[key]}, which it has just created, even after"
                    f" {CONSISTENCY_SECONDS:.0f} s. Run again in some minutes"
                )
        if len(stays) < len(made):
            time.sleep(SETTLE_PAUSE)
    return stays


def _settled(
    client: Ec2Client, kind: Kind, mine: str, listed: list[dict[str, Any]], waited: float
) -> dict[str, Any] | None:
    """Return the object that stays, or None as long as that is open."""
    by_id = {str(one[kind.id]): one for one in listed}
    if mine not in by_id or not kind.ready(by_id[mine]):
        return None
    if len(by_id) == 1:
        return by_id[mine]
    used = kind.used(client, listed)
    ranked = sorted(by_id, key=lambda one: (one not in used, one))
    if ranked[0] == mine:
        if waited < GIVE_WAY_SECONDS:
            return None
        if mine in used:
            return by_id[mine]
        ranked.remove(mine)
    try:
        call(client, kind.delete, what=mine, **dict[str, Any]({kind.id: mine}))
    except Ec2Error as error:
        if error.code in STILL_USED and waited < GIVE_WAY_SECONDS:
            return None  # another run has taken it up: now it is in use, and the ranks are others
        if not error.code.endswith(".NotFound"):
            raise
    return by_id[ranked[0]]
