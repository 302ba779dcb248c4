# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Inventory of the aggregators of a management server, with their instances on AWS."""

from __future__ import annotations

DOCUMENTATION = r"""
name: aggregators
short_description: Aggregators of the management server, with their instances on AWS
version_added: "1.0.0"
author:
  - The bonded.internet contributors (@bonded-internet)
description:
  - Makes a host of each aggregator that the user of the management server can see, and joins it to its EC2 instance,
    so that no inventory holds an instance ID or a region.
  - The file's name ends with C(.bonding.yml) or C(.bonding.yaml).
  - Reads lists only. C(aggregators/), C(bonds/), C(routing_groups/) where an aggregator has one, and DescribeInstances
    for each region and profile. It writes nothing.
  - A host has the name of its aggregator, and the variables that the playbooks read, C(bonding_aggregator),
    C(aws_instance_id), C(aws_region), C(aws_private_ip_address), and C(ansible_host) with the aggregator's address.
  - For groups and expressions it also has C(aggregator_bonds) (IDs of its bonds by space, C(primary) and
    C(secondary)), C(aggregator_spaces), C(aggregator_name), C(aggregator_ip), C(aggregator_ipv6),
    C(aggregator_space), C(aggregator_routing_group), C(aggregator_status), C(aggregator_version), C(aws_account_id),
    C(aws_availability_zone), C(aws_instance_state), C(aws_instance_type), C(aws_network_interface_id) (the primary
    one), C(aws_public_ip_address), C(aws_security_group_ids), C(aws_subnet_id), C(aws_tags), C(aws_vpc_id).
    What is not known is left out.
  - All hosts are in the group C(aggregators), those without an instance also in C(not_on_aws). The variable
    C(bonding_members) of the group C(aggregators) lists all aggregators, with C(name), C(aggregator), C(instance_id)
    and C(region), whatever O(ignore:limit) or slice a run has.
  - No problem makes a smaller inventory. Two instances for one aggregator, two aggregators for one instance, a region
    that refuses, a server that lists no aggregator, and instances of which none is an aggregator, each are an error.
    It ends the program, as C(any_unparsed_is_failed) in the section C([inventory]) of C(ansible.cfg) does for
    every source. Without that, Ansible would warn, and go on with the hosts of other sources.
  - An empty environment variable counts as not set.
extends_documentation_fragment:
  - ansible.builtin.constructed
  - ansible.builtin.inventory_cache
requirements:
  - "The Python libraries requests, boto3 and botocore in Ansible's own Python."
options:
  plugin:
    description: The name of this plugin.
    type: str
    required: true
    choices: [bonded.internet.aggregators]
  api_url:
    description: The URL of the management server, like V(https://bonding.example.com).
    type: str
    env: [{name: BONDING_API_URL}]
  api_username:
    description: The e-mail address of the user to log in as.
    type: str
    env: [{name: BONDING_API_USERNAME}]
  api_password:
    description: The password of O(api_username).
    type: str
    env: [{name: BONDING_API_PASSWORD}]
  api_token:
    description: An API token. It is used in place of O(api_username) and O(api_password) where both are given.
    type: str
    env: [{name: BONDING_API_TOKEN}]
  validate_certs:
    description:
      - Whether the certificate of the management server must be trusted. That of AWS always must.
      - In E(BONDING_API_VALIDATE_CERTS) the word C(False) is refused, since AWX gives it for a field that nobody has
        filled. Only C(false), C(no) and C(0) turn the verification off there.
    type: bool
    default: true
    env: [{name: BONDING_API_VALIDATE_CERTS}]
  ca_path:
    description: A file with the certificates to trust in place of those of the system, for the management server.
    type: str
    env: [{name: BONDING_API_CA_PATH}]
  api_timeout:
    description: The most seconds that the management server may take for each answer.
    type: int
    default: 30
    env: [{name: BONDING_API_TIMEOUT}]
  api_map:
    description:
      - The names by which this server differs from those that the collection assumes, as a dictionary or a YAML file
        that holds
        one. See O(bonded.internet.aggregator_info#module:api_map).
    type: raw
    env: [{name: BONDING_API_MAP}]
  regions:
    description:
      - The regions of the aggregators. If not given, the region of boto3's own configuration is used.
      - Each must answer. A region that refuses is an error.
    type: list
    elements: str
    default: []
    env: [{name: AWS_REGION}]
  profiles:
    description:
      - The profiles of AWS to read with, one for each account. Not to be given together with O(access_key).
      - With neither, the credentials are those of boto3's default chain, such as an instance's role.
    type: list
    elements: str
    default: []
    env: [{name: AWS_PROFILE}]
  access_key:
    description: The access key ID.
    type: str
    env: [{name: AWS_ACCESS_KEY_ID}]
  secret_key:
    description: The secret access key.
    type: str
    env: [{name: AWS_SECRET_ACCESS_KEY}]
  session_token:
    description: The session token of temporary credentials.
    type: str
    env: [{name: AWS_SESSION_TOKEN}]
  endpoint_url:
    description: The URL of EC2, in place of AWS's own.
    type: str
    env: [{name: AWS_URL}]
  aws_ca_bundle:
    description: A file with the certificates to trust in place of boto3's own, for AWS.
    type: str
    env: [{name: AWS_CA_BUNDLE}]
  filters:
    description:
      - Filters of DescribeInstances, such as C(tag:Role) with V(aggregator), for accounts with many other instances.
      - Without C(instance-state-name), terminated instances are left out.
    type: dict
    default: {}
  join:
    description:
      - By what an instance is known to be an aggregator. V(public_ip) is the address of the aggregator on the server,
        on any network interface of the instance, Elastic or automatic. V(tag:NAME) is a tag of the instance whose
        value is the aggregator's name or ID.
      - All of them are looked at. If they name two instances, it is an error.
      - With an empty list and no O(instances), AWS is not asked.
    type: list
    elements: str
    default: [public_ip]
  instances:
    description:
      - The instance ID of single aggregators, by the aggregator's name or ID. It counts more than O(join).
      - V(null) says that the aggregator is on no instance, which then is not warned of.
    type: dict
    default: {}
  hostnames:
    description:
      - The name of single aggregators in the inventory, by the aggregator's name or ID, where it is not that on the
        server. The objects of a network carry the names of hosts, so that a network that exists wants the same names.
    type: dict
    default: {}
  group_by:
    description:
      - The groups that are made, beside those of C(keyed_groups) and C(groups).
      - V(space) makes a group C(space_KEY) of the aggregators that are primary or secondary aggregator of a bond of
        the space, V(region) a group C(region_NAME), V(vpc) a group with the ID of the VPC, V(routing_group) a group
        C(routing_group_NAME). Other characters than letters and digits become C(_).
    type: list
    elements: str
    choices: [space, region, vpc, routing_group]
    default: [space, region, vpc, routing_group]
  allow_empty:
    description: Accept a server that lists no aggregator, and that none of them is on an instance.
    type: bool
    default: false
  cache_max_age:
    description:
      - With O(cache), the seconds for which an answer of both sides is used again, whatever O(cache_timeout) says.
        After that both sides are read, and where that fails, the inventory fails. No older answer is used.
      - After a change of instances, addresses or aggregators, read anew with C(--flush-cache).
    type: int
    default: 600
notes:
  - Options are taken as they are, without templates. Secrets come from the environment, a vault or an AWX credential.
  - The IAM policy needs C(ec2:DescribeInstances) alone.
  - A cache holds no credentials, and is not used after a change of an option that decides what is read.
seealso:
  - module: bonded.internet.aggregator_info
  - module: bonded.internet.network_plan
"""

