# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names of the inventory, judged before they get into a file.

The rules themselves are in `_grammar`. The files are nft's, BIRD's and systemd's, on aggregators; what the server's own
names do there, `manage_host` judges with everything else that a host is given.
"""

from __future__ import annotations

from ..._grammar import MOST_OF_SLUG
from ..._model.desired_network import Report
from ..._model.names import MOST_OF_NETWORK, NETWORK_NAME, PLACE, gateway_key

NO_GROUP = "sg"
"""A network of this name would have groups such as `sg-gateway-acme`, and EC2 takes no name that begins with `sg-`."""
MOST_OF_DESCRIPTION = 255
MOST_OF_HOST = MOST_OF_DESCRIPTION - len(f"{'n' * MOST_OF_NETWORK} {gateway_key('s' * MOST_OF_SLUG, '')}")
"""A host is a part of tags, which have 256 characters, and of the description of its gateways' network interfaces."""


def check_network_name(network: str, groups: bool, absent: bool, report: Report) -> None:
    """Refuse a name that EC2, BIRD, nft or systemd would refuse in an object's name; `groups`: security groups too."""
    if not NETWORK_NAME.fullmatch(network):
        report.problem(
            f"bonding_network: {network!r} is not a name for a network; a small letter, then up to "
            f"{MOST_OF_NETWORK - 1} small letters, digits or underscores are accepted."
        )
    elif network == NO_GROUP and not absent:
        text = f"bonding_network: {network!r}: EC2 takes no security group whose name begins with sg-, as {network}-"
        if groups:
            report.problem(f"{text}gateway-... does. Take another name, or leave bonding_security_groups out.")
        else:
            report.warn(f"{text}gateway-... does: bonding_security_groups cannot be used. Better take another name.")


def check_host_name(host: str, report: Report) -> None:
    """Refuse a host's name that no tag can have as its part."""
    if not PLACE.fullmatch(host) or not host.isprintable():
        report.problem(
            f"{host}: the name of a host is a part of tags; it may have none of the characters / * ? \\ and no control "
            "characters."
        )
    elif len(host) > MOST_OF_HOST:
        report.problem(
            f"{host[:40]}...: the name of a host is a part of tags and descriptions on AWS; it may have at most "
            f"{MOST_OF_HOST} characters (got {len(host)}). Give the host a shorter name, and ansible_host."
        )


def refuse(problem: str | None, what: str, report: Report) -> None:
    """Report the problem of a name, where one of the rules in `_grammar` finds one."""
    if problem is not None:
        report.problem(f"{what}: {problem}")
