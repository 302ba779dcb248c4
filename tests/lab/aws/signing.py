# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Signatures of requests that boto3 would not send, for tests."""

from __future__ import annotations

from .conftest import ACCESS_KEY


def scope(region: str = "eu-central-1", service: str = "ec2", key: str = ACCESS_KEY) -> str:
    """Return a header whose credential scope names this key, region and service; nobody looks at the signature."""
    credential = f"{key}/20260101/{region}/{service}/aws4_request"
    return f"AWS4-HMAC-SHA256 Credential={credential}, SignedHeaders=host, Signature=0"
