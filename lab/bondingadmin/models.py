# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The tables. Interfaces, protocols and nodes of all kinds are one table each, with a proxy for each kind."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models

MODES = [
    ("managed_mesh", "Managed mesh"),
    ("unmanaged", "Unmanaged"),
    ("private_wan_routers", "With private WAN routers"),
]
PRIVATE_WAN = ("private_wan_enabled", "private_wan_mode", "private_wan_include_interfaces")
BGP = (
    "local_as",
    "local_address",
    "neighbor_address",
    "neighbor_as",
    "password",
    "multihop",
    "hold_time",
    "keepalive_time",
    "next_hop_self",
    "rr_client",
)
"""Fields of BGP protocols, in the API's order."""
SLOTS = ("import_ipv4", "export_ipv4", "import_ipv6", "export_ipv6")
SLOT_MODES = [("all", "All"), ("none", "None"), ("filter", "Filter")]
DESTINATIONS = ["gateway", "interface", "blackhole", "unreachable", "prohibit"]


class KindManager(models.Manager):
    """The rows of one kind of a table that holds several."""

    def __init__(self, **kind: str) -> None:
        super().__init__()
        self.kind = kind

    def get_queryset(self) -> Any:
        return super().get_queryset().filter(**self.kind)

    def create(self, **values: Any) -> Any:
        return super().create(**{**values, **self.kind})


class Record(models.Model):
    """Base of all models. ``revision`` counts the writes of an object and is no part of the contract."""

    revision = models.PositiveIntegerField(default=0, editable=False)

    class Meta:
        abstract = True

    def save(self, *args: Any, **options: Any) -> None:
        self.revision += 1
        super().save(*args, **options)

    def path(self) -> str:
        """Return the object's path below ``/api/v4/``."""
        raise NotImplementedError


class OfOneKind(Record.Meta):
    """``Meta`` of the models of one kind of a table that holds several; permissions are the table's."""

    proxy = True
    default_permissions = ()


class User(AbstractBaseUser, PermissionsMixin):
    email = models.EmailField(unique=True)
    is_active = models.BooleanField(default=True)
    space = models.ForeignKey("Space", null=True, on_delete=models.PROTECT)
    objects = BaseUserManager()
    USERNAME_FIELD = "email"


class Space(Record):
    name = models.CharField(max_length=100)
    key = models.SlugField(max_length=50, unique=True, error_messages={"unique": "Key must be unique."})
    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="children")
    private_wan_enabled = models.BooleanField(default=False)
    private_wan_mode = models.CharField(max_length=20, choices=MODES, default="managed_mesh")
    private_wan_include_interfaces = models.BooleanField(default=False)

    def path(self) -> str:
        return f"spaces/{self.key}/"


class RoutingGroup(Record):
    name = models.CharField(max_length=100, unique=True)

    def path(self) -> str:
        return f"routing_groups/{self.pk}/"


class Node(Record):
    """A machine: an aggregator or a bonder."""

    kind = models.CharField(max_length=10)
    name = models.CharField(max_length=100)
    space = models.ForeignKey(Space, on_delete=models.PROTECT)
    version = models.CharField(max_length=20, blank=True, default="")
    status = models.CharField(max_length=10, default="unknown")
    ip = models.GenericIPAddressField(protocol="IPv4", null=True)
    ipv6 = models.GenericIPAddressField(protocol="IPv6", null=True)
    routing_group = models.ForeignKey(RoutingGroup, null=True, on_delete=models.PROTECT)

    def path(self) -> str:
        return f"aggregators/{self.pk}/" if self.kind == "aggregator" else f"nodes/{self.pk}/"


class Aggregator(Node):
    objects = KindManager(kind="aggregator")

    class Meta:
        proxy = True


class Bonder(Node):
    objects = KindManager(kind="bonder")

    Meta = OfOneKind


class Bond(Record):
    name = models.CharField(max_length=100)
    space = models.ForeignKey(Space, on_delete=models.PROTECT)
    aggregator = models.ForeignKey(Aggregator, on_delete=models.PROTECT, related_name="bonds")
    secondary_aggregator = models.ForeignKey(
        Aggregator, null=True, on_delete=models.PROTECT, related_name="bonds_secondary"
    )
    current_aggregator = models.ForeignKey(Aggregator, on_delete=models.PROTECT, related_name="bonds_current")
    bonder = models.OneToOneField(Bonder, on_delete=models.PROTECT)

    def path(self) -> str:
        return f"bonds/{self.pk}/"


