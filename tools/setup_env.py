# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Make the environment of a line, or bring it to its lock: `python3 -m tools.setup_env [--line LINE] [--lint]`.

What is in it: the packages of the lock, amazon.aws unpacked from the `ansible` wheel that the lock names, and this
checkout linked as ansible_collections/bonded/internet. A stamp makes the next call take milliseconds. An environment
without a stamp (made by hand, or by a set-up that was interrupted) is completed in place. The last line on stdout is
the environment's Python.
Standard library only: this runs before anything is installed.
"""

from __future__ import annotations

import argparse
import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tools.lines import Line, LineError, default_line, environment_folder, find_line, find_python, read_lines

STAMP = "bonded-internet.stamp"
OLDEST = (3, 11)


def say(text: str) -> None:
    """Progress goes to stderr: stdout carries the result."""
    print(f"set-up: {text}", file=sys.stderr, flush=True)


@contextmanager
def timed(text: str) -> Iterator[None]:
    """Say what is done, and afterwards how long it took."""
    say(f"{text} ...")
    start = time.monotonic()
    yield
    say(f"  done in {time.monotonic() - start:.1f} s")


class Environment:
    """One line's environment in one folder, with a Python of `version` ("3.11")."""

    collections: tuple[str, ...] = ("amazon/aws",)
    """Collections that the `ansible` wheel carries, and that are unpacked."""

    def __init__(self, line: Line, folder: Path, version: str) -> None:
        self.line = line
        self.folder = folder
        self.version = version
        self.python = folder / "bin" / "python"

    @property
    def stamp(self) -> Path:
        return self.folder / STAMP

    def wanted_stamp(self, lint: bool) -> dict[str, str]:
        """Return the stamp of a complete environment: the hashes of the locks."""
        locks = {"run": self.line.lock} | ({"lint": self.line.lint_lock} if lint else {})
        return {name: hashlib.sha256(lock.read_bytes()).hexdigest() for name, lock in locks.items()}

    def stamped(self) -> dict[str, str]:
        """Return the stamp of this environment; empty if there is none."""
        try:
            found = json.loads(self.stamp.read_text(encoding="utf-8"))
        except (FileNotFoundError, json.JSONDecodeError):
            return {}
        return found if isinstance(found, dict) else {}

    def is_ready(self, lint: bool) -> bool:
        """True if the stamp covers what is wanted. Starts no process."""
        return (
            self.wanted_stamp(lint).items() <= self.stamped().items()
            and self.pythons() == [self.version]
            and self.link_is_right()
        )

    def pythons(self) -> list[str]:
        """The versions of Python that the folder holds packages for; none if its Python is gone."""
        if not self.python.exists():
            return []
        return sorted(path.parent.name[len("python") :] for path in self.folder.glob("lib/python3.*/site-packages"))

    @property
    def site_packages(self) -> Path:
        return self.folder / "lib" / f"python{self.version}" / "site-packages"

    @property
    def link(self) -> Path:
        return self.site_packages / "ansible_collections" / "bonded" / "internet"

    def link_is_right(self) -> bool:
        try:
            return self.link.resolve(strict=True) == self.line.root
        except FileNotFoundError:
            return False

    def run(self, *command: str) -> None:
        """Run a command quietly; its words are shown if it fails."""
        answer = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
        if answer.returncode:
            raise LineError(f"'{' '.join(command)}' failed with {answer.returncode}:\n{answer.stdout.strip()}")

    def make(self) -> None:
        """Make the environment if there is none, or one of another Python."""
        have = self.pythons()
        if have == [self.version]:
            return
        python = self.base_python()
        if self.folder.exists():
            found = f"Python {' and '.join(have)}" if have else "no Python that runs"
            say(f"{self.folder} holds {found}, Python {self.version} is wanted: it is made anew")
            shutil.rmtree(self.folder)
        with timed(f"making {self.folder} with {python}"):
            self.run(python, "-I", "-m", "venv", str(self.folder))

    def base_python(self) -> str:
        found = find_python(self.version)
        if found:
            return found
        raise LineError(
            f"No Python {self.version} that can make environments was found (looked in PATH and in pyenv's versions). "
            f"The line '{self.line.name}' needs it; on Debian and Ubuntu the package python{self.version}-venv may be "
            "what is missing."
        )

    def install(self, lock: Path, why: str) -> None:
        count = sum(1 for text in lock.read_text(encoding="utf-8").splitlines() if "==" in text and text[0] != "#")
        with timed(f"installing {count} packages of requirements/{lock.name} ({why})"):
            # The lock is complete (a test asks `pip check`); pip would compile by one process.
            self.run(*self.pip("install"), "--no-deps", "--no-compile", "-r", str(lock))
        with timed("compiling them"):
            # Now and not when they are first used: where PYTHONDONTWRITEBYTECODE is set, as in many containers, each
            # start of Ansible would compile a thousand files again, and a benchmark would measure that.
            words = ["-m", "compileall", "-q", "-j", "0", "-x", "/ansible_collections/", str(self.site_packages)]
            self.run(str(self.python), *words)

    def pip(self, verb: str) -> list[str]:
        return [str(self.python), "-m", "pip", verb, "--quiet", "--disable-pip-version-check"]

    def unpack_collections(self) -> None:
        """Take amazon.aws, and what else `collections` names, out of the `ansible` wheel."""
        folder = self.site_packages / "ansible_collections"
        target = folder / "amazon" / "aws"
        missing = [name for name in self.collections if not (folder / name).is_dir()]
        if amazon_aws_version(target) == self.line.amazon_aws and not missing:
            return
        with (
            timed(f"unpacking {', '.join(self.collections)} from the wheel of {self.line.wheel} (50 MB)"),
            tempfile.TemporaryDirectory(prefix="bonded-wheel-") as scratch,
        ):
            self.run(*self.pip("download"), "--no-deps", "--only-binary", ":all:", "-d", scratch, self.line.wheel)
            with zipfile.ZipFile(next(iter(Path(scratch).glob("ansible-*.whl")))) as wheel:
                for name in self.collections:
                    self.unpack_collection(wheel, f"ansible_collections/{name}/")
        if amazon_aws_version(target) != self.line.amazon_aws:
            raise LineError(
                f"The wheel of {self.line.wheel} carries amazon.aws {amazon_aws_version(target)}, "
                f"but {self.line.lock} says {self.line.amazon_aws}."
            )

    def unpack_collection(self, wheel: zipfile.ZipFile, prefix: str) -> None:
        """Unpack one collection. A half unpacked one never gets the final name."""
        target = self.site_packages / prefix
        unpacked = Path(tempfile.mkdtemp(prefix="collection-", dir=self.site_packages))
        try:
            wheel.extractall(unpacked, [name for name in wheel.namelist() if name.startswith(prefix)])
            if target.exists():
                shutil.rmtree(target)
            target.parent.mkdir(parents=True, exist_ok=True)
            (unpacked / prefix).rename(target)
        finally:
            shutil.rmtree(unpacked)

    def link_checkout(self) -> None:
        """Make the checkout visible as ansible_collections/bonded/internet."""
        if self.link_is_right():
            return
        say(f"linking {self.line.root} as the collection bonded.internet")
        self.link.parent.mkdir(parents=True, exist_ok=True)
        self.link.unlink(missing_ok=True)
        self.link.symlink_to(self.line.root, target_is_directory=True)

    def set_up(self, lint: bool) -> None:
        """Everything, in order; safe to be called again after an interruption at any place."""
        start = time.monotonic()
        say(f"the line {self.line.name} in {self.folder}")
        self.make()
        already = self.stamped()
        wanted = self.wanted_stamp(lint)
        self.stamp.unlink(missing_ok=True)
        if already.get("run") != wanted["run"]:
            self.install(self.line.lock, "what the demo needs")
            already = {}
        if lint and already.get("lint") != wanted["lint"]:
            self.install(self.line.lint_lock, "tests and lint")
        self.unpack_collections()
        self.link_checkout()
        self.stamp.write_text(json.dumps(already | wanted, indent=1) + "\n", encoding="utf-8")
        say(f"ready after {time.monotonic() - start:.1f} s")


