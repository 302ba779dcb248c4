# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A sandbox of its own for a run: namespaces for network, mounts and processes, which end with it, however it ends."""

from __future__ import annotations

import ctypes
import os
import pathlib
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from typing import Any

PACKAGES = {
    "bird": "bird2",
    "birdc": "bird2",
    "nft": "nftables",
    "ping": "iputils-ping",
    "ip": "iproute2",
    "bridge": "iproute2",
    "unshare": "util-linux",
}
"""Programs that the lab calls, with the Debian package of each."""
INSIDE = "LAB_PACKETS_INSIDE"
PR_SET_PDEATHSIG = 1
HOSTS = pathlib.Path("/mnt")
"""Folder of the hosts' own files. It is not below /run, because each sandbox mounts a /run of its own."""
_START = f'mount -t tmpfs tmpfs /run && mount -t tmpfs tmpfs {HOSTS} && ip link set lo up && exec "$@"'


def missing(packages: Mapping[str, str]) -> list[str]:
    """The Debian packages that are not there. Programs of administrators are looked for in their folders too."""
    path = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/sbin"])
    return sorted({package for tool, package in packages.items() if shutil.which(tool, path=path) is None})


def command(words: Sequence[str]) -> list[str]:
    """The words, to be run in a sandbox of their own. Whoever is not root is root in there only."""
    user = [] if os.geteuid() == 0 else ["--user", "--map-root-user"]
    own = ["unshare", *user, "--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"]
    return [*own, "sh", "-c", _START, "sh", *words]


def refused(what: str = "the packet lab", packages: Mapping[str, str] = PACKAGES) -> str:
    """Return the reason why `what` cannot be run here (missing programs, no namespaces); empty if it can."""
    absent = missing(packages)
    if absent:
        return f"{what} needs programs that are not here: apt-get install {' '.join(absent)}"
    words = ["sh", "-c", "ip netns add try && ip link add try type bridge && ip netns exec try nft list ruleset"]
    tried = subprocess.run(command(words), capture_output=True, text=True, check=False, env=environment())
    if tried.returncode:
        said = (tried.stderr or tried.stdout).strip().splitlines()
        return (
            f"{what} needs network namespaces, and may not make them here"
            f" ({said[-1] if said else f'exit code {tried.returncode}'});"
            " run it as root, or where kernel.unprivileged_userns_clone (and AppArmor) allow user namespaces"
        )
    return ""


def environment() -> dict[str, str]:
    """Return this process's variables, with the folders of administrators' programs in PATH."""
    path = os.pathsep.join([os.environ.get("PATH", "/usr/bin:/bin"), "/usr/sbin", "/sbin"])
    return {**os.environ, "PATH": path, INSIDE: "1"}


def inside() -> bool:
    """Return True if this process already runs in its own namespaces."""
    return INSIDE in os.environ and pathlib.Path("/proc/self/ns").exists()


def enter(arguments: Sequence[str]) -> int:
    """Run the same program in a sandbox of its own; returns its exit code. That sandbox ends with this process, too."""
    sandbox = _begin([sys.executable, "-m", "lab.packets", *arguments])
    # unshare itself would overlook a polite request.
    signal.signal(signal.SIGTERM, lambda *_: sandbox.kill())
    try:
        return sandbox.wait()
    except KeyboardInterrupt:
        sandbox.kill()
        return 130


def start(words: Sequence[str], kept: Sequence[int]) -> subprocess.Popen[str]:
    """Start a program in a sandbox of its own. What it says can be read; the file descriptors `kept` are open in it.

    That sandbox ends with the thread that calls this.
    """
    return _begin(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, pass_fds=tuple(kept))


def _begin(words: Sequence[str], **options: Any) -> subprocess.Popen[str]:
    # Killed with us: unshare by the kernel, and by its --kill-child the first process in there, and so all of them.
    return subprocess.Popen(command(words), env=environment(), preexec_fn=_end_with_parent, text=True, **options)


def _end_with_parent() -> None:
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