EXAMPLES = r"""
# prod.bonding.yml: server and credentials come from the environment (BONDING_API_URL, AWS_ACCESS_KEY_ID, ...).
plugin: bonded.internet.aggregators
regions: [eu-central-1, eu-west-1]

---
# Two accounts, aggregators behind a NAT that a tag names, and one that is in another cloud.
plugin: bonded.internet.aggregators
api_url: https://bonding.example.com
regions: [eu-central-1]
profiles: [prod, prod-old]
join: [public_ip, "tag:BondingAggregator"]
instances:
  frankfurt-9: null
hostnames:
  frankfurt-1: agg1

---
# Groups by availability zone and for aggregators of 6.6, SSH by private address, and a cache of five minutes.
plugin: bonded.internet.aggregators
regions: [eu-central-1]
keyed_groups:
  - key: aws_availability_zone
    prefix: zone
groups:
  version_6_6: aggregator_version.startswith('6.6.')
compose:
  ansible_host: aws_private_ip_address
cache: true
cache_plugin: ansible.builtin.jsonfile
cache_connection: ~/.cache/bonding
cache_max_age: 300
"""

import dataclasses
import hashlib
import json
import time
from collections.abc import Mapping
from typing import Any

from ansible import constants
from ansible.errors import AnsibleError, AnsibleParserError
from ansible.plugins.inventory import BaseInventoryPlugin, Cacheable, Constructable
from ansible.utils.unsafe_proxy import wrap_var