def amazon_aws_version(folder: Path) -> str | None:
    """The version of an unpacked amazon.aws, None if there is none."""
    try:
        manifest = json.loads((folder / "MANIFEST.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    return str(manifest["collection_info"]["version"])


@contextmanager
def only_one(root: Path, name: str) -> Iterator[None]:
    """Two calls at once for one environment: the second waits."""
    (root / ".cache").mkdir(exist_ok=True)
    with open(root / ".cache" / f"set-up-{name}.lock", "w", encoding="utf-8") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def ensure(name: str | None, lint: bool) -> Path:
    """The Python of the line's environment, set up if it was not. `name` None: the line that fits this Python."""
    lines = read_lines()
    line = find_line(name, lines) if name else default_line(lines)
    # The default line takes the Python that runs this, be it 3.12 or 3.14; the others are tested with exactly theirs.
    running = ".".join(map(str, sys.version_info[:2]))
    version = running if line == default_line(lines) else line.python_version
    environment = Environment(line, environment_folder(line, lines), version)
    if not environment.is_ready(lint):
        with only_one(line.root, line.name):
            if not environment.is_ready(lint):
                environment.set_up(lint)
    return environment.python


def main() -> int:
    parser = argparse.ArgumentParser(description="Make the environment of a line, or bring it to its lock.")
    parser.add_argument("--line", default=os.environ.get("LINE") or None, help="default: the one that fits this Python")
    parser.add_argument("--lint", action="store_true", help="with what tests and lint need")
    arguments = parser.parse_args()
    if sys.version_info < OLDEST:
        print(
            f"set-up: this is Python {sys.version.split()[0]}; 3.11 or later is needed. Try: make PYTHON=python3.13",
            file=sys.stderr,
        )
        return 1
    try:
        print(ensure(arguments.line, arguments.lint))
    except LineError as error:
        print(f"set-up: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
