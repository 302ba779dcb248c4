# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Another server: the same one with other paths, fields and values, as the assumptions may be wrong.

    {"paths": {"bonds/X/cpe_nat_ips/": "bonds/X/nat_ips/"},
     "fields": {"aggregators/X/vxlan_interfaces/": {"endpoints.ip": "remote_address"}},
     "values": {"aggregators/X/babel_protocols/": {"interfaces.type": {"wired": "cable"}}}}

A resource is named by its path, with X for the id of its parent; a field by the names around it and its own, with dots.
The new name is the last part alone. What is below a renamed path goes along, unless it has a path of its own. An old
path is no path any more (404), an old field is a key that the server does not know, an old value is refused.
"""

from __future__ import annotations

import json
import re
import urllib.parse
from collections.abc import Mapping
from typing import Any

from lab.kit.messages import ControlError

API = "/api/v4/"
SECTIONS = ("paths", "fields", "values")
NOWHERE = "no_such_path/"
PARAMETER = re.compile(r"\(\?P<\w+>[^)]*\)")


class RenamingError(ControlError):
    """A renaming that makes no sense; the text says why."""


class Renaming:
    """:param prefixes: the paths of the resources, as they are registered"""

    def __init__(self, given: Mapping[str, Any], prefixes: list[str]) -> None:
        if not isinstance(given, dict) or set(given) - set(SECTIONS):
            raise RenamingError(f"a renaming is an object with {', '.join(SECTIONS)}")
        self.shown = dict(given)
        templates = [f"{PARAMETER.sub('X', prefix)}/" for prefix in prefixes]
        self._nested = {template.split("/")[2] for template in templates if "/X/" in template}
        for section in SECTIONS:
            unknown = sorted(set(given.get(section, {})) - set(templates))
            if unknown:
                raise RenamingError(f"{section}: there is no path {unknown[0]}; there are: {', '.join(templates)}")
        paths = given.get("paths", {})
        self._new = {old: _renamed_path(old, paths) for old in templates}
        self._old = {new: old for old, new in self._new.items()}
        self._fields: Mapping[str, Mapping[str, str]] = given.get("fields", {})
        self._values: Mapping[str, Mapping[str, Mapping[str, str]]] = given.get("values", {})

    def __bool__(self) -> bool:
        return any(self.shown.values())

    def path_in(self, path: str) -> str:
        """The path that the application knows, of one that a client asks."""
        return API + self._moved(path.removeprefix(API), self._old) if path.startswith(API) else path

    def body_in(self, path: str, body: bytes) -> bytes:
        """The body that the application knows; ``path`` is the application's."""
        try:
            found = json.loads(body)
        except ValueError:
            return body
        return json.dumps(self._in(found, self._template(path.removeprefix(API)), "")).encode()

    def body_out(self, method: str, path: str, body: bytes) -> bytes:
        """The answer that a client gets; ``path`` is the application's."""
        try:
            found = json.loads(body)
        except ValueError:
            return body
        template = self._template(path.removeprefix(API))
        if method == "OPTIONS" and isinstance(found, dict):
            actions = found.get("actions", {})
            for name, fields in actions.items():
                actions[name] = self._described(fields, template, "")
        else:
            found = self._out(found, template, "")
        return json.dumps(found).encode()

    def _template(self, path: str) -> str:
        """The resource that a path of the application's is of."""
        return next((template for template in _longest(self._new) if _rest(path, template) is not None), "")

    def _moved(self, path: str, templates: Mapping[str, str]) -> str:
        """A path of one side as the other one has it."""
        for template in _longest(templates):
            rest = _rest(path, template)
            # What is below an object is a resource of its own; of the others it has actions only.
            if rest is not None and not self._nested & set(rest.split("/")[1:]):
                number = next(
                    (mine for mine, theirs in zip(path.split("/"), template.split("/"), strict=False) if theirs == "X"),
                    "",
                )
                target = templates[template].split("/")
                return "/".join(number if part == "X" else part for part in target) + rest
        is_page = path.strip("/") in ("", "login")
        return path if is_page or templates is self._new else NOWHERE

    def _in(self, value: Any, template: str, prefix: str) -> Any:
        if isinstance(value, list):
            return [self._in(one, template, prefix) for one in value]
        if isinstance(value, dict):
            names = self._fields.get(template, {})
            ours = {new: old for old, new in self._at(names, prefix).items()}
            result = {}
            for key, inner in value.items():
                if key not in ours and prefix + key in names:
                    continue  # an old name is any unknown key
                name = ours.get(key, key)
                result[name] = self._in(inner, template, f"{prefix}{name}.")
            return result
        if not isinstance(value, str):
            return value
        words = self._values.get(template, {}).get(prefix.rstrip("."), {})
        if value in words.values():
            return next(old for old, new in words.items() if new == value)
        return f"no more: {value}" if value in words else self._url(value, self._old)

    def _out(self, value: Any, template: str, prefix: str) -> Any:
        if isinstance(value, list):
            return [self._out(one, template, prefix) for one in value]
        if isinstance(value, dict):
            own = self._template(_path_of(value.get("url")))
            template, prefix = (own, "") if own else (template, prefix)
            names = self._at(self._fields.get(template, {}), prefix)
            return {
                names.get(key, key): self._out(inner, template, prefix if key.isdigit() else f"{prefix}{key}.")
                for key, inner in value.items()
            }
        if not isinstance(value, str):
            return value
        words = self._values.get(template, {}).get(prefix.rstrip("."), {})
        return words.get(value) or self._url(value, self._new)

    def _described(self, fields: Mapping[str, Any], template: str, prefix: str) -> dict[str, Any]:
        """The fields of an answer to OPTIONS."""
        names = self._at(self._fields.get(template, {}), prefix)
        result = {}
        for key, about in fields.items():
            found = dict(about)
            words = self._values.get(template, {}).get(prefix + key, {})
            for choice in found.get("choices", ()):
                choice["value"] = words.get(choice["value"], choice["value"])
            for inner in (found, found.get("child") or {}):
                if "children" in inner:
                    inner["children"] = self._described(inner["children"], template, f"{prefix}{key}.")
            result[names.get(key, key)] = found
        return result

    def _at(self, names: Mapping[str, str], prefix: str) -> dict[str, str]:
        """The names of one level."""
        inside = {old.removeprefix(prefix): new for old, new in names.items() if old.startswith(prefix)}
        return {old: new for old, new in inside.items() if "." not in old}

    def _url(self, value: str, templates: Mapping[str, str]) -> str:
        path = _path_of(value)
        if not path:
            return value
        parts = urllib.parse.urlsplit(value)
        return urllib.parse.urlunsplit(parts._replace(path=API + self._moved(path, templates)))


def _renamed_path(template: str, paths: Mapping[str, str]) -> str:
    parent, mark, rest = template.partition("X/")
    if template in paths or not mark:
        return paths.get(template, template)
    return f"{paths.get(parent, parent)}{mark}{rest}"


def _longest(templates: Mapping[str, str]) -> list[str]:
    return sorted(templates, key=lambda one: -one.count("/"))


def _rest(path: str, template: str) -> str | None:
    """Return the part of a path behind the template; None if the path does not begin with the template."""
    parts, wanted = path.split("/"), template.rstrip("/").split("/")
    if len(parts) < len(wanted) or any(theirs not in ("X", mine) for mine, theirs in zip(parts, wanted, strict=False)):
        return None
    return "/".join(parts[len(wanted) :])


def _path_of(url: Any) -> str:
    """The path below the API's root of a URL; empty for anything else."""
    if not isinstance(url, str) or not url.startswith("http"):
        return ""
    path = urllib.parse.urlsplit(url).path
    return path.removeprefix(API) if path.startswith(API) else ""