from ansible_collections.bonded.internet.plugins.module_utils._live_inventory import (
    MEMBERS,
    LiveInventory,
    LiveInventoryError,
)
from ansible_collections.bonded.internet.plugins.module_utils._printable import printable
from ansible_collections.bonded.internet.plugins.plugin_utils._live_options import (
    SECRETS,
    empty_variables_unset,
    read_options,
)
from ansible_collections.bonded.internet.plugins.plugin_utils._live_reader import read_inventory

CACHE_FORMAT = 1


class InventoryModule(BaseInventoryPlugin, Constructable, Cacheable):
    """The plugin."""

    NAME = "bonded.internet.aggregators"

    def verify_file(self, path: str) -> bool:
        """Return True if the file is one of this plugin."""
        return bool(super().verify_file(path)) and path.endswith((".bonding.yml", ".bonding.yaml"))

    def parse(self, inventory: Any, loader: Any, path: str, cache: bool = True) -> None:
        """Add all hosts, or end the program: with a host less, a network would become a smaller one."""
        super().parse(inventory, loader, path, cache)
        # else Ansible warns of a source that fails, and goes on with what other sources have
        before, constants.INVENTORY_ANY_UNPARSED_IS_FAILED = constants.INVENTORY_ANY_UNPARSED_IS_FAILED, True
        try:
            with empty_variables_unset():
                options = read_options(self._read_config_data(path), self.get_option)
                found = self._cached(options, path, cache) or self._read(options, path)
            self._add(found)
        except (AnsibleError, LiveInventoryError) as error:
            raise AnsibleParserError("\n".join(map(printable, str(error).splitlines()))) from error
        constants.INVENTORY_ANY_UNPARSED_IS_FAILED = before

    def _read(self, options: Mapping[str, Any], path: str) -> LiveInventory:
        """Return the inventory as both sides have it, and keep it in the cache.

        :raises LiveInventoryError: with the problems of both sides
        """
        found = read_inventory(options)
        if self.get_option("cache"):
            entry = {"format": CACHE_FORMAT, "options": _digest(options), "read_at": time.time()}
            self._cache[self.get_cache_key(path)] = {**entry, "inventory": dataclasses.asdict(found)}
        return found

    def _cached(self, options: Mapping[str, Any], path: str, cache: bool) -> LiveInventory | None:
        """Return the inventory of the cache, None if there is none that may be used."""
        if not cache or not self.get_option("cache"):
            return None
        try:
            entry = self._cache[self.get_cache_key(path)]
        except KeyError:
            return None
        age = time.time() - entry.get("read_at", 0)
        if entry.get("format") != CACHE_FORMAT or entry.get("options") != _digest(options):
            return None
        if not 0 <= age <= self.get_option("cache_max_age"):
            return None
        self.display.vvv(f"{path}: taken from the cache, {age:.0f} seconds old")
        return LiveInventory(**entry["inventory"])

    def _add(self, found: LiveInventory) -> None:
        """Add hosts, variables and groups. Names of the server and tags are no templates."""
        strict = self.get_option("strict")
        for group in found.groups:
            self.inventory.add_group(group)
        for host, own in found.hosts.items():
            variables = wrap_var(own)
            self.inventory.add_host(host)
            for name, value in variables.items():
                self.inventory.set_variable(host, name, value)
            self._set_composite_vars(self.get_option("compose"), variables, host, strict=strict)
            self._add_host_to_composed_groups(self.get_option("groups"), variables, host, strict=strict)
            self._add_host_to_keyed_groups(self.get_option("keyed_groups"), variables, host, strict=strict)
        for group, hosts in found.groups.items():
            for host in hosts:
                self.inventory.add_child(group, host)
        self.inventory.set_variable("aggregators", MEMBERS, wrap_var(found.members))
        for text in found.warnings:
            self.display.warning(printable(text))


def _digest(options: Mapping[str, Any]) -> str:
    """Return a digest of what decides what is read, without secrets."""
    shown = {name: value for name, value in options.items() if name not in SECRETS}
    return hashlib.sha256(json.dumps(shown, sort_keys=True, default=str).encode()).hexdigest()
