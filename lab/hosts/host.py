# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One host: `Host("agg1", folder)` as a context manager; `host.run("ip", "link")`, `host.variables()` for an inventory.

Its network is the namespace that `ip netns` knows by the host's name. Its files are those of this machine, but for
FOLDERS, which are the host's own below `root`: nothing of this machine's /etc is ever written. It has no systemd:
`systemctl`, `networkctl` and `udevadm` are a program that keeps in /etc and /run what it was told, and writes a log
(systemctl.sh).
Needs root, or a user namespace in which it is root (`unshare --user --map-root-user --mount`, with /run mounted anew).
"""

from __future__ import annotations

import pathlib
import shutil
import subprocess
from typing import Any

FOLDERS = ("etc", "run")
"""Folders that each host has for itself."""
PROGRAMS = ("systemctl", "networkctl", "udevadm")
"""Programs that stand in for systemd's own."""
HERE = pathlib.Path(__file__).parent
HUNG = "hung"
"""File in a host's folder, while nothing on the host answers."""
CONNECTION = "netns"
"""The connection plugin in `connection/`; ANSIBLE_CONNECTION_PLUGINS has to name that folder."""


class HostError(Exception):
    """A command on a host failed; the text has what it printed."""


def inside(namespace: str, root: pathlib.Path | str, *command: str) -> list[str]:
    """The command line that runs `command` on a host: in its network, and on its own files.

    `ip netns exec` gives each command a mount namespace of its own, so the mounts end with it.
    """
    root = pathlib.Path(root)
    mounts = [f"mount --bind {root / folder} /{folder}" for folder in FOLDERS]
    for program in PROGRAMS:
        place = shutil.which(program, path="/usr/bin:/usr/sbin:/bin:/sbin")
        if place:
            mounts.append(f"mount --bind {root / 'bin' / program} {place}")
    script = f'{" && ".join(mounts)} && PATH={root / "bin"}:$PATH exec "$@"'
    return ["ip", "netns", "exec", namespace, "sh", "-c", script, "sh", *command]


class Host:
    """A namespace and a folder; both go with `close`."""

    def __init__(self, name: str, folder: pathlib.Path, namespace: str | None = None) -> None:
        self.name, self.root = name, folder / name
        self.namespace = namespace or name

    def __enter__(self) -> Host:
        self.furnish()
        _run("ip", "netns", "add", self.namespace)
        self.run("ip", "link", "set", "lo", "up")
        self.run("sysctl", "-q", "-w", "net.ipv4.ip_forward=1", "net.ipv4.conf.all.rp_filter=0")
        return self

    def furnish(self) -> None:
        """Only the folder, where the namespace is somebody else's."""
        for path in ("run", "bin"):
            (self.root / path).mkdir(parents=True)
        etc = self.root / "etc"
        etc.mkdir()
        # what the programs on a host look for; its own units and settings begin empty
        for name in ("passwd", "group", "hosts", "nsswitch.conf", "iproute2", "protocols", "services", "alternatives"):
            _copy(pathlib.Path("/etc") / name, etc / name)
        for folder in ("systemd/system", "systemd/network", "cloud/cloud.cfg.d"):
            (etc / folder).mkdir(parents=True)
        (self.root / "run" / "systemd" / "netif").mkdir(parents=True)
        for program in PROGRAMS:
            shutil.copy(HERE / "systemctl.sh", self.root / "bin" / program)

    def __exit__(self, *_error: object) -> None:
        _run("ip", "netns", "del", self.namespace)

    def run(self, *command: str, text: str | None = None, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run a command on the host. Raises HostError if it fails, unless told not to check."""
        return _run(*inside(self.namespace, self.root, *command), text=text, check=check)

    def start(self, *command: str) -> subprocess.Popen[str]:
        """Start a command on the host; the caller ends it."""
        line = inside(self.namespace, self.root, *command)
        return subprocess.Popen(
            line, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )

    def hang(self, hung: bool) -> None:
        """From now on nothing answers Ansible, or it does so again."""
        mark = self.root / HUNG
        if hung:
            mark.touch()
        else:
            mark.unlink(missing_ok=True)

    def path(self, path: str) -> pathlib.Path:
        """Return this machine's path of a file of the host."""
        return self.root / path.lstrip("/")

    def systemd_log(self) -> list[str]:
        """Return the changes that systemctl, networkctl and udevadm were called for, one line each."""
        log = self.path("/run/systemd.log")
        return log.read_text(encoding="utf-8").splitlines() if log.exists() else []

    def variables(self) -> dict[str, Any]:
        """The host's variables for an inventory."""
        return {
            "ansible_connection": CONNECTION,
            "ansible_become": False,
            "ansible_python_interpreter": "/usr/bin/python3",
            "lab_namespace": self.namespace,
            "lab_root": str(self.root),
        }


def _copy(source: pathlib.Path, target: pathlib.Path) -> None:
    if source.is_dir():
        shutil.copytree(source, target, symlinks=True)
    elif source.exists():
        shutil.copy(source, target)


def _run(*command: str, text: str | None = None, check: bool = True) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(command, input=text, capture_output=True, text=True, check=False)
    if check and done.returncode:
        raise HostError(f"{' '.join(command)} ended with {done.returncode}: {done.stdout}{done.stderr}")
    return done
