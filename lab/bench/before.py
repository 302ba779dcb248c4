# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The project as it was at an earlier commit, measured beside what it is now."""

from __future__ import annotations

import pathlib
import subprocess
import sys
import sysconfig
import tarfile
from dataclasses import dataclass

from lab.process import ROOT, Running

from .figure import Figure, Plan, one_from_state
from .measure import Bench, BenchError, by_turns

BEFORE = "c52801f"
"""The commit before anything was done for speed."""
DEMO = pathlib.PurePath("lab", "demo")


@dataclass(frozen=True)
class Earlier:
    """An earlier commit's checkout, and a folder of collections with it in this one's place."""

    checkout: pathlib.Path
    collections: pathlib.Path


@dataclass(frozen=True)
class Environment:
    """Folders of an environment: its programs, and its Python packages with the collections."""

    programs: pathlib.Path
    collections: pathlib.Path


def earlier(revision: str, folder: pathlib.Path) -> Earlier:
    """Take the commit out of git, below `folder`. Raises BenchError where the history does not have it."""
    archive, checkout = folder / "earlier.tar", folder / "earlier"
    words = ["git", "-C", str(ROOT), "archive", "--output", str(archive), revision]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    if done.returncode:
        raise BenchError(f"commit {revision} is not to be had from git here: {done.stderr.strip()}")
    with tarfile.open(archive) as packed:
        packed.extractall(checkout, filter="data")
    collections = folder / "collections"
    installed = pathlib.Path(sysconfig.get_path("purelib")) / "ansible_collections"
    for name, place in (("amazon", installed / "amazon"), ("bonded/internet", checkout)):
        link = collections / "ansible_collections" / name
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(place)
    return Earlier(checkout, collections)


def own_environment(checkout: pathlib.Path) -> Environment:
    """The environment that a checkout's own tools set up, of the same packages as they stood in its lock."""
    python = _said([sys.executable, "-m", "tools.setup_env"], checkout)
    packages = _said([python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"], checkout)
    return Environment(pathlib.Path(python).parent, pathlib.Path(packages))


def _said(words: list[str], folder: pathlib.Path) -> str:
    """The last line that a program prints. Raises BenchError if it fails."""
    done = subprocess.run(words, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode or not done.stdout.strip():
        raise BenchError(f"{' '.join(words)} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    return done.stdout.strip().splitlines()[-1]


def before(plan: Plan) -> list[Figure]:
    """The demonstration of an earlier commit, unchanged, by turns: the project as it was, its collection, this one.

    As it was: in the environment that its own tools set up. The collection alone: in this one's.
    """
    past = earlier(plan.before, plan.folder)
    plan.say(f"setting up {plan.before}")
    own = own_environment(past.checkout)
    seeds = past.checkout / DEMO
    inventory = past.checkout / "inventories" / "demo"
    site = past.checkout / "playbooks" / "site.yml"
    own_side = {"bonding_host_side": False}  # nobody looked at the aggregators themselves then
    with (
        Running("lab.bondingadmin", "--seed", seeds / "bondingadmin.yml") as server,
        Running("lab.aws", "--seed", seeds / "aws.yml") as cloud,
    ):
        plan.say(f"the demonstration of {plan.before}")
        now = Bench(server, cloud, inventory)
        then = Bench(server, cloud, inventory, past.collections)
        as_it_was = Bench(server, cloud, inventory, own.collections, own.programs)
        as_it_was.playbook(site)
        as_it_was.save("built-then")
        # What has become of the design since is done first: each finds the network as it wants it.
        now.playbook("site.yml", extra=own_side)
        now.save("built-now")
        whole, collection, new = by_turns(
            plan.runs,
            one_from_state(as_it_was, "built-then", site),
            one_from_state(then, "built-then", site),
            one_from_state(now, "built-now", "site.yml", extra=own_side),
        )
    asked = {name for series in (whole, collection, new) for name in series.requests}
    wrote = sorted(name for name in asked if not name.startswith(("GET", "Describe")))
    if wrote:
        raise BenchError(f"runs that should have nothing to do made the writing requests {', '.join(wrote)}")
    figure = Figure(f"the demo of {plan.before}, unchanged, before and after")
    figure.series(f"site.yml of {plan.before} in its own environment", whole)
    figure.series(f"site.yml of {plan.before} in this one's environment", collection)
    figure.series("site.yml", new)
    # What the environment has gained is no gain of the collection's: it is shown, and not claimed.
    figure.claim("1/2 of what it was", f"{new.wall / collection.wall:.2f}", new.wall <= collection.wall / 2)
    return [figure]
