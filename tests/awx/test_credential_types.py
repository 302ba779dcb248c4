# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Credential types for AWX: an unset field weakens nothing and hides nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from botocore.credentials import AssumeRoleProvider, Credentials
from botocore.session import Session

from ansible_collections.bonded.internet.plugins.module_utils._client import Connection
from ansible_collections.bonded.internet.plugins.module_utils._module import connection_of
from ansible_collections.bonded.internet.plugins.module_utils._options import CONNECTION_SPEC
from tests.awx.credential_types import Json, credential_type, load, render, validate
from tests.certificates import self_signed

SERVER, INVENTORY = "Bonding management server", "Bonding inventory"
KEYS = {"aws_access_key": "AKIA0000EXAMPLE00000", "aws_secret_key": "secret%key", "aws_session_token": "session=token"}
ROLE = {"aws_role": "arn:aws:iam::123456789012:role/bonding"}


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    """Function that gives this process the environment of a job with a credential, and returns it."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE", "AWS_REGION"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))

    def inject(name: str, **inputs: str | bool) -> dict[str, str]:
        variables = render(credential_type(name), {"api_url": "https://bonding.example.com", **inputs}, tmp_path)
        for variable, value in variables.items():
            monkeypatch.setenv(variable, value)
        return variables

    return inject


def connection() -> Connection:
    """Return the connection that a module makes of its environment."""
    read = ArgumentSpecValidator(CONNECTION_SPEC).validate({})
    assert read.error_messages == []
    return connection_of(read.validated_parameters)


@pytest.mark.parametrize(
    "kind", load("credential_types.yml")["controller_credential_types"], ids=lambda kind: kind["name"]
)
def test_awx_accepts_the_type(kind: Json) -> None:
    validate(kind)
    fields = {field["id"]: field for field in kind["inputs"]["fields"]}
    assert {name for name, field in fields.items() if field.get("secret")} == {
        name for name in fields if name.endswith(("token", "password", "secret_key"))
    }
    assert set(kind["inputs"]["required"]) <= fields.keys()


def test_a_field_that_no_input_has_is_refused() -> None:
    kind = credential_type(SERVER)
    kind["injectors"] = {"file": {}, "env": {"BONDING_API_URL": "{{ url }}"}}
    with pytest.raises(Exception, match="'url' is undefined"):
        validate(kind)


@pytest.mark.parametrize("name", [SERVER, INVENTORY])
def test_unset_fields_keep_the_check_of_the_certificate(environment: Any, name: str) -> None:
    environment(name)
    found = connection()
    assert found == Connection("https://bonding.example.com", username="", password="", token="", ca_path="")
    assert found.validate_certs
    assert found.warnings() == []


@pytest.mark.parametrize("name", [SERVER, INVENTORY])
def test_all_fields_arrive(environment: Any, name: str, tmp_path: Path) -> None:
    certificate = self_signed(tmp_path).read_text(encoding="utf-8")
    environment(name, api_token="t0ken", insecure=True, certificate_authority=certificate)
    found = connection()
    found.check()
    assert (found.token, found.validate_certs) == ("t0ken", False)
    assert found.ca_path is not None
    assert Path(found.ca_path).read_text(encoding="utf-8").strip() == certificate.strip()


def test_unset_aws_fields_leave_the_role_of_the_instance(environment: Any) -> None:
    variables = environment(INVENTORY)
    assert [name for name in variables if name.startswith("AWS_")] == ["AWS_CONFIG_FILE"]
    session = Session()
    assert session.full_config["profiles"] == {"default": {}}
    assert session.get_config_variable("region") is None
    providers = session.get_component("credential_provider").providers
    names = [one.METHOD for one in providers]
    asked = [one for one in providers if one.METHOD not in ("container-role", "iam-role", "boto-config")]
    assert names[-1] == "iam-role"
    assert [one.METHOD for one in asked if one.load() is not None] == []


def test_keys_and_region_arrive(environment: Any) -> None:
    environment(INVENTORY, aws_region="eu-central-1", **KEYS)
    session = Session()
    assert session.get_config_variable("region") == "eu-central-1"
    found: Any = session.get_credentials()
    assert (found.access_key, found.secret_key, found.token) == tuple(KEYS.values())


@pytest.mark.parametrize("keys", [KEYS, {}], ids=["by keys", "by the instance"])
def test_the_role_is_assumed(environment: Any, keys: dict[str, str]) -> None:
    environment(INVENTORY, **ROLE, **keys)
    session = Session()
    calls: list[Json] = []

    def client(_service: str, **credentials: str) -> Any:
        calls.append(credentials)
        raise InterruptedError

    class Instance:
        """Credentials that the instance would answer with."""

        def source_credentials(self, source: str) -> Credentials:
            assert source == "Ec2InstanceMetadata"
            return Credentials("INSTANCE", "secret", "token")

        def is_supported(self, source: str) -> bool:
            return source == "Ec2InstanceMetadata"

    instance: Any = Instance()
    provider: Any = AssumeRoleProvider(lambda: session.full_config, client, {}, "default", input, instance)
    assert session.full_config["profiles"]["default"]["role_arn"] == ROLE["aws_role"]
    with pytest.raises(InterruptedError):
        provider.load().get_frozen_credentials()
    assert [call["aws_access_key_id"] for call in calls] == [keys.get("aws_access_key", "INSTANCE")]
