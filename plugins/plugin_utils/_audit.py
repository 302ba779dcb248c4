# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files of an audit: begun as failed, so that an audit that does not end leaves no older one; and read again later."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from ansible_collections.bonded.internet.plugins.module_utils._design.audit.comparison import Comparison, compared
from ansible_collections.bonded.internet.plugins.module_utils._design.audit.hosts import find_on_hosts
from ansible_collections.bonded.internet.plugins.module_utils._design.audit.metrics import metrics_of
from ansible_collections.bonded.internet.plugins.module_utils._design.audit.outcome import FORMAT, Audit, audit_of
from ansible_collections.bonded.internet.plugins.module_utils._design.audit.table import sentence_of, table_of
from ansible_collections.bonded.internet.plugins.module_utils._model.finding import Finding
from ansible_collections.bonded.internet.plugins.module_utils._printable import printable, printable_all
from ansible_collections.bonded.internet.plugins.module_utils._private_file import write_private, write_whole

FILE, METRICS, EARLIER = "bonding_audit_file", "bonding_audit_metrics", "bonding_audit_earlier"
FOR_ALL = 0o644
"""Mode of the metrics: node_exporter reads them as another user."""
MOST_OF_ARTIFACT = 30_000
"""Bytes of the artifact, which AWX hands on as an extra variable of the next job."""
NAME_ANOTHER = "Name a file that an earlier audit of this network wrote, or leave the variable out."
NOT_ENDED = "The audit has begun and not ended: the output of its run says why."


class AuditFileError(Exception):
    """A file of an audit cannot be used."""

    def __init__(self, variable: str, path: str, problem: str, advice: str) -> None:
        super().__init__(printable(f"{variable}: {path}: {problem}. Nothing was changed. {advice}"))


class AnotherVersion(ValueError):
    """An audit of another version of the collection."""

    def __init__(self, found: Any) -> None:
        super().__init__(f"this audit is of another version of the collection (got format {found}, expected {FORMAT})")


def begin(
    network: str, paths: Mapping[str, str], before: Mapping[str, Any], artifact: Mapping[str, Any]
) -> dict[str, Any]:
    """Read the earlier audit, then put a failed one in the place of each older file; return what the end needs.

    :param network: empty as long as the inventory has not been read
    :param paths: `file`, `metrics` and `earlier`, each of which may be empty
    :param before: the result of an earlier call of this run, which has replaced the files if they are the same
    :param artifact: the audit of an earlier job, if there is no file
    :raises AuditFileError: if a file cannot be read or written
    """
    now = datetime.now(UTC)
    if before and before["paths"] == dict(paths):
        earlier = dict(before["earlier"])
        _check_network(earlier, network, paths)
    else:
        earlier = _earlier(network, paths) if paths["earlier"] or paths["file"] else _of_artifact(artifact, network)
    failed = {
        "format": FORMAT,
        "network": network,
        "time": _time(now),
        "status": "failed",
        "next_run": None,
        "problem": NOT_ENDED,
        "counts": {},
        "findings": [],
        "earlier": earlier,  # for the next audit, if this one does not end
    }
    _write(paths, failed, metrics_of(network, "failed", now.timestamp(), ()))
    return {"time": _time(now), "seconds": now.timestamp(), "earlier": earlier, "paths": dict(paths)}


def end(
    begun: Mapping[str, Any], audit: Mapping[str, Any], answers: Mapping[str, Any], expected: list[str]
) -> dict[str, Any]:
    """Complete an audit with the hosts' answers and the earlier audit, write its files, and return it with its table.

    :param begun: the result of `begin`
    :param audit: that of network_plan
    :param answers: results of aggregator_host_info, by host
    :param expected: the hosts that were to be asked
    :raises AuditFileError: if a file cannot be written
    """
    network, time = str(audit["network"]), str(begun["time"])
    findings = [Finding(**one) for one in audit["findings"]]
    findings += [Finding(**printable_all(asdict(one))) for one in find_on_hosts(answers, expected)]
    whole = audit_of(network, findings, audit["status"] != "failed")
    comparison = compared(whole.findings, time, begun["earlier"] or None, whole.has_judged)
    document = {**_document(whole, comparison), "time": time}
    _write(begun["paths"], document, metrics_of(network, whole.status, float(begun["seconds"]), whole.findings))
    return {
        "audit": document,
        "artifact": _artifact(document),
        "text": table_of(network, whole.status, comparison),
        "summary": sentence_of(network, whole.status, comparison),
    }


