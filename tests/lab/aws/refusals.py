# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tables of what EC2 refuses: a name, the error's code, and the request."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import pytest

from .conftest import Lab, refused

Call = Callable[[Any], object]
Rule = tuple[str, str, Call]


def table(rules: Iterable[Rule]) -> pytest.MarkDecorator:
    """Run a test once for each rule."""
    return pytest.mark.parametrize(("code", "call"), [pytest.param(code, call, id=name) for name, code, call in rules])


def assert_refused(lab: Lab, code: str, call: Call) -> None:
    """The request is refused with this code, and nothing has changed after it."""
    before = lab.server.state()
    with refused(code):
        call(lab.ec2)
    assert lab.server.state() == before
