# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The control API below ``/__lab__/``; private to the stand-in."""

from __future__ import annotations

import json
from urllib.parse import parse_qs, urlsplit

from .account import NAME, NoSuchCopy
from .api import Answer, Api
from .ec2.pages import PAGING, BadPages
from .ec2.quotas import UnknownQuota
from .faults import BadFault
from .iam.conditions import BadPolicy
from .iam.identities import BadIdentity
from .state import state_of

PREFIX = "/__lab__/"
_JSON = {"Content-Type": "application/json"}


def _json(found: object, status: int = 200) -> Answer:
    return Answer(status, json.dumps(found).encode(), _JSON)


class Refused(Exception):
    """A control request that cannot be served: its status and why."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status = status


class Control:
    """Answers control requests; between two API requests, never during one."""

    def __init__(self, api: Api) -> None:
        self._api = api

    def answer(self, method: str, url: str, body: bytes) -> Answer:
        """The answer to one control request, always JSON; an error is ``{"error": "..."}``."""
        parts = urlsplit(url)
        query = {key: values[0] for key, values in parse_qs(parts.query).items()}
        name = f"{method} {parts.path.removeprefix(PREFIX).strip('/')}"
        try:
            given = json.loads(body) if body.strip() else None
            with self._api.lock:
                return _json(self._carry_out(name, query, given))
        except json.JSONDecodeError as error:
            return _json({"error": f"the body is not JSON: {error}"}, 400)
        except (BadFault, BadIdentity, BadPages, BadPolicy, UnknownQuota) as error:
            return _json({"error": str(error)}, 400)
        except NoSuchCopy as error:
            return _json({"error": str(error)}, 404)
        except Refused as error:
            return _json({"error": str(error)}, error.status)

    def _carry_out(self, name: str, query: dict[str, str], given: object) -> object:
        api, account = self._api, self._api.account
        match name:
            case "GET ready":
                return {"ready": True, "region": account.region}
            case "GET state":
                return state_of(account.backend(self._region(query)))
            case "GET log":
                return api.log.entries()
            case "DELETE log":
                api.log.clear()
            case "GET faults":
                return api.faults.pending()
            case "POST faults":
                api.faults.add(given)
            case "DELETE faults":
                api.faults.clear()
            case "GET held":
                return api.faults.held()
            case "POST release":
                api.faults.release()
            case "GET policies":
                return api.judge.given()
            case "POST policies":
                api.judge.change(given)
            case "DELETE policies":
                api.judge.clear()
            case "GET identities":
                return api.judge.identities.given()
            case "POST identities":
                api.judge.identities.change(given)
            case "DELETE identities":
                api.judge.identities.clear()
            case "GET pages":
                return PAGING.given()
            case "POST pages":
                PAGING.change(given)
            case "DELETE pages":
                PAGING.clear()
            case "GET quotas":
                return dict(account.backend(self._region(query)).quotas)
            case "POST quotas":
                if not isinstance(given, dict):
                    raise Refused(400, 'quotas: an object is wanted, such as {"elastic_ips": 8}')
                account.backend(self._region(query)).quotas.change(given)
            case "POST reset":
                account.reset()
                api.faults.clear()
                api.faults.release()
                PAGING.clear()
                api.judge.clear()
                api.judge.identities.clear()
            case "POST save":
                account.save(self._name(query))
            case "POST load":
                account.load(self._name(query))
            case "POST history":
                api.history.begin()
            case "GET history":
                return api.history.writes()
            case "DELETE history":
                api.history.end()
            case _:
                raise Refused(404, f"there is no '{name}'; see docs/lab-aws.md for the control API")
        return {}

    def _region(self, query: dict[str, str]) -> str:
        region = query.get("region", self._api.account.region)
        if not self._api.account.has_region(region):
            raise Refused(404, f"there is no region '{region}'")
        return region

    @staticmethod
    def _name(query: dict[str, str]) -> str:
        if not query.get("name"):
            raise Refused(400, "which copy? add ?name=...")
        if not NAME.fullmatch(query["name"]):
            raise Refused(400, "the name of a copy has letters, digits, '_', '.' and '-' only")
        return query["name"]
