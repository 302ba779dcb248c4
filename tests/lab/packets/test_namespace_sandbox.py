# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Requirements of the packet lab, and its messages where one is missing."""

from __future__ import annotations

import pathlib

import pytest

from lab.packets import __main__ as program
from lab.packets import namespace_sandbox


def test_missing_programs_are_named_as_debian_packages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        namespace_sandbox.shutil, "which", lambda tool, path: None if tool in ("bird", "birdc", "nft") else tool
    )
    assert namespace_sandbox.missing(namespace_sandbox.PACKAGES) == ["bird2", "nftables"]
    hosts = namespace_sandbox.refused("a host", {"nft": "nftables", "ip": "iproute2"})
    assert hosts == "a host needs programs that are not here: apt-get install nftables"
    assert namespace_sandbox.refused() == (
        "the packet lab needs programs that are not here: apt-get install bird2 nftables"
    )


def test_refused_namespaces_are_told_from_failed_checks(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: pathlib.Path
) -> None:
    refusing = tmp_path / "unshare"
    refusing.write_text("#!/bin/sh\necho 'unshare: unshare failed: Operation not permitted' >&2\nexit 1\n")
    refusing.chmod(0o755)
    monkeypatch.setattr(namespace_sandbox, "missing", lambda _packages: [])
    monkeypatch.setattr(namespace_sandbox, "command", lambda words: [str(refusing), *words])
    monkeypatch.delenv(namespace_sandbox.INSIDE, raising=False)
    assert program.main([]) == program.CANNOT
    said = capsys.readouterr().out
    assert "needs network namespaces" in said
    assert "unshare: unshare failed: Operation not permitted" in said


@pytest.mark.parametrize(("user", "mapped"), [(0, []), (1000, ["--user", "--map-root-user"])])
def test_whoever_is_not_root_becomes_it_inside_only(
    monkeypatch: pytest.MonkeyPatch, user: int, mapped: list[str]
) -> None:
    monkeypatch.setattr(namespace_sandbox.os, "geteuid", lambda: user)
    words = namespace_sandbox.command(["true"])
    assert words[: words.index("sh")] == [
        "unshare", *mapped, "--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc",
    ]  # fmt: skip
    assert words[-1] == "true"
