# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A right taken away after the fact: which step asked for an action, and what AWS's stand-in answers without it.

A request of a run's log is sent once more with the same access key. It is the same request that a run without the right
would send first, so that the step that fails there is the one that sent it.
"""

from __future__ import annotations

import re
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterable

from .rights import without
from .running import Json, Outcome, Site, demo_variables


def steps(outcomes: Iterable[Outcome]) -> dict[str, set[str]]:
    """The steps (role and task) in which runs asked for each action of EC2.

    A task ends on all hosts before the next one begins: so a request belongs to the first task that ended after it.
    """
    found: dict[str, set[str]] = {}
    for outcome in outcomes:
        for entry in outcome.aws:
            ended = next((event for event in outcome.run.events if event["t"] >= entry["t"]), None)
            if entry["service"] == "ec2" and ended:
                where = f"{ended['role']}: " if ended["role"] else ""
                found.setdefault(entry["action"], set()).add(f"{where}{ended['task']}")
    return found


def not_needed(site: Site, policies: list[Json], action: str, entry: Json) -> str:
    """The answer to a logged request without the right to `action`, unless it says that this very one is missing."""
    site.grant(without(policies, action))
    before = site.cloud.state()
    answer = replayed(site, entry)
    if site.cloud.state() != before:
        return f"{action}: something was changed"
    why = rf"not authorized to perform: ec2:{action} (on resource: \S+ )?because no identity-based policy allows"
    return "" if re.search(why, answer) else f"{action}: {answer}"


def replayed(site: Site, entry: Json) -> str:
    """The answer to a request of the log, sent once more with the same access key."""
    key = demo_variables()["aws_access_key"]
    body = urllib.parse.urlencode({"Action": entry["action"], "Version": "2016-11-15", **entry["params"]})
    signed = f"AWS4-HMAC-SHA256 Credential={key}/20260101/{entry['region']}/ec2/aws4_request"
    request = urllib.request.Request(site.cloud.url, body.encode(), {"Authorization": signed})
    try:
        with urllib.request.urlopen(request) as answer:
            return str(answer.read().decode())
    except urllib.error.HTTPError as error:
        with error:
            return error.read().decode()
