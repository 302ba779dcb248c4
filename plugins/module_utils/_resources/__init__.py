# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The one table of the management server's resources."""

from __future__ import annotations

from .api_map import ApiMap, ApiMapError, read_map
from .map_file import load_map
from .resource import Field, Listing, Resource
from .shape_errors import ShapeError
from .table import INTERFACE_KINDS, LISTINGS, PROTOCOL_KINDS, RESOURCES
from .wire import TABLE, Table
