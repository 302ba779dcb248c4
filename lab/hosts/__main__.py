# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""`make hosts`: tests/hosts as root, or as root of a user namespace of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

from lab.process import ROOT

PROGRAMS = {"ip": "iproute2", "nft": "nftables", "sysctl": "procps", "unshare": "util-linux"}
"""What is needed, and the Debian package that has it."""
SEARCH = f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"


def main(arguments: list[str]) -> int:
    """Run pytest there; 1 with a sentence if that cannot be."""
    missing = [package for program, package in PROGRAMS.items() if not shutil.which(program, path=SEARCH)]
    if missing:
        print(f"hosts: FAILED, missing: apt-get install {' '.join(missing)}")
        return 1
    command = [sys.executable, "-m", "pytest", *(arguments or ["tests/hosts"])]
    if os.geteuid() != 0:
        script = 'mount -t tmpfs tmpfs /run && exec "$@"'
        command = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", script, "sh", *command]
    return subprocess.run(command, cwd=ROOT, env={**os.environ, "PATH": SEARCH}, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
