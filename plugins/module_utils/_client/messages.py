# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Error messages made of the management server's answers."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from .._printable import printable, printable_all
from .connection import Connection
from .errors import ApiError, AuthError, TlsError
from .shapes import DEEPEST, is_deep
from .transport import Response

_LONGEST = 400
_GENERAL = ("non_field_errors", "__all__")


def parse(response: Response) -> Any:
    """Return the JSON of a body; None for an empty one.

    :raises ValueError: if it is not JSON, or nested so deeply that no code could walk through it
    """
    if response.flaw:
        raise ValueError(response.flaw)
    if not response.body.strip():
        return None
    try:
        body = json.loads(response.body, parse_constant=_no_number)
    except RecursionError:
        body, deep = None, True
    else:
        deep = is_deep(body)
    if deep:
        raise ValueError(f"it is nested more than {DEEPEST} levels deep")
    return body


def _no_number(text: str) -> Any:
    raise ValueError(f"{text} is not a number of JSON")


def field_errors(body: Any, prefix: str = "") -> dict[str, list[str]]:
    """Django REST framework's errors, flattened: dotted field name -> the texts; "" for those of no field.

    Both of its forms for the elements of a list give "addresses[1].address": a list with an entry for each element, and
    a mapping by their numbers. A list around the errors of the one object that was sent adds nothing.
    """
    if not prefix and isinstance(body, list) and len(body) == 1:
        return field_errors(body[0])
    if isinstance(body, Mapping):
        found: dict[str, list[str]] = {}
        for name, value in body.items():
            if name in _GENERAL or (name == "detail" and not prefix):
                inner = prefix
            elif prefix:
                inner = f"{prefix}[{name}]" if str(name).isdecimal() else f"{prefix}.{name}"
            else:
                inner = str(name)
            for key, texts in field_errors(value, inner).items():
                found.setdefault(key, []).extend(texts)
        return found
    if isinstance(body, list):
        nested: dict[str, list[str]] = {}
        for index, value in enumerate(body):
            inner = f"{prefix}[{index}]" if isinstance(value, (Mapping, list)) else prefix
            for key, texts in field_errors(value, inner).items():
                nested.setdefault(key, []).extend(texts)
        return nested
    return {prefix: [str(body)]} if body is not None else {}


def refusal(method: str, path: str, response: Response, connection: Connection, tried: str = "") -> ApiError:
    """Return the error for an answer that is no success.

    :param tried: " (tried 5 times)", or nothing
    """
    status = response.status
    fields: dict[str, list[str]] = {}
    try:
        body = parse(response)
    except ValueError:
        detail = _page_words(response)
    else:
        fields = field_errors(body)
        general = fields.pop("", [])
        detail = "; ".join([*general, *(f"{name}: {' '.join(texts)}" for name, texts in fields.items())])[:_LONGEST]
    detail = printable(connection.hide(detail))
    fields = printable_all({name: [connection.hide(text) for text in texts] for name, texts in fields.items()})
    where = f"{method} {path}"
    said = f' The server says: "{detail}"' if detail else " The server gives no reason."
    facts: dict[str, Any] = {"method": method, "path": path, "status": status, "detail": detail, "fields": fields}
    if status == 401:
        who = "API token" if connection.token else f"user or password (api_username is {connection.username!r})"
        return AuthError(f"Wrong {who}: {where} was answered with 401{tried}.{said}", **facts)
    if status == 403:
        return ApiError(
            f"The user may not do this: {where} was answered with 403{tried}; it wants the right to {_right(method)} "
            f"{_resource(path)}.{said}",
            **facts,
        )
    if 300 <= status < 400:
        target = printable(connection.hide(response.headers.get("location", "nowhere")[:_LONGEST]))
        return ApiError(f"{where} was redirected ({status}) to {target}, and not followed; correct api_url.", **facts)
    if status == 404:
        return ApiError(
            f"{where} was answered with 404{tried}: it does not exist, or this user cannot see it.{said}", **facts
        )
    return ApiError(f"{where} was answered with {status}{tried}.{said}", **facts)


def tls_failure(method: str, path: str, root: str, reason: str) -> TlsError:
    """Return the error for a certificate that is not trusted; says how to trust it."""
    return TlsError(
        f"The TLS connection to {root} failed at {method} {path}: {reason}. If its certificate is signed by an own "
        "authority, give that authority's certificate file as ca_path (BONDING_API_CA_PATH); validate_certs: false "
        "switches the check off. Nothing was sent.",
        method=method,
        path=path,
    )


def _right(method: str) -> str:
    return {"POST": "add", "PATCH": "change", "DELETE": "delete"}.get(method, "view")


def _resource(path: str) -> str:
    """Return the last collection in a path: "vxlan_interfaces" of "aggregators/7/vxlan_interfaces/3/"."""
    # Collections and ids take turns; an id may be a text, as the key of a space is.
    names = [part for part in path.split("?")[0].split("/") if part][::2]
    return names[-1].replace("_", " ") if names else "this"


def _page_words(response: Response) -> str:
    """Return a short text about a body that is not JSON: the title of an HTML page, or the start of a text."""
    text = response.body
    title = re.search(r"<title[^>]*>(.*?)</title>", text, re.IGNORECASE | re.DOTALL)
    if title:
        return f"(an HTML page) {' '.join(title.group(1).split())}"[:_LONGEST]
    if "<html" in text.lower() or "html" in response.headers.get("content-type", ""):
        return "(an HTML page without a title)"
    return " ".join(text.split())[:_LONGEST]
