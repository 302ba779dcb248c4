# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The pictures: each shape inside its picture, boxes beside each other, lines where they belong."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations

import pytest

from ansible_collections.bonded.internet.plugins.module_utils._model.description import AddressDescription, Unread
from ansible_collections.bonded.internet.plugins.plugin_utils._report.pictures.drawing import fitted, width_of
from ansible_collections.bonded.internet.plugins.plugin_utils._report.pictures.places import MOST_ROWS, places_picture
from ansible_collections.bonded.internet.plugins.plugin_utils._report.pictures.space import space_picture
from ansible_collections.bonded.internet.plugins.plugin_utils._report.pictures.zones import Tile, zone_figures
from ansible_collections.bonded.internet.plugins.plugin_utils._report.view import Picture, Shape

from .small import DESCRIPTION, GATEWAY, MESH, address

LINE = re.compile(r"M(\S+) (\S+?)(?:H(\S+)|C\S+ \S+ \S+ \S+ (\S+) (\S+))")


def boxes(picture: Picture, style: str) -> list[Shape]:
    """Return the boxes of a style."""
    return [one for one in picture.shapes if one.kind == "box" and style in one.style.split()]


def lines(picture: Picture, style: str = "line") -> list[tuple[float, float]]:
    """Return where the lines of a style begin and end, from the top."""
    found = []
    for one in picture.shapes:
        if one.kind == "path" and style in one.style.split():
            match = LINE.fullmatch(one.text)
            assert match
            start = float(match.group(2))
            found.append((start, float(match.group(5)) if match.group(5) else start))
    return found


def overlap(one: Shape, other: Shape) -> bool:
    across = one.x < other.x + other.width and other.x < one.x + one.width
    return across and one.y < other.y + other.height and other.y < one.y + one.height


def whole(picture: Picture) -> None:
    """Require that all of a picture is inside it, and that what is opened is closed."""
    for one in picture.shapes:
        assert 0 <= one.x <= one.x + one.width <= picture.width, one
        assert 0 <= one.y <= one.y + one.height <= picture.height, one
    assert [one.kind for one in picture.shapes if one.kind in ("open", "close")] == ["open", "close"] * sum(
        one.kind == "open" for one in picture.shapes
    )


def tiles(number: int, zones: Sequence[str] = "ab") -> list[Tile]:
    return [
        Tile(
            f"agg{n}", "eu-central-1", f"eu-central-1{zones[n % len(zones)]}", "good", "up", 1, 1, 1, f"aggregator-{n}"
        )
        for n in range(number)
    ]


def test_a_tile_says_nothing_of_what_was_not_read() -> None:
    up, other = tiles(2, "a")
    down = replace(other, status="bad")
    unread = replace(up, host="agg2", status="unknown", words="not read", addresses=None, bonds=None)
    ((picture,),) = [figure.pictures for figure in zone_figures([up, down, unread])]
    texts = [one.text for one in picture.shapes if one.kind == "text"]
    assert texts.count("3 aggregators, 1 not up, 1 not read") == 1
    assert [text for text in texts if text.startswith("not read")] == ["not read"]
    assert "agg2: not read; 1 gateway" in [one.text for one in picture.shapes if one.kind == "open"]
    blank = replace(unread, gateways=None)
    assert blank.title == "agg2: not read"
    ((picture,),) = [figure.pictures for figure in zone_figures([blank])]
    assert not any("no address" in one.text or "gateway" in one.text for one in picture.shapes)
    assert "no gateway" in [one.text for one in zone_figures([replace(unread, gateways=0)])[0].pictures[0].shapes]


@pytest.mark.parametrize("number", [1, 3, 24, 200])
def test_each_aggregator_has_a_tile_in_its_zone(number: int) -> None:
    (figure,) = zone_figures(tiles(number))
    assert figure.title == "eu-central-1"
    drawn = [one.text for picture in figure.pictures for one in picture.shapes if one.kind == "open"]
    assert sorted(text.split(":")[0] for text in drawn) == sorted(f"agg{n}" for n in range(number))
    for picture in figure.pictures:
        whole(picture)
        placed = boxes(picture, "tile")
        assert not any(overlap(one, other) for one, other in combinations(placed, 2))


