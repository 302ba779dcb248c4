# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The report that the demonstration ends with, compared with what is on the two stand-ins."""

from __future__ import annotations

import csv
import pathlib

from .summary import Built


def untrue(path: pathlib.Path, built: Built) -> list[str]:
    """Return what the report of the network says and is not so, or leaves out; the page is at `path`."""
    page = path.read_text(encoding="utf-8")
    with path.with_name(f"{path.stem}-addresses.csv").open(encoding="utf-8", newline="") as file:
        said = {one["entry"]: one for one in csv.DictReader(file)}
    problems = []
    for place in built.places():
        one = said.pop(place.entry, None)
        if one is None:
            problems.append(f"{place.entry} is missing")
        elif (one["is_on"], one["bond_is_on"]) != (place.owner, place.bond_is_on):
            problems.append(
                f"{place.entry} is on {place.owner} and its bond on {place.bond_is_on}, the report says {one}"
            )
        elif one["public_ip"] not in page:
            problems.append(f"{one['public_ip']} of {place.entry} is not on the page")
    return problems + [f"{entry} is on no stand-in" for entry in said]
