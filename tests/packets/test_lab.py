# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The packet lab itself, on a small network that both stand-ins hold from the beginning (no site.yml): real packets.

`make packets` is the same on what site.yml makes of the demonstration.
"""

from __future__ import annotations

import os
import pathlib
import signal
import subprocess
import sys
import time

import pytest
import yaml

from lab.packets import namespace_sandbox
from lab.process import ROOT

SMALL = pathlib.Path(__file__).parent / "small"
PARTS = ("Public addresses", "Private WAN")
REFUSED = namespace_sandbox.refused()

pytestmark = pytest.mark.skipif(bool(REFUSED), reason=REFUSED)


def environment() -> dict[str, str]:
    return {key: value for key, value in os.environ.items() if key != namespace_sandbox.INSIDE}


def command(seeds: pathlib.Path, *parts: str) -> list[str]:
    chosen = [word for part in parts or PARTS for word in ("--part", part)]
    return [sys.executable, "-m", "lab.packets", *chosen, "--seeds", str(seeds)]


def run(seeds: pathlib.Path, *parts: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(seeds, *parts), cwd=ROOT, capture_output=True, text=True, check=False, env=environment()
    )


def test_packets_find_a_moved_bond_s_address_and_the_space_s_lans() -> None:
    done = run(SMALL)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "203.0.113.50 -> 192.168.17.10; 192.168.17.10 -> Internet as 203.0.113.50" in done.stdout
    assert done.stdout.splitlines()[-1].startswith("packets: OK, 6 checks")


def test_a_wrong_vni_on_one_aggregator_fails_the_run(tmp_path: pathlib.Path) -> None:
    server = yaml.safe_load((SMALL / "bondingadmin.yml").read_text())
    for interface in server["aggregator_interfaces"]:
        if (interface["aggregator"], interface["name"]) == ("agg2", "vx10000000"):
            interface["vni"] = 10000099
            interface["endpoints"][0]["vni"] = 10000099
    (tmp_path / "bondingadmin.yml").write_text(yaml.safe_dump(server))
    (tmp_path / "aws.yml").write_text((SMALL / "aws.yml").read_text())
    done = run(tmp_path)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "nobody answers at 203.0.113.50" in done.stdout
    last = done.stdout.splitlines()[-1]
    assert last == "packets: FAILED, 1 of 6 checks: CPE NAT IP of acme-berlin for 192.168.17.10"


def test_an_address_that_is_absent_fails_the_run(tmp_path: pathlib.Path) -> None:
    aws = yaml.safe_load((SMALL / "aws.yml").read_text())
    del aws["secondary_addresses"]
    for field in ("interface", "private_ip"):
        del aws["elastic_ips"][0][field]
    (tmp_path / "aws.yml").write_text(yaml.safe_dump(aws))
    (tmp_path / "bondingadmin.yml").write_text((SMALL / "bondingadmin.yml").read_text())
    done = run(tmp_path, "Public addresses")
    assert done.returncode == 1, done.stdout + done.stderr
    assert "the server has the CPE NAT IP 10.1.0.50, which must be a private address of an aggregator" in done.stdout
    assert done.stdout.splitlines()[-1] == "packets: FAILED, 1 of 3 checks: CPE NAT IP of acme-berlin for 192.168.17.10"


def child(process: int) -> int:
    """The only child of a process."""
    (found,) = pathlib.Path(f"/proc/{process}/task/{process}/children").read_text().split()
    return int(found)


def inhabitants(sandbox: str) -> list[int]:
    """The processes of a process namespace."""
    found = []
    for folder in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            if os.readlink(folder / "ns" / "pid") == sandbox:
                found.append(int(folder.name))
        except OSError:
            continue
    return found


@pytest.mark.parametrize("signal_number", [signal.SIGKILL, signal.SIGTERM])
def test_nothing_is_left_after_a_kill(signal_number: signal.Signals) -> None:
    with subprocess.Popen(command(SMALL), cwd=ROOT, stdout=subprocess.PIPE, text=True, env=environment()) as process:
        assert process.stdout is not None
        try:
            assert any("BIRD daemons" in line for line in process.stdout)
            sandbox = os.readlink(f"/proc/{child(child(process.pid))}/ns/pid")
            # The program, two stand-ins, four BIRD daemons.
            assert len(inhabitants(sandbox)) >= 7
        finally:
            process.send_signal(signal_number)
    deadline = time.monotonic() + 10
    while (left := inhabitants(sandbox)) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert left == []
