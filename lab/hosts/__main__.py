# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""`make hosts`: tests/hosts as root, or as root of a user namespace of its own."""

from __future__ import annotations

import os
import subprocess
import sys

from lab.packets import namespace_sandbox
from lab.process import ROOT

PACKAGES = {
    "ip": "iproute2",
    "nft": "nftables",
    "ping": "iputils-ping",
    "sysctl": "procps",
    "unshare": "util-linux",
}
"""Programs that the tests call, with the Debian package of each."""


def refused() -> str:
    """Return the reason why these tests cannot be run here; empty if they can."""
    return namespace_sandbox.refused("a host in a namespace", PACKAGES)


def main(arguments: list[str]) -> int:
    """Run pytest there; 1 with a sentence if that cannot be."""
    reason = refused()
    if reason:
        print(f"hosts: NOT RUN, {reason}")
        return 1
    command = [sys.executable, "-m", "pytest", *(arguments or ["tests/hosts"])]
    if os.geteuid() != 0:
        script = 'mount -t tmpfs tmpfs /run && exec "$@"'
        command = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", script, "sh", *command]
    path = {"PATH": namespace_sandbox.environment()["PATH"]}
    return subprocess.run(command, cwd=ROOT, env={**os.environ, **path}, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
