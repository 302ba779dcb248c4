# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The option `api_map`: a mapping, or a file with one."""

from __future__ import annotations

import os
from typing import Any

from ansible.module_utils.common.yaml import HAS_YAML, yaml_load

from .api_map import ApiMap, ApiMapError, read_map

_MOST_BYTES = 1_000_000


def load_map(given: Any) -> ApiMap:
    """Return the map of the option: a mapping, a text that holds one, or the path of a YAML file.

    :raises ApiMapError: naming the file and the entry
    """
    if not isinstance(given, str):
        return read_map(given)
    text = given.strip()
    if not text:
        return ApiMap()
    if text.startswith("{"):
        return read_map(_parsed(text, "the text"))
    path = os.path.expanduser(text)
    try:
        with open(path, encoding="utf-8") as file:
            content = file.read(_MOST_BYTES + 1)
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise ApiMapError(f"api_map: the file {path!r} cannot be read: {why}.") from error
    if len(content) > _MOST_BYTES:
        raise ApiMapError(f"api_map: the file {path!r} has more than {_MOST_BYTES} characters.")
    try:
        return read_map(_parsed(content, f"the file {path!r}"))
    except ApiMapError as error:
        raise error if path in str(error) else ApiMapError(f"{str(error).removesuffix('.')} (in {path}).") from error


def _parsed(text: str, what: str) -> Any:
    if not HAS_YAML:
        raise ApiMapError(f"api_map: {what} cannot be read: this Python has no PyYAML. Give a dictionary.")
    try:
        return yaml_load(text)
    except Exception as error:
        # PyYAML has an error of its own for each kind of mistake, and none is there where PyYAML is not.
        raise ApiMapError(f"api_map: {what} is not YAML: {' '.join(str(error).split())}.") from error
