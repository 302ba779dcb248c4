# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Control requests of AWS's stand-in, beside those of the kit."""

from __future__ import annotations

from typing import Any, Protocol

from lab.kit.control import Actions, Control, ControlRequest
from lab.kit.messages import ControlError, NotFound

from .api import Api
from .ec2.backend import Ec2Backend
from .ec2.instance_checks import change_checks
from .ec2.pages import PAGING
from .state import state_of


class Setting(Protocol):
    """A part of the stand-in that control requests read, change and clear."""

    def given(self) -> object: ...

    def change(self, given: Any) -> None: ...

    def clear(self) -> None: ...


def control_of(api: Api) -> Control:
    """Return the control API."""
    account = api.account

    def backend(request: ControlRequest) -> Ec2Backend:
        region = request.query.get("region", account.region)
        if not account.has_region(region):
            raise NotFound(f"there is no region '{region}'")
        return account.backend(region)

    def reset() -> None:
        account.reset()
        api.faults.clear()
        api.faults.release()
        PAGING.clear()
        api.authorizer.clear()
        api.authorizer.identities.clear()

    def change_quotas(request: ControlRequest) -> None:
        if not isinstance(request.body, dict):
            raise ControlError('quotas: an object is wanted, such as {"elastic_ips": 8}')
        backend(request).quotas.change(request.body)

    def checks(request: ControlRequest) -> None:
        change_checks(backend(request).all_instances(), request.body)

    own: Actions = {
        "GET ready": lambda _: {"ready": True, "region": account.region},
        "GET state": lambda request: state_of(backend(request)),
        "POST reset": lambda _: reset(),
        "POST save": lambda request: account.save(request.copy),
        "POST load": lambda request: account.load(request.copy),
        "GET held": lambda _: api.faults.held(),
        "POST release": lambda _: api.faults.release(),
        "GET quotas": lambda request: dict(backend(request).quotas),
        "POST quotas": change_quotas,
        "POST checks": checks,
        **_actions_of("policies", api.authorizer),
        **_actions_of("identities", api.authorizer.identities),
        **_actions_of("pages", PAGING),
    }
    return Control(api.log, api.faults, api.history, own, done={})


def _actions_of(name: str, setting: Setting) -> Actions:
    return {
        f"GET {name}": lambda _: setting.given(),
        f"POST {name}": lambda request: setting.change(request.body),
        f"DELETE {name}": lambda _: setting.clear(),
    }
