# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tags of a run (`--tags`, `--skip-tags`), judged before anything is asked.

Ansible takes any tag, and runs the tasks that have it. By one that no task has it would run the plan and the report,
and nothing of what is planned.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from ansible_collections.bonded.internet.plugins.module_utils._grammar import nearest
from ansible_collections.bonded.internet.plugins.module_utils._model.desired_network import PARTS

VERIFY = "verify"
TAGS = (*PARTS, VERIFY)
"""The tags of the playbooks."""
EXPECTED = f"{', '.join(TAGS[:-1])} or {TAGS[-1]}"
NOTHING = "Nothing was changed."


SPECIAL = ("always", "never")


@dataclass(frozen=True)
class RunTags:
    """Tags of a run, as Ansible's variables ansible_run_tags and ansible_skip_tags have them."""

    run: Collection[str]
    skipped: Collection[str]
    of_task: Collection[str] = ()
    """Tags of the first task, with those that a playbook of the operator gives to its import."""

    def problem(self, parts: Collection[str] | None = None) -> str:
        """Return the reason why the run would not do what it plans; empty if it does.

        :param parts: the parts of `bonding_parts`, None without
        """
        unknown = self._unknown(self.run)
        wrong = unknown if len(unknown) == len(self.run) else _misspelt(unknown)
        if wrong and "all" not in self.run:
            return f"{_no_such('--tags', wrong)} Plays of your own run by theirs with --skip-tags always."
        # "all" skips all that is planned, "untagged" a part of it.
        whole = [tag for tag in self.skipped if tag in ("all", "untagged")]
        if wrong := whole or _misspelt(self._unknown(self.skipped)):
            return _no_such("--skip-tags", wrong)
        if VERIFY in self.run:
            return ""
        if not self.parts:
            got = f"got {', '.join(self.skipped)}; expected a part that is left"
            return f"--skip-tags: every part is skipped ({got}). {NOTHING} Leave one of them out."
        if left_out := [part for part in parts or () if part not in self.parts]:
            return (
                f"bonding_parts: the tags of the run leave out what it plans (got {', '.join(left_out)} without its "
                f"tag, expected tags with all of bonding_parts). {NOTHING} Run without --tags and --skip-tags, or the "
                "playbook bonded.internet.site with them."
            )
        return ""

    def warning(self) -> str:
        """Return a sentence on tags that no task of the playbooks has, beside known ones; empty if there are none."""
        unknown = self._unknown(self.run)
        if not unknown or "all" in self.run:
            return ""
        return f"--tags: no task of this playbook has {', '.join(unknown)} (expected {EXPECTED})."

    @property
    def parts(self) -> list[str]:
        """Return the parts whose tasks run; without a tag of a part, those of all parts."""
        named = {*PARTS} & {*self.run}
        is_whole = not named or not {*self._inherited, "all"}.isdisjoint(self.run)
        return [part for part in PARTS if (is_whole or part in named) and part not in self.skipped]

    @property
    def _inherited(self) -> set[str]:
        return {*self.of_task} - {*SPECIAL}

    def _unknown(self, tags: Iterable[str]) -> list[str]:
        return [tag for tag in tags if tag not in {*TAGS, "all", *self._inherited}]


def _misspelt(tags: Iterable[str]) -> list[str]:
    """Return the tags that are nearly one of the playbooks: others may be of plays of the operator."""
    return [tag for tag in tags if nearest(tag, TAGS)]


def _no_such(option: str, wrong: Collection[str]) -> str:
    hint = next(filter(None, (nearest(tag, TAGS) for tag in wrong if tag not in SPECIAL)), "")
    got = f"got {', '.join(wrong)}; expected {EXPECTED}{hint}"
    return f"{option}: no task of this playbook has the tag ({got}). {NOTHING} Correct the tag."
