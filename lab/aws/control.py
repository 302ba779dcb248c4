# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Control requests of AWS's stand-in, beside those of the kit."""

from __future__ import annotations

from typing import Any, Protocol

from lab.kit.control import Control as KitControl
from lab.kit.control import ControlRequest
from lab.kit.messages import ControlError, NotFound

from .api import Api
from .ec2.backend import Ec2Backend
from .ec2.pages import PAGING
from .state import state_of


class Setting(Protocol):
    """A part of the stand-in that control requests read, change and clear."""

    def given(self) -> object: ...

    def change(self, given: Any) -> None: ...

    def clear(self) -> None: ...


class Control(KitControl):
    """Control requests about faults that hold, quotas, pages, policies and identities."""

    done: object = {}

    def __init__(self, api: Api) -> None:
        super().__init__(api.log, api.faults, api.history)
        self._api = api
        self.actions["GET ready"] = lambda _: {"ready": True, "region": api.account.region}
        self.actions |= {
            "GET held": lambda _: api.faults.held(),
            "POST release": lambda _: api.faults.release(),
            "GET quotas": lambda request: dict(self._backend(request).quotas),
            "POST quotas": self._change_quotas,
        }
        self._add("policies", api.authorizer)
        self._add("identities", api.authorizer.identities)
        self._add("pages", PAGING)

    def _add(self, name: str, setting: Setting) -> None:
        self.actions |= {
            f"GET {name}": lambda _: setting.given(),
            f"POST {name}": lambda request: setting.change(request.body),
            f"DELETE {name}": lambda _: setting.clear(),
        }

    def state(self, request: ControlRequest) -> object:
        """Return everything of a region."""
        return state_of(self._backend(request))

    def reset(self) -> None:
        """Go back to the seed; faults, pages, policies and identities are forgotten, and held requests go on."""
        api = self._api
        api.account.reset()
        api.faults.clear()
        api.faults.release()
        PAGING.clear()
        api.authorizer.clear()
        api.authorizer.identities.clear()

    def save(self, name: str) -> None:
        """Keep a copy of the account."""
        self._api.account.save(name)

    def load(self, name: str) -> None:
        """Go back to a copy of the account."""
        self._api.account.load(name)

    def _backend(self, request: ControlRequest) -> Ec2Backend:
        region = request.query.get("region", self._api.account.region)
        if not self._api.account.has_region(region):
            raise NotFound(f"there is no region '{region}'")
        return self._api.account.backend(region)

    def _change_quotas(self, request: ControlRequest) -> None:
        if not isinstance(request.body, dict):
            raise ControlError('quotas: an object is wanted, such as {"elastic_ips": 8}')
        self._backend(request).quotas.change(request.body)