def test_regions_are_apart_and_what_has_none_is_last() -> None:
    far = [replace(one, region="eu-west-1", zone="eu-west-1a") for one in tiles(1)]
    nowhere = [replace(one, region="", zone="") for one in tiles(1)]
    titles = [one.title for one in zone_figures([*nowhere, *far, *tiles(1)])]
    assert titles == ["eu-central-1", "eu-west-1", "not on AWS, or region not known"]


def test_a_bond_with_its_address_makes_a_level_line_and_one_apart_a_line_across() -> None:
    drawn = places_picture(DESCRIPTION.addresses, {})
    assert drawn.picture is not None
    whole(drawn.picture)
    apart = lines(drawn.picture, "apart")
    assert len(apart) == 1
    assert apart[0][0] != apart[0][1]
    level = [line for line in lines(drawn.picture) if line not in apart]
    assert len(level) == 2
    assert all(start == end for start, end in level)
    frames = boxes(drawn.picture, "frame")
    assert not any(overlap(one, other) for one, other in combinations(frames, 2))


def many(number: int, apart: int) -> list[AddressDescription]:
    return [address(n, f"agg{n % 7}", f"agg{(n + (n < apart)) % 7}") for n in range(number)]


@pytest.mark.parametrize(
    ("number", "apart", "drawn", "level", "more"),
    [
        (MOST_ROWS, 3, MOST_ROWS, 0, 0),
        (MOST_ROWS + 1, 3, 3, MOST_ROWS - 2, 0),
        (1000, 90, MOST_ROWS, 910, 30),
        (1000, 0, 0, 1000, 0),
    ],
)
def test_of_many_addresses_those_apart_are_drawn(number: int, apart: int, drawn: int, level: int, more: int) -> None:
    made = places_picture(many(number, apart), {})
    assert (made.level, made.more) == (level, more)
    if made.picture is None:
        assert drawn == 0
        return
    whole(made.picture)
    assert len(lines(made.picture)) == drawn
    frames = boxes(made.picture, "frame")
    assert not any(overlap(one, other) for one, other in combinations(frames, 2))


def test_an_address_that_is_nowhere_has_a_box_of_its_own() -> None:
    lost = address(20, "", "", state="unassociated")
    made = places_picture([*DESCRIPTION.addresses, lost], {})
    assert made.picture is not None
    assert len(boxes(made.picture, "none")) == 2


def texts(picture: Picture) -> list[str]:
    return [one.text for one in picture.shapes if one.kind == "text"]


def test_a_space_shows_its_gateway_and_the_address_of_its_egress() -> None:
    picture = space_picture(DESCRIPTION.spaces[0], 3, 3, Unread())
    whole(picture)
    assert {"gateway on agg1", "198.51.100.200", "no standby", "3 bonds", "Internet"} <= set(texts(picture))
    # bonds to the mesh, the member to its gateway, the gateway to the Internet
    assert len(lines(picture)) == 3


def test_a_standby_has_a_broken_line_and_no_way_to_the_internet() -> None:
    active = replace(GATEWAY, role="active", peer="agg2")
    standby = replace(GATEWAY, host="agg2", role="standby", peer="agg1", public_ip="")
    picture = space_picture(replace(DESCRIPTION.spaces[0], gateways=(active, standby)), 3, 3, Unread())
    whole(picture)
    assert (len(lines(picture)), len(lines(picture, "standby"))) == (4, 1)


def test_a_space_without_anything_is_drawn_too() -> None:
    whole(space_picture(replace(DESCRIPTION.spaces[0], mesh=None, vpc=None, gateways=()), 0, 0, Unread()))


def test_of_a_large_mesh_the_members_with_gateways_are_drawn() -> None:
    members = {f"agg{n}": f"10.254.0.{n}" for n in range(2, 200)} | {"agg1": "10.254.0.1"}
    picture = space_picture(replace(DESCRIPTION.spaces[0], mesh=replace(MESH, members=members)), 3, 3, Unread())
    whole(picture)
    assert {"agg1", "and 194 more"} <= set(texts(picture))
    assert len(lines(picture)) == 3


@pytest.mark.parametrize("text", ["agg1", "a-very-long-name-of-an-aggregator", "日本語の名前です", ""])
def test_a_text_is_cut_to_its_room(text: str) -> None:
    cut = fitted(text, 80)
    assert width_of(cut) <= 80
    assert cut == text or (cut.endswith("…") and text.startswith(cut[:-1]))
