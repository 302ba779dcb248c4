# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Addresses without their last slash."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseServerError
from django.http.response import HttpResponseBase
from django.middleware.common import CommonMiddleware

WRITES = ("POST", "PUT", "PATCH", "DELETE")
TEXT = """<!doctype html>
<html lang="en">
<head><title>Server Error (500)</title></head>
<body><h1>Server Error (500)</h1></body>
</html>
"""


class Slash(CommonMiddleware):
    """A read without the slash is redirected to the address with it; a write fails, because its body would be lost.

    Django's own APPEND_SLASH raises for a write only in debug mode and redirects otherwise; on the real server
    such a write fails.
    """

    def process_request(self, request: HttpRequest) -> HttpResponseBase | None:
        if request.method in WRITES and self.should_redirect_with_slash(request):
            return HttpResponseServerError(TEXT)
        found: HttpResponseBase | None = super().process_request(request)
        return found

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if request.method in WRITES:
            if not response.streaming and not response.has_header("Content-Length"):
                response.headers["Content-Length"] = str(len(response.content))
            return response
        found: HttpResponseBase = super().process_response(request, response)
        return found