class BondInterface(Record):
    bond = models.ForeignKey(Bond, on_delete=models.CASCADE, related_name="interfaces")
    type = models.CharField(max_length=20, default="ethernet")
    name = models.CharField(max_length=15)

    def path(self) -> str:
        return f"bonds/{self.bond_id}/interfaces/{self.pk}/"


class ConnectedIP(Record):
    ROUTING = [("auto", "Automatic"), ("always", "Always"), ("never", "Never")]
    bond = models.ForeignKey(Bond, on_delete=models.CASCADE, related_name="connected_ips")
    interface = models.ForeignKey(BondInterface, on_delete=models.CASCADE, related_name="connected_ips")
    ip = models.CharField(max_length=49)
    enabled = models.BooleanField(default=True)
    include_private_wan = models.BooleanField(default=False)
    aggregator_routing = models.CharField(max_length=10, choices=ROUTING, default="auto")

    def path(self) -> str:
        return f"bonds/{self.bond_id}/connected_ips/{self.pk}/"


class CpeNatIP(Record):
    bond = models.ForeignKey(Bond, on_delete=models.CASCADE, related_name="cpe_nat_ips")
    ip = models.GenericIPAddressField(protocol="IPv4")
    nat_ip = models.GenericIPAddressField(protocol="IPv4")
    enabled = models.BooleanField(default=True)

    def path(self) -> str:
        return f"bonds/{self.bond_id}/cpe_nat_ips/{self.pk}/"


class BondRoute(Record):
    bond = models.ForeignKey(Bond, on_delete=models.CASCADE, related_name="routes")
    network = models.CharField(max_length=49)
    gateway = models.GenericIPAddressField(null=True)
    include_private_wan = models.BooleanField(default=False)
    enabled = models.BooleanField(default=True)

    def path(self) -> str:
        return f"bonds/{self.bond_id}/routes/{self.pk}/"


class Interface(Record):
    """An aggregator's interface; the fields from ``accept_ra`` on belong to one type each.

    ``addresses`` and ``endpoints`` are kept as they look on the wire, in the order in which they were written.
    """

    aggregator = models.ForeignKey(Aggregator, on_delete=models.CASCADE, related_name="interfaces")
    type = models.CharField(max_length=10)
    name = models.CharField(max_length=15)
    space = models.ForeignKey(Space, null=True, on_delete=models.PROTECT)
    enabled = models.BooleanField(default=True)
    mtu = models.PositiveIntegerField(null=True)
    addresses = models.JSONField(default=list)
    accept_ra = models.BooleanField(default=False)
    parent = models.ForeignKey("self", null=True, on_delete=models.RESTRICT, related_name="vlans")
    vlan_id = models.PositiveIntegerField(null=True)
    vni = models.PositiveIntegerField(null=True)
    endpoints = models.JSONField(default=list)

    def path(self) -> str:
        return f"aggregators/{self.aggregator_id}/{self.type}_interfaces/{self.pk}/"


class EthernetInterface(Interface):
    objects = KindManager(type="ethernet")

    Meta = OfOneKind


class VlanInterface(Interface):
    objects = KindManager(type="vlan")

    Meta = OfOneKind


class VxlanInterface(Interface):
    objects = KindManager(type="vxlan")

    Meta = OfOneKind


class Filter(Record):
    FAMILIES = [("ipv4", "IPv4"), ("ipv6", "IPv6")]
    aggregator = models.ForeignKey(Aggregator, on_delete=models.CASCADE, related_name="filters")
    name = models.CharField(max_length=64)
    family = models.CharField(max_length=4, choices=FAMILIES)
    body = models.TextField()

    def path(self) -> str:
        return f"aggregators/{self.aggregator_id}/filters/{self.pk}/"


def _slot_filter() -> models.ForeignKey:
    return models.ForeignKey(Filter, null=True, on_delete=models.RESTRICT, related_name="+")


