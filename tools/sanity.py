# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""ansible-test sanity on a fresh copy, with the Python that runs this: `python -m tools.sanity [more options]`.

ansible-test fetches a bootstrap script for pip from its makers' file host. Where that cannot be reached, a stand-in is
put into ansible-test's own cache, which does the same with the pip that every Python carries.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import sysconfig
import urllib.request
from pathlib import Path

from tools.fresh_copy import fresh_copy

PIP_VERSION = re.compile(r"^\s+pip='(?P<version>[0-9.]+)',$", re.MULTILINE)
GET_PIP_URL = re.compile(r"url = '(?P<url>https://[^']+%s[^']+)' % pip_version")
PATIENCE = 15  # seconds until the file host counts as unreachable


def get_pip_source() -> tuple[str, str] | None:
    """Return (pip's version, address) of ansible-test's get-pip.py, read from its source; None if that has changed."""
    package = Path(sysconfig.get_path("purelib")) / "ansible_test"
    version = PIP_VERSION.search((package / "_internal/python_requirements.py").read_text(encoding="utf-8"))
    url = GET_PIP_URL.search((package / "_util/target/setup/requirements.py").read_text(encoding="utf-8"))
    return (version["version"], url["url"] % version["version"]) if version and url else None


def place_get_pip(cache: Path | None = None) -> str:
    """Put the stand-in for the bootstrap script where it is needed; returns what was done, in words."""
    source = get_pip_source()
    if source is None:
        return "ansible-test names its bootstrap script in another way than known: left to it"
    version, url = source
    cache = cache or Path("~/.ansible/test/cache").expanduser()
    wanted = cache / f"get_pip_{version.replace('.', '_')}.py"
    if wanted.exists():
        return f"{wanted} is there"
    try:
        with urllib.request.urlopen(url, timeout=PATIENCE):
            return f"ansible-test fetches its bootstrap script for pip {version} itself"
    except OSError as error:
        cache.mkdir(parents=True, exist_ok=True)
        # Under a name of its own first: two runs at once must never see half a file.
        partial = wanted.with_suffix(f".{os.getpid()}")
        shutil.copyfile(Path(__file__).parent / "get_pip.py", partial)
        partial.replace(wanted)
        return f"the bootstrap script for pip {version} cannot be fetched ({error}): the stand-in is {wanted}"


def clean_environment() -> dict[str, str]:
    """The environment with this Python's own folders first in PATH: a shim there would be taken for a Python."""
    folders = [Path(sys.executable).parent, Path(sys.base_prefix) / "bin"]
    path = os.pathsep.join([*map(str, folders), os.environ.get("PATH", "")])
    dropped = {"ANSIBLE_COLLECTIONS_PATH", "PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV"}
    return {k: v for k, v in os.environ.items() if k not in dropped} | {"PATH": path, "LC_ALL": "C.UTF-8"}


# What users get, and its unit tests. The stand-ins, tools and other tests are no part of the collection: ruff and mypy
# judge them, and ansible-test's own rules for them (no variable named "_", for one) would only cost time.
JUDGED = (
    *("galaxy.yml", "README.md", "meta/", "plugins/", "extensions/eda/", "roles/", "playbooks/", "changelogs/"),
    "tests/unit/",
)


def run_sanity(copy: Path, *options: str) -> int:
    """Run it in a copy that is there already; returns ansible-test's own exit code."""
    print(f"sanity: {place_get_pip()}", flush=True)
    version = ".".join(map(str, sys.version_info[:2]))
    program = str(Path(sys.executable).parent / "ansible-test")
    command = [program, "sanity", "--python", version, "--color", "no", *options, *JUDGED]
    return subprocess.run(command, cwd=copy, env=clean_environment(), check=False).returncode


if __name__ == "__main__":
    with fresh_copy() as fresh:
        raise SystemExit(run_sanity(fresh, *sys.argv[1:]))
