# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One role on agg1, without the project's playbooks."""

from __future__ import annotations

import pathlib
from collections.abc import Mapping, Sequence
from typing import Any

from tests.playbooks.running import Outcome, Site


class Role:
    """A role and the stand-ins that it works on."""

    def __init__(self, site: Site, name: str, entry_point: str = "main") -> None:
        self._site, self._name, self._entry_point = site, name, entry_point

    def __call__(self, state: str, variables: Mapping[str, Any], options: Sequence[str] = ()) -> Outcome:
        """Run the role. `variables` without the role's name before them."""
        given = {f"{self._name}_{name}": value for name, value in {"state": state, **variables}.items()}
        return self._site.run(
            pathlib.Path(__file__).parent / "role.yml",
            *options,
            extra={"tested_role": f"bonded.internet.{self._name}", "tested_entry_point": self._entry_point, **given},
        )

    def unchanged(self, state: str, variables: Mapping[str, Any], options: Sequence[str] = ()) -> None:
        """Run the role, and require that it changes nothing and writes nothing."""
        outcome = self(state, variables, options)
        assert outcome.code == 0, outcome.output
        assert outcome.writes == []
        if "--check" not in options:
            assert outcome.changed == 0, outcome.output

    def changes(self, state: str, variables: Mapping[str, Any]) -> None:
        """Run the role, and require that it changes something; then again, and that it does not."""
        outcome = self(state, variables)
        assert outcome.code == 0, outcome.output
        assert outcome.changed > 0, outcome.output
        self.unchanged(state, variables)