def _document(whole: Audit, comparison: Comparison) -> dict[str, Any]:
    found = [asdict(one) for one in comparison.findings]
    unjudged = [dict(one) for one in comparison.unjudged]
    return {**whole.as_dict(), "findings": found, "unjudged": unjudged, "compared": comparison.as_dict()}


def _artifact(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return an audit of a bounded size: as many findings as fit, the severest first."""
    left = MOST_OF_ARTIFACT
    listed = [(name, one) for name in ("findings", "unjudged") for one in document[name]]
    kept: dict[str, list[Any]] = {"findings": [], "unjudged": []}
    for name, one in listed:
        left -= len(json.dumps(one))
        if left < 0:
            break
        kept[name].append(one)
    more = {name: document[name] for name in ("format", "network", "time", "status", "next_run", "counts")}
    return {**more, **kept, "left_out": len(listed) - sum(map(len, kept.values()))}


def _earlier(network: str, paths: Mapping[str, str]) -> dict[str, Any]:
    """Return the earlier audit: the named one, else that of the file that this audit replaces; empty without any.

    A text that is to be replaced and is no audit counts for none.
    """
    path = paths["earlier"] or paths["file"]
    if not paths["earlier"] and not os.path.exists(path):
        return {}
    try:
        with open(path, encoding="utf-8") as file:
            found = _judged(json.load(file))
    except OSError as error:
        raise AuditFileError(EARLIER, path, f"the audit cannot be read ({error.strerror})", NAME_ANOTHER) from error
    except AnotherVersion as error:
        if not paths["earlier"]:
            return {}
        raise AuditFileError(EARLIER, path, str(error), NAME_ANOTHER) from error
    except (ValueError, KeyError, TypeError) as error:
        if not paths["earlier"]:
            return {}
        raise AuditFileError(EARLIER, path, "this is not an audit (expected its JSON)", NAME_ANOTHER) from error
    _check_network(found, network, paths)
    return found


def _judged(found: Any) -> dict[str, Any]:
    """Return time, network and findings of an audit, with what it could not judge; empty without any.

    One that has not ended holds the audit before it.

    :raises AnotherVersion: if another version of the collection has written it
    :raises KeyError, TypeError, ValueError: if it is no audit
    """
    if found["format"] != FORMAT:
        raise AnotherVersion(found["format"])
    if "earlier" in found:
        found = found["earlier"]
        if not found:
            return {}
    listed = [*found["findings"], *found.get("unjudged", ())]
    findings = [{**one, "id": str(one["id"])} for one in listed]
    return {"time": str(found["time"]), "network": str(found["network"]), "findings": findings}


def _of_artifact(artifact: Mapping[str, Any], network: str) -> dict[str, Any]:
    """Return the audit of an earlier job, if its artifact has all findings, and is of this network."""
    if not artifact or artifact.get("left_out") or artifact.get("network") != network:
        return {}
    try:
        return _judged(artifact)
    except (ValueError, KeyError, TypeError):
        return {}


def _check_network(earlier: Mapping[str, Any], network: str, paths: Mapping[str, str]) -> None:
    if earlier and network and earlier["network"] != network:
        problem = f"this audit is of another network (got {earlier['network']!r}, expected {network!r})"
        raise AuditFileError(EARLIER, paths["earlier"] or paths["file"], problem, NAME_ANOTHER)


def _write(paths: Mapping[str, str], document: Mapping[str, Any], metrics: str) -> None:
    advice = "Name a file in a folder that exists, and in which this user may write."
    for variable, path in ((FILE, paths["file"]), (METRICS, paths["metrics"])):
        try:
            if path and variable == FILE:
                write_private(path, document)
            elif path:
                write_whole(path, metrics, FOR_ALL)
        except OSError as error:
            raise AuditFileError(variable, path, f"cannot be written ({error.strerror})", advice) from error


def _time(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"
