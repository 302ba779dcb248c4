# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Jobs by ansible-runner on the stand-ins: what AWX shows of them, and that nothing of it holds a secret."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.awx.credential_types import Json, credential_type, render
from tests.awx_programs.runner import COMMAND, Job, run_job
from tests.playbooks.running import Site, demo_hosts, demo_variables, started

SHOWN = 1024
"""Bytes of an event's output that AWX displays (EVENT_STDOUT_MAX_BYTES_DISPLAY)."""
CREDENTIALS = ("bonding_api_url", "bonding_api_username", "bonding_api_password", "aws_access_key", "aws_secret_key")
SECRET_KEY, SESSION_TOKEN, BGP_PASSWORD = "s3cret-key-of-aws", "s3ssion-token-of-aws", "s3cret-of-bgp"
PASSWORD = str(demo_variables()["bonding_api_password"])
LOGIN_HEADER = base64.b64encode(f"{demo_variables()['bonding_api_username']}:{PASSWORD}".encode()).decode()
HOSTS = sorted(demo_hosts())
SECRETS = (PASSWORD, LOGIN_HEADER, SECRET_KEY, SESSION_TOKEN, BGP_PASSWORD)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with started(tmp_path_factory.mktemp("site")) as site:
        yield site


@pytest.fixture(scope="module")
def credentials(site: Site, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Environment that the network's own type and AWX's type "Amazon Web Services" inject."""
    variables = demo_variables()
    inputs = {
        "api_url": site.server.url,
        "api_username": variables["bonding_api_username"],
        "api_password": variables["bonding_api_password"],
    }
    of_server = render(credential_type("Bonding management server"), inputs, tmp_path_factory.mktemp("credentials"))
    of_aws = {
        "AWS_ACCESS_KEY_ID": variables["aws_access_key"],
        "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
        "AWS_SECURITY_TOKEN": SESSION_TOKEN,
        "AWS_SESSION_TOKEN": SESSION_TOKEN,
    }
    return of_server | of_aws


def inventory(site: Site, hosts: list[str]) -> Json:
    """Return the demo's inventory as AWX gives it to a job, without a login; hosts in the given order."""
    variables = {key: value for key, value in demo_variables().items() if key not in CREDENTIALS}
    variables |= {
        "aws_endpoint_url": site.cloud.url,
        "bonding_bgp": variables["bonding_bgp"] | {"password": BGP_PASSWORD},
    }
    own = demo_hosts()
    return {
        "all": {"hosts": [], "vars": {}, "children": ["aggregators"]},
        "aggregators": {"hosts": hosts, "vars": variables},
        "_meta": {"hostvars": {host: own[host] for host in hosts}},
    }


@pytest.fixture(scope="module")
def plan(site: Site, credentials: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Job:
    """A job in check mode, from an empty account."""
    site.reset()
    before = site.server.state(), site.cloud.state()
    job = run_job(tmp_path_factory.mktemp("plan") / "job", inventory(site, HOSTS), credentials, cmdline="--check")
    assert job.code == 0, job.output
    assert site.writes() == []
    assert (site.server.state(), site.cloud.state()) == before
    return job


@pytest.fixture(scope="module")
def applied(site: Site, credentials: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Job:
    """A job that builds the network, with the details of its plan."""
    site.reset()
    job = run_job(tmp_path_factory.mktemp("apply") / "job", inventory(site, HOSTS), credentials, cmdline="--diff")
    assert job.code == 0, job.output
    return job


def planned(job: Job) -> list[str]:
    """Return the lines of the plan of a job, as the module returns them."""
    (result,) = job.results("runner_on_ok", "Plan the network")
    return [str(line) for line in result["text"] if line]


def changes(job: Job) -> list[str]:
    """Return the lines of a plan before its counts; after these a job with details lists more limits."""
    lines = planned(job)
    return lines[: next(number for number, line in enumerate(lines) if line.startswith("phase "))]


def test_each_line_of_the_plan_is_shown_whole(plan: Job) -> None:
    lines = planned(plan)
    assert len(lines) > 100
    shown = plan.lines()
    assert [line for line in lines if line not in shown] == []
    too_long = [event["stdout"] for event in plan.events if len(event["stdout"].encode()) > SHOWN]
    assert [text for text in too_long if any(line in text for line in lines)] == []


def test_the_order_of_the_inventory_does_not_change_the_plan(
    site: Site, credentials: dict[str, str], plan: Job, tmp_path: Path
) -> None:
    site.reset()
    other = run_job(tmp_path / "job", inventory(site, HOSTS[::-1]), credentials, cmdline="--check")
    assert other.code == 0, other.output
    assert planned(other) == planned(plan)


def test_an_apply_builds_what_the_plan_shows(site: Site, plan: Job, applied: Job) -> None:
    assert changes(applied) == changes(plan)
    assert set(site.ours("vpcs")) == {"vpc/acme", "vpc/globex", "vpc/initech"}


@pytest.mark.parametrize("name", ["plan", "applied"])
def test_no_secret_is_in_what_a_job_leaves(request: pytest.FixtureRequest, name: str) -> None:
    job: Job = request.getfixturevalue(name)
    texts = dict(job.files())
    assert len([file for file in texts if file.startswith("job_events/")]) == len(job.events) > 0
    assert {"output", "stdout", "rc", "status"} <= texts.keys()
    assert [(secret, file) for file, text in texts.items() for secret in SECRETS if secret in text] == []


def test_a_job_has_the_secrets_that_are_searched_for(site: Site, applied: Job) -> None:
    given = (applied.artifacts / COMMAND).read_text(encoding="utf-8")
    assert [secret for secret in (PASSWORD, SECRET_KEY, SESSION_TOKEN) if secret not in given] == []
    sessions = [one for aggregator in site.server.state()["aggregators"] for one in aggregator["protocols"]]
    assert {one["password"] for one in sessions if one.get("password")} == {BGP_PASSWORD}


def test_an_empty_group_fails_with_one_line(site: Site, credentials: dict[str, str], tmp_path: Path) -> None:
    site.server.clear_log()
    site.cloud.clear_log()
    job = run_job(tmp_path / "job", inventory(site, []), credentials)
    assert job.code == 2, job.output
    (failed,) = job.results("runner_on_failed")
    assert failed["msg"].startswith("The group aggregators has no host in this inventory. Nothing was changed.")
    assert len([line for line in job.lines() if "has no host" in line]) == 1
    assert (site.server.log(), site.cloud.log()) == ([], [])
