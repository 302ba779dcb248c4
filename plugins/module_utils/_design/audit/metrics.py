# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Audit as OpenMetrics text, for the textfile collector of node_exporter."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from ..._model.finding import SEVERITIES, SOURCES, Finding
from .outcome import Status

STATUSES: tuple[Status, ...] = ("clean", "drift", "incomplete", "failed")
Sample = tuple[Mapping[str, str], float]


def metrics_of(network: str, status: Status, seconds: float, findings: Iterable[Finding]) -> str:
    """Return the text of all metrics.

    :param seconds: time of the audit, since the epoch
    """
    found = list(findings)
    own = {"network": network}
    metrics = (
        _metric(
            "bonding_audit_time_seconds",
            "Time of the audit.",
            [(own, seconds)],
        ),
        _metric(
            "bonding_audit_status",
            "Status of the audit; 1 for the one that it has.",
            [({**own, "status": name}, float(name == status)) for name in STATUSES],
        ),
        _metric(
            "bonding_audit_findings",
            "Findings by severity and source.",
            [
                (
                    {**own, "severity": severity, "source": source},
                    float(sum((one.severity, one.source) == (severity, source) for one in found)),
                )
                for severity in SEVERITIES
                for source in SOURCES
            ],
        ),
        _metric(
            "bonding_audit_bonds_moved",
            "Bonds that are on another aggregator than their public address.",
            [(own, float(sum(one.kind == "bond_moved" for one in found)))],
        ),
        _metric(
            "bonding_audit_idle_elastic_ips",
            "Elastic IPs of the network that nothing uses.",
            [(own, float(sum((one.kind, one.source) == ("elastic_ip", "waste") for one in found)))],
        ),
    )
    return "".join(f"{line}\n" for metric in metrics for line in metric) + "# EOF\n"


def _metric(name: str, text: str, samples: Iterable[Sample]) -> Iterator[str]:
    yield f"# HELP {name} {text}"
    yield f"# TYPE {name} gauge"
    for labels, value in samples:
        listing = ",".join(f'{label}="{_escaped(given)}"' for label, given in labels.items())
        yield f"{name}{{{listing}}} {value:.15g}"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("\n", "\\n").replace('"', '\\"')
