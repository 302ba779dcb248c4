# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Event source of bonds that move between aggregators, for Event-Driven Ansible.

One file: ansible-rulebook runs it by its path, in an environment that has aiohttp and not the collection's libraries.
Watcher judges reads by the clock that it is given; Server reads; watch() joins both.
"""

from __future__ import annotations

import asyncio
import base64
import ipaddress
import json
import logging
import os
import re
import ssl
import time
import unicodedata
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit
from urllib.request import getproxies, proxy_bypass

import aiohttp

DOCUMENTATION = r"""
---
short_description: Report bonds that move between aggregators
description:
  - Polls the management server of Bonded Internet, and sends an event when bonds have moved to other aggregators,
    and when an aggregator goes down or comes up.
  - It only reads. What follows from an event is up to the rulebook.
  - The first complete read is the baseline, and no event. A difference counts once two reads in a row agree.
    A bond that is in no list, as in a list that was cut, has not moved.
  - "The events are C(bonds_moved), C(mass_move), C(bond_flaps), C(aggregator_down), C(aggregator_up),
    C(aggregator_dead), C(server_unreachable) and C(server_reachable). docs/event-source.md of the collection has the
    keys of each."
  - A server that cannot be reached, or rejects the login, is asked again, at most a minute apart, without end. Only a
    wrong option ends the source.