class Protocol(Record):
    """A routing protocol of an aggregator; BGP's columns are empty, and Babel's and OSPF's lists too, for the others.

    ``babel_interfaces`` and ``ospf_areas`` hold what the API calls ``interfaces`` and ``areas``.
    """

    aggregator = models.ForeignKey(Aggregator, on_delete=models.CASCADE, related_name="protocols")
    protocol = models.CharField(max_length=10)
    name = models.CharField(max_length=64)
    enabled = models.BooleanField(default=True)
    space = models.ForeignKey(Space, null=True, on_delete=models.PROTECT)
    # BIRD's own defaults: import all, export none.
    import_ipv4_mode = models.CharField(max_length=6, choices=SLOT_MODES, default="all")
    export_ipv4_mode = models.CharField(max_length=6, choices=SLOT_MODES, default="none")
    import_ipv6_mode = models.CharField(max_length=6, choices=SLOT_MODES, default="all")
    export_ipv6_mode = models.CharField(max_length=6, choices=SLOT_MODES, default="none")
    import_ipv4_filter = _slot_filter()
    export_ipv4_filter = _slot_filter()
    import_ipv6_filter = _slot_filter()
    export_ipv6_filter = _slot_filter()
    local_as = models.PositiveBigIntegerField(null=True)
    local_address = models.GenericIPAddressField(null=True)
    neighbor_address = models.GenericIPAddressField(null=True)
    neighbor_as = models.PositiveBigIntegerField(null=True)
    password = models.CharField(max_length=80, null=True)
    multihop = models.PositiveIntegerField(null=True)
    hold_time = models.PositiveIntegerField(default=240)
    keepalive_time = models.PositiveIntegerField(default=80)
    next_hop_self = models.BooleanField(default=False)
    rr_client = models.BooleanField(default=False)
    babel_interfaces = models.JSONField(default=list)
    ospf_areas = models.JSONField(default=list)

    def path(self) -> str:
        return f"aggregators/{self.aggregator_id}/{self.protocol}_protocols/{self.pk}/"

    @property
    def active(self) -> bool:
        """Return True if the server runs the protocol: ``enabled``, and not in a space without private WAN."""
        return self.enabled and (self.space is None or self.space.private_wan_enabled)

    def slot(self, name: str) -> dict[str, Any]:
        """One of the four filter slots: {mode, filter: Filter or None}."""
        return {"mode": getattr(self, f"{name}_mode"), "filter": getattr(self, f"{name}_filter")}

    def slot_paths(self, name: str) -> tuple[str, str | None]:
        """A slot's mode and where its filter is, without reading the filter: it is on the same aggregator."""
        pk = getattr(self, f"{name}_filter_id")
        return getattr(self, f"{name}_mode"), pk and f"aggregators/{self.aggregator_id}/filters/{pk}/"

    def set_slot(self, name: str, mode: str, chosen: Filter | None) -> None:
        setattr(self, f"{name}_mode", mode)
        setattr(self, f"{name}_filter", chosen)

    def patterns(self) -> list[str]:
        """The interface patterns of Babel and OSPF."""
        blocks = self.babel_interfaces + [block for area in self.ospf_areas for block in area["interfaces"]]
        return [pattern for block in blocks for pattern in block["patterns"]]


class StaticProtocol(Protocol):
    objects = KindManager(protocol="static")

    Meta = OfOneKind


class BgpProtocol(Protocol):
    objects = KindManager(protocol="bgp")

    Meta = OfOneKind


class BabelProtocol(Protocol):
    objects = KindManager(protocol="babel")

    Meta = OfOneKind


class OspfProtocol(Protocol):
    objects = KindManager(protocol="ospf")

    Meta = OfOneKind


class StaticRoute(models.Model):
    protocol = models.ForeignKey(Protocol, on_delete=models.CASCADE, related_name="routes")
    network = models.CharField(max_length=49)
    destination = models.CharField(max_length=12)
    address = models.GenericIPAddressField(null=True)
    interface = models.ForeignKey(Interface, null=True, on_delete=models.RESTRICT, related_name="static_routes")

    class Meta:
        default_permissions = ()