options:
  api_url:
    description:
      - The URL of the management server, like V(https://bonding.example.com), with or without V(/api/v4/).
      - If not given, the environment variable E(BONDING_API_URL) is used. One of both is needed.
    type: str
  api_username:
    description:
      - The e-mail address of the user to log in as. The right to view aggregators and bonds is enough.
      - If not given, the environment variable E(BONDING_API_USERNAME) is used.
    type: str
  api_password:
    description:
      - The password of O(api_username).
      - If not given, the environment variable E(BONDING_API_PASSWORD) is used. Prefer it, since a rulebook is no place
        for a secret.
    type: str
  api_token:
    description:
      - An API token, used in place of O(api_username) and O(api_password) where both are given.
      - If not given, the environment variable E(BONDING_API_TOKEN) is used.
    type: str
  validate_certs:
    description:
      - Verify the certificate of the server.
      - If not given, the environment variable E(BONDING_API_VALIDATE_CERTS) is used.
    type: bool
    default: true
  ca_path:
    description:
      - A file or folder with the certificates to trust in place of those of the system.
      - If not given, the environment variable E(BONDING_API_CA_PATH) is used.
    type: str
  api_timeout:
    description:
      - Seconds that the server may take for each answer. A connection has the same time, but at most 10 seconds.
      - If not given, the environment variable E(BONDING_API_TIMEOUT) is used.
    type: float
    default: 30
  aggregators:
    description:
      - Ids or names of the aggregators to watch. A bond that moves to another one is not seen, so leave none out that
        a bond may move to.
      - If not given, all that the user sees.
    type: list
    elements: str
  bonds:
    description:
      - Ids or names of the bonds to watch, such as those of C(bonding_cpe_nat_ips). A name means each bond that has it.
      - If not given, all that the user sees.
    type: list
    elements: str
  interval:
    description: Seconds between two reads of the aggregators, which show their status.
    type: float
    default: 5
  bonds_interval:
    description:
      - Seconds between two reads of the bonds that are on each aggregator. A changed status and a first difference are
        followed by a read at once.
    type: float
    default: 30
  after:
    description: Seconds that a bond has to stay on its new aggregator before it counts as moved.
    type: float
    default: 60
  quiet:
    description: Seconds without a further move before the event, so that bonds that move together are in one event.
    type: float
    default: 3
  dead_after:
    description:
      - Seconds that an aggregator has to be down, with none of the watched bonds on it any more, before it counts as
        dead.
    type: float
    default: 120
  max_moves:
    description:
      - The most bonds of one C(bonds_moved). More of them are a C(mass_move), which waits for a person, and so are five
        or more that are more than half of the bonds of an aggregator that is up.
    type: int
    default: 20
"""

EXAMPLES = r"""
# Server and login come from the environment (BONDING_API_URL, BONDING_API_TOKEN).
- bonded.internet.bonds:

- bonded.internet.bonds:
    api_url: https://bonding.example.com
    ca_path: /etc/ssl/bonding.pem
    bonds: [17, acme-berlin]
    after: 120
"""

LOGGER = logging.getLogger("bonded.internet.bonds")
Event = dict[str, Any]
Objects = list[dict[str, Any]]
API_ROOT = "/api/v4/"
MOST_BYTES = 64 * 1024 * 1024
MOST_PAGES = 1_000
CONNECT_SECONDS = 10
PARALLEL = 4
FAILURES = 3
"""Failed reads in a row after which the server counts as unreachable."""
MOST_PAUSE = 60.0
"""Seconds between two reads of a server that cannot be reached; five times as many if it asks for them."""
FEWEST_OF_AGGREGATOR = 5
"""Bonds that leave an aggregator before more than half of its bonds are a mass move: small ones move as a whole."""
WINDOW = 600.0
"""Seconds in which returns count as flapping, and without a move after which flapping ends; also those between two
aggregators that went down together.
"""
RETURNS = 2
FULL_EVERY = 10
"""Reads of bonds until aggregators without a known bond are read too."""


class OptionError(ValueError):
    """Wrong options; the text names each, and what to do."""


class ReadError(Exception):
    """A read that got no usable answer; the text holds no header and no word of the server.

    :ivar wait: seconds that the server asks to wait
    :ivar missing: whether the object is not there (404)
    """

    def __init__(self, reason: str, wait: float = 0.0, missing: bool = False) -> None:
        super().__init__(reason)
        self.wait = wait
        self.missing = missing


@dataclass(frozen=True)
class Settings:
    """Options that decide about events."""

    interval: float = 5.0
    bonds_interval: float = 30.0
    after: float = 60.0
    quiet: float = 3.0
    max_moves: int = 20
    dead_after: float = 120.0
    aggregators: frozenset[str] = frozenset()
    bonds: frozenset[str] = frozenset()


@dataclass
class _Aggregator:
    name: str
    status: str
    candidate: str = ""
    told: str = ""
    """Last of `up` and `down` that was an event, or of the baseline."""
    not_up: float = float("-inf")
    """Time at which it was last seen in another status than `up`."""
    down_since: float = float("-inf")
    """Time of the first read from which on each one had the status `down`; not known of the baseline."""
    is_dead: bool = False
    """True once its death was an event, or if it was down in the baseline."""
    is_watched: bool = False
    """True from the first read in which its id or its name was wanted: it may get another name."""


@dataclass
class _Bond:
    name: str
    told: int
    """Aggregator of the last event, or of the baseline."""
    place: int
    """Aggregator on which two reads in a row agree."""
    since: float
    seen: float
    candidate: int | None = None
    candidate_since: float = 0.0
    missing_since: float | None = None
    """Time of the first read from which on it was in none of the lists, though others were; None if it is in one."""
    left: dict[int, float] = field(default_factory=dict)
    returns: list[float] = field(default_factory=list)
    flaps: bool = False

    def see(self, now: float, place: int | None) -> None:
        """Take the aggregator of one read; None if the bond is on none, or on several."""
        if place is None or place == self.place:
            self.candidate = None
        elif place == self.candidate:
            self._move(now, place)
        else:
            self.candidate, self.candidate_since = place, now
        if place == self.place:
            self.seen = now

    def _move(self, now: float, place: int) -> None:
        self.left[self.place] = now
        if now - self.left.get(place, float("-inf")) <= WINDOW:
            self.returns.append(now)
        self.place, self.since, self.candidate = place, self.candidate_since, None


class Watcher:
    """Judgement of reads. Knows no server and no clock: each call has the seconds of a monotonic clock as `now`."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.next_read = float("-inf")
        self.flush_at = float("inf")
        self._next_bonds = float("-inf")
        self._rounds = 0
        self._aggregators: dict[int, _Aggregator] = {}
        self._bonds: dict[int, _Bond] = {}
        self._ripe: dict[int, float] = {}
        self._based = False
        self._failures = 0
        self._failed_since = 0.0
        self._problem = ""

    def pause(self, now: float) -> float:
        """Return the seconds until there is something to do."""
        return max(0.0, min(self.next_read, self.flush_at) - now)

    def bonds_due(self, now: float) -> bool:
        """Return True if the lists of bonds are to be read now."""
        return now >= self._next_bonds

    def lists_wanted(self) -> list[int]:
        """Return the aggregators whose bonds are to be read: those with a watched bond, now and then all."""
        if not self._based or self._rounds % FULL_EVERY == 0:
            return self._watched()
        known = {place for bond in self._bonds.values() for place in (bond.place, bond.candidate)}
        return [number for number in self._watched() if number in known]

    def lists_missing(self, asked: Iterable[int], lists: Mapping[int, Objects]) -> list[int]:
        """Return the aggregators whose bonds are to be read too, since a bond is in none of these lists."""
        found = {item["id"] for items in lists.values() for item in items}
        return [] if self._bonds.keys() <= found else sorted({*self._watched()} - {*asked})

    def _watched(self) -> list[int]:
        return sorted(number for number, one in self._aggregators.items() if one.is_watched)

    def failed(self, now: float, error: ReadError) -> list[Event]:
        """Take a read that failed."""
        self._failures += 1
        if self._failures == 1:
            self._failed_since = now
        self._say(f"the management server gives no usable answer: {error}")
        # What happened meanwhile shows as soon as the server answers.
        self._next_bonds = float("-inf")
        pause = min(max(MOST_PAUSE, self.settings.interval), self.settings.interval * 2 ** min(self._failures - 1, 10))
        self.next_read = now + max(pause, min(error.wait, 5 * MOST_PAUSE))
        if self._failures != FAILURES:
            return []
        return [{"server_unreachable": {"reason": str(error), "seconds": round(now - self._failed_since)}}]

    def succeeded(self, now: float) -> list[Event]:
        """Take the end of a round of reads, none of which has failed as a whole."""
        failures, self._failures = self._failures, 0
        if failures < FAILURES:
            return []
        return [{"server_reachable": {"seconds": round(now - self._failed_since)}}]

    def aggregators(self, now: float, found: Iterable[Mapping[str, Any]]) -> list[Event]:
        """Take a whole list of aggregators."""
        self.next_read = now + self.settings.interval
        # Two reads have to agree, and pages that shift have one object twice in one read.
        listed = {item["id"]: item for item in found}
        events = [event for item in listed.values() for event in self._aggregator(now, item)]
        for number, one in self._aggregators.items():
            # What a server that could not be reached, or did not list it, has not shown is no time that it was down.
            if not one.is_dead and (number not in listed or self._failures >= FAILURES):
                one.down_since = now
        return events + self._deaths(now, listed)

    def _deaths(self, now: float, listed: Container[int]) -> list[Event]:
        """Return an event of each aggregator that has been down for a while, and has lost its bonds to others."""
        down = {n: one for n, one in self._aggregators.items() if one.told == "down" and n in listed}
        # A bond that is deleted from the server stays in no list, and holds no aggregator alive for ever.
        bonds = [b for b in self._bonds.values() if b.missing_since is None or now - b.missing_since <= WINDOW]
        places = {place for bond in bonds for place in (bond.place, bond.candidate)}
        events: list[Event] = []
        for number, one in down.items():
            if one.is_dead or not self._based or number in places or now - one.down_since < self.settings.dead_after:
                continue
            one.is_dead = True
            about = {"aggregator": number, "name": harmless(one.name), "seconds": round(now - one.down_since)}
            # Several at about the same time have one cause, such as the network of the management server.
            together = sum(abs(other.down_since - one.down_since) <= WINDOW for other in down.values())
            events.append({"aggregator_dead": {**about, "down": together}})
        return events

    def _aggregator(self, now: float, item: Mapping[str, Any]) -> list[Event]:
        name, status = str(item.get("name") or item["id"]), str(item.get("status") or "unknown")
        one = self._aggregators.get(item["id"])
        if one is None:
            told = status if status in ("up", "down") else ""
            one = self._aggregators[item["id"]] = _Aggregator(name, status, told=told, is_dead=status == "down")
            if self._based:  # it is new, and has not been up for long
                one.not_up = now
        one.name = name
        one.is_watched = one.is_watched or self._is_wanted(item["id"], name)
        if status != "up":
            one.not_up = now
        if status != "down" or "down" not in (one.status, one.candidate):
            one.down_since = now
        if status == one.status:
            one.candidate = ""
            return []
        self._next_bonds = now
        if status != one.candidate:
            one.candidate = status
            return []
        one.status, one.candidate = status, ""
        if status not in ("up", "down") or status == one.told or not one.is_watched:
            return []
        one.told, one.is_dead = status, False
        return [{f"aggregator_{status}": {"aggregator": item["id"], "name": harmless(name)}}]

    def bonds(self, now: float, lists: Mapping[int, Objects], problem: str = "") -> list[Event]:
        """Take the lists of bonds by aggregator. What could not be read is left out, with the problem in words."""
        if problem:
            self._say(f"a list of bonds cannot be read: {problem}")
        elif not self._aggregators:
            self._say("the management server shows no aggregator; check the rights of the user")
        else:
            self._say("")
        self._rounds += 1
        places: dict[int, set[int]] = {}
        for number, items in lists.items():
            for item in items:
                places.setdefault(item["id"], set()).add(number)
                self._bond(now, number, item)
        events: list[Event] = []
        for number, bond in self._bonds.items():
            on = places.get(number, set())
            bond.see(now, next(iter(on)) if len(on) == 1 else None)
            if on or problem or not places:
                bond.missing_since = None
            elif bond.missing_since is None:
                bond.missing_since = now
            events += self._flapping(now, number, bond)
        if not self._based and not problem and self._aggregators:
            self._based = True
            self._say_unknown()
        self._next_bonds = self._soon(now)
        return [*events, *self.flush(now)]

    def _bond(self, now: float, number: int, item: Mapping[str, Any]) -> None:
        name = str(item.get("name") or item["id"])
        wanted = self.settings.bonds
        if item["id"] in self._bonds:
            self._bonds[item["id"]].name = name
        elif not wanted or name in wanted or str(item["id"]) in wanted:
            self._bonds[item["id"]] = _Bond(name, number, number, now, now)

    def _flapping(self, now: float, number: int, bond: _Bond) -> list[Event]:
        bond.returns = [moment for moment in bond.returns if now - moment <= WINDOW]
        if bond.flaps:
            bond.flaps = now - bond.since < WINDOW or bond.candidate is not None
            return []
        if len(bond.returns) < RETURNS:
            return []
        bond.flaps, bond.returns = True, []
        at = {"aggregator": bond.place, "aggregator_name": self._name(bond.place)}
        return [{"bond_flaps": {"bond": number, "name": harmless(bond.name), **at, "returns": RETURNS}}]

    def _soon(self, now: float) -> float:
        """Return the time of the next read of bonds: sooner where it confirms a difference, or the end of a wait."""
        soonest = now + self.settings.interval
        times = [now + self.settings.bonds_interval]
        for bond in self._bonds.values():
            if bond.candidate is not None:
                return soonest
            if bond.place != bond.told and not bond.flaps and bond.seen - bond.since < self.settings.after:
                times.append(max(soonest, bond.since + self.settings.after))
        return min(times)

    def flush(self, now: float) -> list[Event]:
        """Return the event of all moves, once no further one has come for the quiet time."""
        moved = {n: bond for n, bond in self._bonds.items() if bond.place != bond.told and not bond.flaps}
        ripe = [n for n, bond in moved.items() if bond.seen - bond.since >= self.settings.after]
        self._ripe = {n: self._ripe.get(n, now) for n in ripe}
        self.flush_at = float("inf")
        if not ripe:
            return []
        first, last = min(self._ripe.values()), max(self._ripe.values())
        due = min(last, first + 10 * self.settings.quiet) + self.settings.quiet
        latest = first + self.settings.quiet + 2 * self.settings.interval
        waiting = [bond for bond in moved.values() if now < bond.since + self.settings.after <= latest]
        if waiting or any(bond.candidate is not None and not bond.flaps for bond in self._bonds.values()):
            # Bonds that have moved together are seen by reads that follow each other.
            due = max(due, latest)
        if now < due:
            self.flush_at = due
            return []
        reason = self._mass(now, moved)
        # Bonds that still wait belong to the same mass move: acted on by themselves, they would be a part of it.
        numbers = sorted(moved if reason else ripe)
        moves = [self._move(n, self._bonds[n]) for n in numbers]
        for n in numbers:
            self._bonds[n].told = self._bonds[n].place
        self._ripe = {}
        if reason:
            LOGGER.warning("bonds: a mass move waits for a person: %s.", reason)
            return [{"mass_move": {"reason": reason, "moves": moves, "bonds": numbers}}]
        return [{"bonds_moved": {"moves": moves, "bonds": numbers}}]

    def _mass(self, now: float, moved: Mapping[int, _Bond]) -> str:
        """Return why moves wait for a person; empty if they do not."""
        if len(moved) > self.settings.max_moves:
            return f"{len(moved)} bonds have moved, more than max_moves ({self.settings.max_moves})"
        for number in sorted({bond.told for bond in moved.values()}):
            one = self._aggregators.get(number)
            gone = sum(bond.told == number for bond in moved.values())
            had = sum(bond.told == number for bond in self._bonds.values())
            if one and now - one.not_up > WINDOW and gone >= FEWEST_OF_AGGREGATOR and 2 * gone > had:
                return f"{gone} of {had} bonds have left aggregator {self._name(number)}, which is up"
        return ""

    def _move(self, number: int, bond: _Bond) -> dict[str, Any]:
        ends = {
            "from": bond.told,
            "from_name": self._name(bond.told),
            "to": bond.place,
            "to_name": self._name(bond.place),
        }
        return {"bond": number, "name": harmless(bond.name), **ends}

    def _name(self, number: int) -> str:
        one = self._aggregators.get(number)
        return harmless(one.name) if one else str(number)

    def _is_wanted(self, number: int, name: str) -> bool:
        wanted = self.settings.aggregators
        return not wanted or name in wanted or str(number) in wanted

    def _say(self, problem: str) -> None:
        """Log a problem once; it is said again only after another one, or after its end."""
        if problem and problem != self._problem:
            LOGGER.warning("bonds: %s. It is asked again.", problem)
        elif self._problem and not problem:
            LOGGER.warning("bonds: the management server answers again.")
        self._problem = problem

    def _say_unknown(self) -> None:
        if not self._bonds and not self.settings.bonds:
            LOGGER.warning(
                "bonds: the management server shows no bond on any aggregator. Check the rights of the user."
            )
        known = {str(n) for n in self._aggregators} | {one.name for one in self._aggregators.values()}
        bonds = {str(n) for n in self._bonds} | {bond.name for bond in self._bonds.values()}
        for option, wanted, there in (
            ("aggregators", self.settings.aggregators, known),
            ("bonds", self.settings.bonds, bonds),
        ):
            for name in sorted(wanted - there):
                LOGGER.warning("%s: not seen on the management server (got %s). Check its spelling.", option, name)


def harmless(text: str) -> str:
    """Return a name of the server that a terminal does not act on, and Ansible does not take for a template."""
    line = "".join(one if one.isprintable() else " " if one.isspace() else ascii(one)[1:-1] for one in text[:200])
    return re.sub(r"\{(?=[{%#])", "{ ", line)


@dataclass(frozen=True)
class Connection:
    """Management server and login."""

    root: str
    authorization: str = field(repr=False)
    secrets: tuple[str, ...] = field(repr=False)
    ssl: ssl.SSLContext | bool
    timeout: float


class Server:
    """Reads of the management server, over connections that are kept open."""

    def __init__(self, connection: Connection, session: aiohttp.ClientSession) -> None:
        self._connection = connection
        self._session = session
        self._permits = asyncio.Semaphore(PARALLEL)
        parts = urlsplit(connection.root)
        # Not trust_env: with it, an entry of ~/.netrc would collide with the login.
        self._proxy = None if proxy_bypass(parts.netloc) else getproxies().get(parts.scheme)

    async def bonds(self, numbers: Iterable[int]) -> tuple[dict[int, Objects], ReadError | None]:
        """Return the bonds on each aggregator, and the first error of those that could not be read."""
        wanted = list(numbers)
        paths = [f"aggregators/{number}/bonds_current/" for number in wanted]
        found = await asyncio.gather(*map(self.objects, paths), return_exceptions=True)
        lists: dict[int, Objects] = {}
        errors: list[ReadError] = []
        for number, answer in zip(wanted, found, strict=True):
            if isinstance(answer, ReadError):
                # An aggregator that was deleted meanwhile has no bonds.
                errors += [] if answer.missing else [answer]
            elif isinstance(answer, BaseException):
                raise answer
            else:
                lists[number] = answer
        return lists, errors[0] if errors else None

    async def objects(self, path: str) -> Objects:
        """Return all objects of a collection, whether the server sends one array or pages.

        :raises ReadError: also if the list has not as many objects as it counts
        """
        async with self._permits:
            body = await self._get(path)
            if isinstance(body, list):
                return _checked(path, body)
            objects: Objects = []
            seen = {path}
            for page in range(2, MOST_PAGES + 2):
                if not isinstance(body, dict) or not isinstance(body.get("results"), list):
                    raise ReadError(f"GET {path}: the answer is not a list")
                objects += _checked(path, body["results"])
                count = int(body["count"]) if re.fullmatch("[0-9]{1,9}", str(body.get("count"))) else None
                following = _next_page(path, page, body, count is not None and len(objects) < count)
                if following is None or following in seen:
                    if count is not None and count != len(objects):
                        raise ReadError(f"GET {path}: the list is not whole (got {len(objects)}, expected {count})")
                    return objects
                seen.add(following)
                body = await self._get(following)
            raise ReadError(f"GET {path}: the list has more than {MOST_PAGES} pages")

    async def _get(self, path: str) -> Any:
        url = self._connection.root + path
        try:
            async with self._session.get(
                url, proxy=self._proxy, ssl=self._connection.ssl, allow_redirects=False
            ) as answer:
                if answer.status != 200:
                    asked = answer.headers.get("Retry-After", "")
                    wait = float(asked) if re.fullmatch("[0-9]{1,6}", asked) else 0.0
                    raise ReadError(
                        f"GET {path}: HTTP {answer.status}{_advice(answer.status)}", wait, answer.status == 404
                    )
                if answer.headers.get("Content-Encoding", "identity").lower() != "identity":
                    raise ReadError(f"GET {path}: the answer is packed in a way that was not asked for")
                content = bytearray()
                async for piece in answer.content.iter_any():
                    content += piece
                    if len(content) > MOST_BYTES:
                        raise ReadError(f"GET {path}: the answer is larger than {MOST_BYTES // 1024 // 1024} MiB")
            return json.loads(content)
        except (aiohttp.ClientError, OSError) as error:
            raise ReadError(f"GET {path}: {self._words(error)}") from None
        except (ValueError, RecursionError):
            # The library's words would quote the answer.
            raise ReadError(f"GET {path}: the answer is not JSON; api_url may name another server") from None

    def _words(self, error: BaseException) -> str:
        """Return the cause of a failure as one line, without a secret or a proxy's login."""
        if isinstance(error, TimeoutError) and not str(error):
            return f"Timeout: no whole answer within {self._connection.timeout:g} s (api_timeout)"
        text = harmless(re.sub(r"//[^/\s]*@", "//", str(error)))
        for secret in self._connection.secrets:
            text = text.replace(secret, "********")
        return f"{type(error).__name__} {text}".strip()


def _advice(status: int) -> str:
    if status == 401:
        return ", the login is not accepted; check api_username and api_password, or api_token"
    if 300 <= status < 400:
        return ", the server sends to another address; check api_url"
    return ", the user has no right to view this" if status == 403 else ""


def _checked(path: str, items: list[Any]) -> Objects:
    for item in items:
        number = item.get("id") if isinstance(item, dict) else None
        if not isinstance(number, int) or isinstance(number, bool):
            raise ReadError(f"GET {path}: an object of the list has no id")
    return items


def _next_page(path: str, page: int, body: Mapping[str, Any], more: bool) -> str | None:
    """Return the path and query of the page after this one; None after the last."""
    if body.get("next"):
        try:
            # Only its query counts: behind a proxy the server names itself by another host.
            return f"{path}?{urlsplit(str(body['next'])).query}"
        except ValueError:
            raise ReadError(f"GET {path}: next is not a URL") from None
    if "next" in body or not more or not body["results"]:
        return None
    return f"{path}?{urlencode({**dict(parse_qsl(urlsplit(path).query)), 'page': page})}"


class _Options:
    """Reader of a rulebook's arguments and of the environment, which collects problems."""

    def __init__(self, given: Mapping[str, Any], environment: Mapping[str, str]) -> None:
        self.given = given
        self.environment = environment
        self.problems: list[str] = []

    def refuse(self, option: str, problem: str, what_to_do: str) -> None:
        self.problems.append(f"{option}: {problem}. {what_to_do}")

    def connection_value(self, name: str) -> Any:
        """Return an argument, or else its environment variable; None if both are empty."""
        given = self.given.get(name)
        if given is None or given == "":
            given = self.environment.get(_variable(name)) or None
        return given.strip() if isinstance(given, str) else given

    def text(self, name: str) -> str:
        """Return a text of the connection. No value is shown: a password may have been given as another option."""
        given = self.connection_value(name)
        if given is None:
            return ""
        if not isinstance(given, str) or any(unicodedata.category(one) in ("Cc", "Cs", "Zl", "Zp") for one in given):
            self.refuse(name, "not usable (got a value of another kind, expected one line of text)", "Correct it.")
            return ""
        return given

    def number(self, name: str, given: Any, default: float, least: float, whole: bool = False) -> float:
        expected = f"{'a whole number' if whole else 'a number'}, {least:g} or more"
        try:
            found = default if given is None else float("nan") if isinstance(given, bool) else float(given)
        except (TypeError, ValueError):
            found = float("nan")
        if not least <= found < float("inf") or (whole and found != int(found)):
            self.refuse(name, f"not an allowed number (got {given!r}, expected {expected})", "Correct it.")
            return default
        return found

    def names(self, name: str) -> frozenset[str]:
        given = self.given.get(name)
        items = [] if given is None or given == "" else given
        if not isinstance(items, list) or any(
            isinstance(item, bool) or not isinstance(item, (int, str)) for item in items
        ):
            self.refuse(name, f"not a list (got {given!r}, expected ids and names)", "Write [17, acme-berlin].")
            return frozenset()
        return frozenset(str(item) for item in items)

    def switch(self, name: str, default: bool) -> bool:
        given = self.connection_value(name)
        word = str(default if given is None else given).lower()
        if word not in ("true", "yes", "on", "1", "false", "no", "off", "0"):
            self.refuse(name, f"no switch (got {given!r}, expected true or false)", "Correct it.")
        return word not in ("false", "no", "off", "0")


def _variable(name: str) -> str:
    return f"BONDING_API_{name.removeprefix('api_').upper()}"


CONNECTION = ("api_url", "api_username", "api_password", "api_token", "validate_certs", "ca_path", "api_timeout")
WATCH = ("aggregators", "bonds", "interval", "bonds_interval", "after", "quiet", "dead_after", "max_moves")


def read_options(given: Mapping[str, Any], environment: Mapping[str, str]) -> tuple[Connection, Settings]:
    """Return the options, once all of them are usable.

    :raises OptionError: with all problems
    """
    options = _Options(given, environment)
    # The engine adds the queue by itself.
    for name in sorted(set(given) - {*CONNECTION, *WATCH, "eda_feedback_queue"}):
        options.refuse(
            name, f"no such option (expected one of {', '.join((*CONNECTION, *WATCH))})", "Correct its name."
        )
    interval = options.number("interval", given.get("interval"), 5, 0.01)
    settings = Settings(
        interval=interval,
        bonds_interval=options.number("bonds_interval", given.get("bonds_interval"), max(30, interval), interval),
        after=options.number("after", given.get("after"), 60, 0),
        quiet=options.number("quiet", given.get("quiet"), 3, 0),
        dead_after=options.number("dead_after", given.get("dead_after"), 120, 0),
        max_moves=int(options.number("max_moves", given.get("max_moves"), 20, 1, whole=True)),
        aggregators=options.names("aggregators"),
        bonds=options.names("bonds"),
    )
    connection = _connection(options)
    if options.problems:
        raise OptionError(" ".join(options.problems))
    return connection, settings


def _connection(options: _Options) -> Connection:
    username, password, token = map(options.text, ("api_username", "api_password", "api_token"))
    if token and not all("!" <= letter <= "~" for letter in token):
        options.refuse("api_token", "not usable (expected ASCII characters without white space)", "Correct it.")
    if not token:
        for name, text in (("api_username", username), ("api_password", password)):
            if not text:
                advice = f"Set {name} ({_variable(name)}), or api_token (BONDING_API_TOKEN)."
                options.refuse(name, "not given (expected a login)", advice)
    if not token and ":" in username:
        options.refuse("api_username", "has a colon, which Basic authentication cannot send", "Use another user.")
    pair = base64.b64encode(f"{username}:{password}".encode()).decode("ascii")
    root = _root(options, options.text("api_url"))
    verify = options.switch("validate_certs", default=True)
    if root.startswith("http:") and not _is_loopback(urlsplit(root).hostname or ""):
        LOGGER.warning("api_url: begins with http://, so that the login crosses the network unencrypted. Use https://.")
    elif not verify:
        LOGGER.warning("validate_certs: false lets another machine pose as the server. Give ca_path instead.")
    return Connection(
        root=root,
        authorization=f"Token {token}" if token else f"Basic {pair}",
        secrets=tuple(filter(None, (token, password, "" if token else pair))),
        ssl=_tls(options, options.text("ca_path")) if verify else False,
        timeout=options.number("api_timeout", options.connection_value("api_timeout"), 30, 0.01),
    )


def _root(options: _Options, url: str) -> str:
    """Return the absolute URL of the API, ending in a slash."""
    advice = "Set api_url, or the environment variable BONDING_API_URL."
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("https", "http") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable or "@" in url or any(one in "?#" or one.isspace() for one in url):
        got = "a URL with a login" if "@" in url else repr(url)
        options.refuse("api_url", f"no URL of a server (got {got}, expected https://bonding.example.com)", advice)
        return ""
    path = parts.path.rstrip("/") + "/"
    return f"{parts.scheme}://{parts.netloc}{path if path.endswith(API_ROOT) else path.rstrip('/') + API_ROOT}"


def _tls(options: _Options, path: str) -> ssl.SSLContext:
    """Return what decides which certificates are trusted: those of the path alone, or the system's."""
    path = os.path.expanduser(path)
    try:
        if path and os.path.isdir(path):
            return ssl.create_default_context(capath=path)
        return ssl.create_default_context(cafile=path or None)
    except OSError as error:  # ssl.SSLError is one
        why = "no certificate" if isinstance(error, ssl.SSLError) else error.strerror
        options.refuse(
            "ca_path", f"not readable (got {path!r}: {why}, expected certificates in PEM format)", "Correct it."
        )
        return ssl.create_default_context()


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


async def one_round(server: Server, watcher: Watcher) -> list[Event]:
    """Read what is due; return the events."""
    events: list[Event] = []
    try:
        events += watcher.aggregators(time.monotonic(), await server.objects("aggregators/"))
        if watcher.bonds_due(time.monotonic()):
            asked = watcher.lists_wanted()
            lists, error = await server.bonds(asked)
            if missing := watcher.lists_missing(asked, lists):
                more, later_error = await server.bonds(missing)
                lists, error = {**lists, **more}, error or later_error
            if error and not lists:
                raise error
            events += watcher.bonds(time.monotonic(), lists, str(error or ""))
        return [*watcher.succeeded(time.monotonic()), *events]
    except ReadError as failure:
        return [*events, *watcher.failed(time.monotonic(), failure)]


async def main(queue: asyncio.Queue[Any], args: dict[str, Any]) -> None:
    """Poll the server and put events into the queue, until the task is cancelled.

    :raises OptionError: at once, if an option is wrong
    """
    connection, settings = read_options(args, os.environ)
    watcher = Watcher(settings)
    timeout = aiohttp.ClientTimeout(total=connection.timeout, sock_connect=min(connection.timeout, CONNECT_SECONDS))
    headers = {
        "Authorization": connection.authorization,
        "Accept": "application/json",
        # Packed, a few bytes could unpack to a thousand times their size.
        "Accept-Encoding": "identity",
    }
    jar = aiohttp.DummyCookieJar()
    async with aiohttp.ClientSession(
        headers=headers, timeout=timeout, cookie_jar=jar, auto_decompress=False
    ) as session:
        server = Server(connection, session)
        while True:
            now = time.monotonic()
            events = await one_round(server, watcher) if now >= watcher.next_read else watcher.flush(now)
            for event in events:
                await queue.put(event)
            await asyncio.sleep(watcher.pause(time.monotonic()))


if __name__ == "__main__":

    class _Printer(asyncio.Queue[Any]):
        async def put(self, item: Any) -> None:
            print(json.dumps(item), flush=True)

    asyncio.run(main(_Printer(), {}))
