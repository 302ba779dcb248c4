#!/usr/bin/python
# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: network_plan
short_description: Plan a network of bonding aggregators on AWS, on both sides
version_added: "1.0.0"
author:
  - The bonded.internet contributors (@bonded-internet)
description:
  - Reads the management server and AWS, validates the whole inventory, and returns what has to be done, in phases.
  - Reports all problems at once, and changes nothing on either side, ever. The roles of this collection do the work
    that it returns.
  - In check mode it reports RV(ignore:changed) and the diff of the whole network, also from an empty account.
  - Runs once for a whole group of aggregators; see the playbook C(bonded.internet.site).
extends_documentation_fragment:
  - bonded.internet.bonding
  - bonded.internet.attributes
  - bonded.internet.attributes.bonding_and_aws
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
attributes:
  check_mode:
    support: full
    details:
      - It never writes to either side. In check mode it reports whether a real run of the roles would change anything.
  diff_mode:
    support: full
  idempotent:
    support: full
options:
  validate_certs:
    description:
      - Whether the certificate of the management server must be trusted. That of AWS always must;
        see O(aws_ca_bundle).
      - If not given, the environment variable E(BONDING_API_VALIDATE_CERTS) is used.
    type: bool
    default: true
  network:
    description:
      - The name of the network. What carries it belongs to this collection, and nothing else does.
      - A small letter, then up to 15 small letters, digits or underscores.
    type: str
    required: true
  state:
    description:
      - V(present) plans the network as described, V(absent) the removal of all that is ours.
      - V(followed) and V(evacuated) plan moves of public addresses and nothing else; see O(follow_bonds) and
        O(evacuate).
      - V(audited) plans nothing, and returns RV(audit). It reads what can be read, and never fails because of a problem
        of the network, or because a side does not answer. It is about the whole network, whatever O(hosts) and O(parts)
        say.
    type: str
    choices: [present, absent, followed, evacuated, audited]
    default: present
  aggregators:
    description:
      - The aggregators of the network. M(bonded.internet.network_inventory) returns this list, and the filter
        P(bonded.internet.with_answers#filter) adds O(aggregators[].found).
    type: list
    elements: dict
    required: true
    suboptions:
      host:
        description: The name in the inventory.
        type: str
        required: true
      aggregator:
        description: Digits are the id on the management server, anything else is the exact name there.
        type: str
        required: true
      index:
        description: The host part of tunnel addresses. Default is the id on the management server.
        type: int
      instance_id:
        description: The EC2 instance.
        type: str
      region:
        description: The region of the instance. Default is O(region).
        type: str
      private_ip_address:
        description: The primary private address. Default is that of the instance.
        type: str
      reachable:
        description: Whether its private address is reached from other VPCs.
        type: bool
        default: false
      primary_devices:
        description: Names that its primary network device may have, which no interface may take.
        type: list
        elements: str
        default: [eth0, ens5]
      manage_host:
        description:
          - Whether the collection configures the aggregator over SSH, so that O(aggregators[].found) is there.
        type: bool
        default: false
      renamed_from:
        description:
          - The name of the host in the inventory before. Its objects on AWS get the new one in their tags.
        type: str
      host_skip:
        description:
          - Parts of the aggregator's host configuration that are left alone; V(checks) are those of this module.
        type: list
        elements: str
        choices: [attach, checks, firewall, masquerade, converge, return_routes]
        default: []
      found:
        description:
          - The answer of M(bonded.internet.aggregator_host_info) on the host, or C(unreachable) with the reason.
        type: dict
  spaces:
    description: The spaces with a private WAN.
    type: list
    elements: dict
    default: []
    suboptions:
      key:
        description: The key of the space on the management server.
        type: str
        required: true
      private_wan:
        description: V(managed_mesh) or V(unmanaged). V(private_wan_routers) does not work on AWS and is refused.
        type: str
        required: true
      vxlan:
        description: Direct VXLAN peering; optional with V(managed_mesh), required with V(unmanaged).
        type: dict
        suboptions:
          subnet:
            description: The network of the tunnel addresses, of private address space.
            type: str
            required: true
          vni:
            description: The VNI. Default is an existing one, else O(vni_base) plus the id of the space.
            type: int
          interface:
            description: The name of the interface. Default is C(vx) and the VNI.
            type: str
          addresses:
            description:
              - Tunnel addresses by host of O(aggregators).
              - Default is the base of the subnet plus the index of the host.
            type: dict
            default: {}
          aggregators:
            description:
              - V(all) the hosts, those V(involved) (aggregators of the bonds of the space, and its gateways), or a list
                of hosts.
            type: list
            elements: str
            default: [all]
          protocol:
            description: The routing protocol.
            type: str
            choices: [babel, ospf]
            default: babel
      vpc:
        description: The VPC of the space, to be made (O(spaces[].vpc.cidr)) or adopted (O(spaces[].vpc.id)).
        type: dict
        suboptions:
          cidr:
            description: The IPv4 network of a VPC to be made.
            type: str
          id:
            description:
              - An existing VPC. It is never changed or deleted, nor are its subnets, route tables, internet gateway and
                NAT gateways.
            type: str
          ipv6:
            description: Whether the VPC gets a block of IPv6 addresses from Amazon.
            type: bool
            default: false
          subnets:
            description: Subnets for gateways. Default is one /24 for each zone that has a gateway.
            type: list
            elements: dict
            suboptions:
              zone:
                description: The availability zone.
                type: str
                required: true
              cidr:
                description: The network, inside that of the VPC.
                type: str
                required: true
          public_subnets:
            description:
              - Subnets for the NAT gateways of O(spaces[].gateways[].egress=nat_gateway).
              - Default is a /28 for each zone that has one, counted from the end of the network of the VPC.
            type: list
            elements: dict
            suboptions:
              zone:
                description: The availability zone.
                type: str
                required: true
              cidr:
                description: The network, inside that of the VPC.
                type: str
                required: true
      gateways:
        description: Gateways of the space.
        type: list
        elements: dict
        default: []
        suboptions:
          aggregator:
            description: The host.
            type: str
            required: true
          networks:
            description:
              - The (super)nets of the private WAN that the VPC sends to the gateway.
              - V(auto) works them out, in each run, of the connected IPs and routes of the bonds of the space that have
                C(include_private_wan); it costs two requests a bond. They are joined until they are no more than
                O(spaces[].gateways[].max_networks), never beyond private address space, and never so that they take in
                the network of a VPC, of tunnels, of the aggregators, or a route of others.
              - What no bond has of them ends at the gateway, as C(unreachable), but for what the VPC leads elsewhere.
            type: list
            elements: str
            default: []
          max_networks:
            description: The most networks that V(auto) makes.
            type: int
            default: 4
          egress:
            description:
              - The way of the private WAN's traffic to the Internet.
              - V(masquerade) lets the aggregator translate it to the private address of the network interface, which
                has the Elastic IP. It lets single ports in (O(spaces[].gateways[].port_forwards)).
              - V(nat_gateway) makes an AWS NAT gateway in a public subnet of the VPC. It serves one gateway of one
                space, and lets nothing in. With O(spaces[].vpc.ipv6=true) IPv6 leaves by an egress-only internet
                gateway.
              - With O(spaces[].vpc.id) the V(nat_gateway) is your own, to which the route table of
                O(spaces[].gateways[].subnet_id) leads. O(spaces[].gateways[].route_tables) then has the table of the
                NAT gateway's own subnet too, by which answers come back.
              - V(none) translates nothing (AN-001 to the letter), so that hosts in the VPC are reached, and hosts on
                the Internet are not.
            type: str
            choices: [masquerade, nat_gateway, none]
            default: masquerade
          vpc_routes:
            description:
              - Whether the route tables of the VPC send O(spaces[].gateways[].networks) to the gateway.
              - V(nat_gateway) and V(none) need it.
            type: bool
            default: true
          route_tables:
            description: The route tables. Default is the main one and the one that was made with the VPC.
            type: list
            elements: str
          interface:
            description:
              - The name of the device on the aggregator. Needed without O(aggregators[].manage_host); else the default
                is the one that the device has, or C(gw) and the id of the space.
            type: str
          standby:
            description:
              - The host with a second network interface of the gateway, which C(bonded.internet.evacuate) lets take its
                place. It has all but the Elastic IP and the routes of the VPC, and its static routes count only where
                the space has no other default route. With V(nat_gateway) it is in the same zone.
            type: str
          standby_interface:
            description:
              - The name of the device on the standby. Default is that of O(spaces[].gateways[].interface).
            type: str
          incoming:
            description:
              - Further devices by which packets of the space come to the aggregator, for V(masquerade).
              - The tunnels of the bonds and the interfaces that the server shows are known; that of the managed mesh
                is not.
            type: list
            elements: str
          subnet_id:
            description: The subnet of the network interface, for an adopted VPC.
            type: str
          pool:
            description:
              - The pool of public addresses of the gateway's Elastic IP, which is its network interface's or its NAT
                gateway's. Default is that of Amazon. Only for a new address.
            type: str
          public_ip:
            description:
              - An Elastic IP that the account has already, to be adopted in place of a new one. It must be free, and
                is never released.
              - With O(spaces[].gateways[].interface_id) it is the one that this network interface has.
            type: str
          interface_id:
            description:
              - A network interface that the account has already, to be adopted in place of a new one, with O(adopt). It
                is never detached or deleted. O(spaces[].gateways[].subnet_id) is that of its subnet.
            type: str
          port_forwards:
            description: The ports that are let in from the Internet, with V(masquerade) only.
            type: list
            elements: dict
            suboptions:
              protocol:
                description: The protocol.
                type: str
                choices: [tcp, udp]
                required: true
              port:
                description: The port at the public address.
                type: int
                required: true
              to:
                description: The host behind a bond.
                type: str
                required: true
              to_port:
                description: Its port. Default is the same.
                type: int
              from:
                description: The sources that are let in. Default is all; an empty list is refused.
                type: list
                elements: str
      renamed_from:
        description:
          - The key of the space before, where it was changed on the management server. The objects of the space on AWS
            get the new one in their tags.
        type: str
      tags:
        description: Tags of the operator's own on what the space has on AWS. They win over those of O(tags).
        type: dict
        default: {}
  cpe_nat_ips:
    description: Public addresses for bonds.
    type: list
    elements: dict
    default: []
    suboptions:
      bond:
        description: Digits are an id, anything else is an exact name.
        type: str
        required: true
      interface:
        description: The interface of the bonder for the connected IP.
        type: str
        required: true
      connected_ip:
        description:
          - The private address of the bonder, with prefix length.
          - One that the bond has already is used as it is, and left when the entry goes.
        type: str
        required: true
      nat_ip:
        description: The destination, inside the network of O(cpe_nat_ips[].connected_ip).
        type: str
        required: true
      name:
        description: The name of the entry, needed from the second entry of a bond on. Default is C(bond-) and its id.
        type: str
      aggregator:
        description:
          - The host that owns the address. Default for a new entry is where the bond is now.
          - Without O(bgp) a new entry is refused on a host that is neither where the bond is nor its primary or
            secondary aggregator, since nothing would reach it.
        type: str
      private_ip:
        description:
          - The private address. Default is a free one.
          - One that O(cpe_nat_ips[].public_ip) is on already is the entry's own, with O(adopt).
        type: str
      pool:
        description:
          - The pool of public addresses. Default is that of Amazon.
          - It counts for a new address. Another pool than that of the address that the entry has is refused.
        type: str
      public_ip:
        description:
          - An Elastic IP of the account to take, in place of a new one.
          - Another one than the entry has is refused.
        type: str
      reverse_dns:
        description: The name that the public address resolves to. An empty text takes the name away.
        type: str
      include_private_wan:
        description: Whether the connected IP is part of the private WAN.
        type: bool
      standby_bond:
        description:
          - The other bond of a highly available pair, by id or exact name. Both have the same connected IP and CPE NAT
            IP, of which one is enabled; the address follows the bond that has it enabled. Nothing of this bond is
            changed.
        type: str
      pinned:
        description:
          - Whether the address stays where it is when the others follow their bonds (O(state=followed)). One that was
            evacuated comes back with O(restore) wherever its bond is.
        type: bool
        default: false
      renamed_from:
        description:
          - The name of the entry before, V(bond-) and the id of the bond if it had none. The entry keeps its public
            address.
        type: str
  bgp:
    description: BGP between the aggregators, so that bonds may move.
    type: dict
    suboptions:
      asn:
        description: The number of the autonomous system of all.
        type: int
        required: true
      mode:
        description:
          - V(transit) runs over a VXLAN without a space, between any subnets.
          - V(direct) runs over the private addresses, inside one subnet only, with the source/destination check of all
            aggregators off. What comes for a moved bond is forwarded from one to the other, so that their security
            groups have to admit any source.
        type: str
        choices: [transit, direct]
        default: transit
      subnet:
        description:
          - The network of the tunnel addresses, of private address space, with V(transit).
          - The VXLAN interfaces are named after their VNI. Those that exist keep their VNI, and their name if all have
            one.
        type: str
      aggregators:
        description:
          - The hosts between which BGP runs, V(all), those V(involved) (aggregators of bonds with a CPE NAT entry, and
            those whose interface has such an address), or a list of hosts.
          - A public address follows its bond between these hosts alone. To leave a host out wants O(prune).
        type: list
        elements: str
        default: [all]
      route_reflectors:
        description:
          - Hosts with which all others speak, in place of each with each. Needed with more than 32 aggregators.
        type: list
        elements: str
        default: []
      password:
        description:
          - The password of all sessions. It is judged here and returned nowhere; P(bonded.internet.cpe_nat_bgp#role)
            is given it beside the plan, as O(bonded.internet.cpe_nat_bgp#role:main:cpe_nat_bgp_password).
        type: str
      update_password:
        description:
          - V(on_create) sends the password with new sessions alone, V(always) also to old ones, in each run.
          - The server never shows a password, so that the plan cannot say whether V(always) changes it. If it does, a
            session is interrupted until both ends have the new one, so it wants O(allow_disruption).
        type: str
        choices: [on_create, always]
        default: on_create
  vni_base:
    description: >-
      The number that is added to the id of a space to make its VNI; also the VNI of the VXLAN that carries BGP.
    type: int
    default: 10000000
  tunnel_device:
    description: The device of a bond on its aggregator; C({bond}) stands for the id of the bond.
    type: str
    default: tun{bond}
  decommissioned:
    description: Aggregators (host, name or id) and private addresses that leave the network. Nothing leaves unsaid.
    type: list
    elements: str
    default: []
  deviations:
    description:
      - Differences between the design and what is on the management server that no run removes, by host (a host of
        O(aggregators)) and by the name that the network gives the object, such as C(demo_babel_11).
      - An entry has C(name), the name of the object on the management server, under which it is found, changed and
        deleted. Protocols and filters may have one; O(spaces[].vxlan.interface) and O(spaces[].gateways[].interface)
        name interfaces.
      - C(keep) lists fields that stay as they are. C(absent), if true, leaves an object out that would be created.
      - A network interface on AWS, by its key (C(gateway/acme/agg1)) or, an aggregator's own, by its id, can keep
        C(source_dest_check).
      - Each entry is a line of RV(drift). An entry that fits nothing is a problem. Without the entry, the next run
        makes the change.
    type: dict
    default: {}
  follow_bonds:
    description:
      - The bonds, by id or exact name, whose public addresses go to the aggregators that the bonds are on now. Default
        is all that have a CPE NAT entry.
      - Only with O(state=followed). A bond that the server does not have is a problem. One that no entry names is left
        out with a warning.
    type: list
    elements: str
  follow_max:
    description:
      - The number of bonds that one run follows at most. More that have moved are a problem, and none is followed.
    type: int
    default: 20
  followed:
    description: Whether a rulebook follows the bonds, so that an address without BGP needs no warning.
    type: bool
    default: false
  evacuate:
    description:
      - The host whose public addresses go to where their bonds are, whatever has become of the host. Also the id or
        name of its aggregator on the management server, if no host has that name; so have O(evacuate_to) and
        O(restore).
      - Only with O(state=evacuated), which takes either this or O(restore).
    type: str
  evacuate_to:
    description:
      - The host for those addresses of O(evacuate) whose bonds are on no other aggregator, or on one that cannot take
        them, since its instance does not run or its interface is full. Default is that they stay.
    type: str
  restore:
    description:
      - The host that gets back the addresses that have left it, if their bonds are back or their entries pinned, and
        its gateways from their standbys.
    type: str
  allow_disruption:
    description:
      - Whether changes that interrupt traffic may be made. Without it the plan is refused, naming each of them.
      - Among them are a security group taken off, a rule revoked, masquerading narrowed, a port forward closed and a
        route deleted that something still uses.
    type: bool
    default: false
  allow_nonconforming:
    description:
      - Whether fields may be written that no object on the management server shows, of those that the plan has read
        anyway. Without it such a plan is refused, since a server ignores unknown fields without a word.
      - A wrong name is corrected with O(api_map), not with this switch.
    type: bool
    default: false
  adopt:
    description:
      - Whether objects on AWS that serve the network already get its tags - an Elastic IP on the private address that
        its entry names (O(cpe_nat_ips[].public_ip) and O(cpe_nat_ips[].private_ip)), a network interface
        (O(spaces[].gateways[].interface_id)), and the Elastic IP on it. Without it such a plan is refused, naming each
        of them.
      - A run that adopts changes nothing else. What else is planned is returned as RV(deferred).
    type: bool
    default: false
  prune:
    description:
      - Whether objects of ours that the inventory does not name any more are removed, with all that belongs to them.
      - Without it they are kept, with their security groups, rules, masquerading and return routes, and a warning names
        them.
    type: bool
    default: false
  prune_addresses:
    description:
      - Whether Elastic IPs of entries that the inventory does not name any more are released. Those that the account
        had before (option C(public_ip) of an entry) are taken off and kept.
    type: bool
    default: false
  release_addresses:
    description:
      - Whether O(state=absent) releases Elastic IPs in place of keeping them. Those that the account had before (option
        C(public_ip) of an entry) are kept all the same.
    type: bool
    default: false
  teardown_private_wan:
    description: Whether O(state=absent) turns off the private WAN of the spaces.
    type: bool
    default: false
  confirm_teardown:
    description:
      - The name of the network. O(state=absent) is refused without it, except in check mode.
    type: str
  approved_digest:
    description:
      - The RV(digest) of the plan that was approved. Another plan is refused, also in check mode, and also where
        nothing is planned.
    type: str
  earlier_result:
    description:
      - The RV(result) of an earlier run. If it is that of O(approved_digest), a refusal names the items that differ, as
        far as RV(result.lines) has them.
    type: dict
  plan_file:
    description:
      - A file for the plan, on the host where the module runs. In check mode the plan is written to it, as JSON that
        nobody but the user may read, with the details of all items and without secrets.
      - Without check mode the file has to be there, and any other plan than that of the file is refused, naming all
        items that differ.
    type: path
  record:
    description: Whether the steps of RV(work) record the run, if there is any (see M(bonded.internet.run_record)).
    type: bool
    default: false
  verify:
    description: Whether RV(work) also says what each aggregator itself has to have, changed or not.
    type: bool
    default: false
  max_deletions:
    description:
      - The most objects that a run may delete, with O(state=present). Every object that the plan deletes counts, on the
        management server, on AWS and on the aggregators, associations, routes and rules too.
    type: int
    default: 25
  check_rights:
    description:
      - Whether both sides are asked for the rights that the plan needs, before anything is made. EC2 is asked by dry
        runs, one for each action whose objects are all there, IAM by its policy simulator for all of them, the server
        by the OPTIONS of each kind that is added and of a space that changes.
      - What is missing is refused, all of it at once. It costs a request each, so it is for a first run, and not for
        credentials that may only look.
      - A server whose OPTIONS name no actions at all tells nothing of rights, and is refused in one sentence. Leave
        this option out there.
      - Asking IAM wants the rights C(iam:SimulatePrincipalPolicy) and, for a role that has a path, C(iam:GetRole).
        Without them a warning lists the actions that could not be asked for.
    type: bool
    default: false
  details:
    description:
      - Whether the items of RV(plan) and RV(deferred) say what they change, in C(before) and C(after).
      - Both are in the diff anyway, and many of them cost Ansible time and memory.
      - RV(text) has all limits that new objects come under with it, and only those nearly reached without.
    type: bool
    default: true
  describe:
    description:
      - Whether RV(description) is returned. It is made of what the plan reads anyway, and sends no request.
    type: bool
    default: false
  display:
    description: Whether Ansible displays RV(text), each line by itself.
    type: bool
    default: false
  tags:
    description:
      - Tags of the operator's own, such as V(CostCenter), on everything that is made on AWS, each in its creating call.
        On what is there already, and the inventory names, they are written where they differ.
      - A key that begins with C(bonded.internet/) or C(aws:), and C(Name), is refused.
      - No tag is ever taken off, so one that is named here no more stays.
    type: dict
    default: {}
  keep_public_address:
    description:
      - Whether an aggregator gets an Elastic IP, whose public address was assigned automatically, and would not come
        back after a stop and start - it has, or gets, a second network interface, or an Elastic IP on a secondary
        private address.
      - One run allocates it. A later one with O(allow_disruption) associates it with the primary private address, as
        the last thing that it does, since the aggregator's public address changes. The operator sets the new
        address on the management server.
      - Such an Elastic IP is never taken off or released, by a teardown neither.
    type: bool
    default: false
  security_groups:
    description:
      - Whether security groups of ours are made, and attached beside what is there - C(aggregators) for the meshes and
        C(cpe-nat) for O(cpe_nat_inbound) on the primary interfaces, C(gateway) on those of gateways.
      - Rules and groups of others are neither replaced nor taken away.
    type: bool
    default: false
  cpe_nat_inbound:
    description:
      - The ports of CPE NAT addresses that are let in. A group belongs to an interface, so the addresses of the
        aggregators that
        own them are opened too.
    type: list
    elements: dict
    default: []
    suboptions:
      protocol:
        description: The protocol.
        type: str
        choices: [tcp, udp, icmp, all]
        required: true
      ports:
        description: A port or a range such as V(8000-8010), for V(tcp) and V(udp).
        type: str
      from:
        description: Networks that it may come from.
        type: list
        elements: str
        default: [0.0.0.0/0]
  managed_mesh_ports:
    description:
      - Ports of the managed mesh, such as V(udp/51820-51899), which are admitted from the public address of each peer.
    type: list
    elements: str
    default: []
  warn_unprotected:
    description: Whether the plan warns of gateways without a standby.
    type: bool
    default: false
  quotas:
    description:
      - Quotas of the account that AWS has raised. EC2 itself tells only those of Elastic IPs and of security groups on
        an interface. The others are taken as AWS's defaults, which are warned of; what is given here is refused beyond.
    type: dict
    suboptions:
      elastic_ips:
        description: Elastic IPs in a region.
        type: int
      vpcs:
        description: VPCs in a region.
        type: int
      internet_gateways:
        description: Internet gateways in a region.
        type: int
      nat_gateways_per_zone:
        description: NAT gateways in an availability zone.
        type: int
      routes_per_table:
        description: Routes in a route table.
        type: int
      security_groups_per_interface:
        description: Security groups on a network interface.
        type: int
  hosts:
    description: The hosts of the play. What belongs to others is planned, and left out. Default is all.
    type: list
    elements: str
  shared_by:
    description:
      - The aggregator whose run changes what belongs to no aggregator (VPCs, security groups, modes of spaces), if
        another run does. Default is this run.
      - Except in check mode, a run that changes something itself waits until the other run has created these objects,
        and fails if that run makes no progress for five minutes.
    type: str
  parts:
    description: The parts to be run. What belongs to others is planned, and left out. Default is all.
    type: list
    elements: str
    choices: [cpe_nat, private_wan, gateways]
seealso:
  - module: bonded.internet.bonding_api_info
notes:
  - AWS is not asked where the inventory does not need it.
"""

EXAMPLES = r"""
- name: See what would be done for one space on two aggregators
  bonded.internet.network_plan:
    api_url: https://bonding.example.com
    api_token: "{{ token }}"
    network: prod
    aggregators:
      - host: agg1
        aggregator: "7"
        private_ip_address: 192.0.2.11
      - host: agg2
        aggregator: "12"
        private_ip_address: 192.0.2.12
    spaces:
      - key: acme
        private_wan: unmanaged
        vxlan:
          subnet: 10.254.0.0/20
          protocol: ospf
  check_mode: true
  register: plan
"""

RETURN = r"""
audit:
  description: The findings of an audit. M(bonded.internet.network_audit) adds those of the hosts.
  returned: with O(state=audited), and then nothing else but RV(work)
  type: dict
  contains:
    format:
      description: The format of this dictionary.
      type: int
      sample: 1
    network:
      description: The name of the network.
      type: str
    status:
      description:
        - V(clean) without a difference; V(drift) with one; V(incomplete) if a side, a region or a host could not be
          read; V(failed) if nothing could be judged.
      type: str
      sample: drift
    next_run:
      description:
        - The outcome of the next C(site.yml) as a whole - V(refused) if a single finding is refused, else V(changed) or
          V(left).
      type: str
      sample: changed
    counts:
      description: The number of findings of each severity.
      type: dict
      sample: {error: 2, warning: 1, info: 0}
    findings:
      description: The findings, the severest first.
      type: list
      elements: dict
      contains:
        id:
          description: A digest of C(source), C(kind) and C(object). It is the same in each audit.
          type: str
          sample: 9f86d081884c
        severity:
          description:
            - V(error), something of the network is absent, differs or does not work. V(warning), something is there
              that the inventory does not name, or breaks later. V(info), nothing to repair.
          type: str
          sample: error
        kind:
          description:
            - The kind of the object, as in RV(plan), or of the condition. A problem of the plan is a V(problem).
          type: str
          sample: route
        object:
          description: The object, by its parent and its key.
          type: str
          sample: rtb/acme/172.16.0.0/12
        host:
          description: The host that it belongs to; empty if it is shared.
          type: str
        space:
          description: The space that it belongs to, as far as it is known; else empty.
          type: str
        expected:
          description: The value of the inventory.
          type: str
        found:
          description: The value on the side that was read; of a problem its sentence.
          type: str
        since:
          description: The time of the first audit that has found it; V(null) here.
          type: str
        source:
          description:
            - V(plan), what a run would change. V(condition), a state that no run changes. V(bystander), an object of
              others. V(waste), an object that nothing uses.
          type: str
          sample: plan
        at_next_run:
          description:
            - The outcome of the next C(site.yml) for this object, with the switches that are given. A single
              V(refused) refuses the whole run.
          type: str
          sample: changed
        remedy:
          description: The action that cures it.
          type: str
          sample: Run site.yml.
plan:
  description: The changes of the run, in the order of the phases.
  returned: success
  type: list
  elements: dict
  contains:
    system:
      description: V(server), V(aws), or V(host) for what is on an aggregator itself.
      type: str
    verb:
      description: V(create), V(update) or V(delete).
      type: str
    kind:
      description: The kind of the object.
      type: str
    parent:
      description: The parent of the object.
      type: str
    key:
      description: The key of the object among those of its kind and parent.
      type: str
    before:
      description: The fields that change, as they are. Only with O(details=true).
      type: dict
    after:
      description: >-
        The fields that change, as they will be. V((known after apply\)) stands for what AWS chooses.
        Only with O(details=true).
      type: dict
    phase:
      description: V(adopt), V(add), V(switch) or V(remove).
      type: str
    host:
      description: The host that it belongs to, if it is not shared.
      type: str
    part:
      description: V(cpe_nat), V(private_wan) or V(gateways).
      type: str
    disruptive:
      description: Whether it interrupts traffic.
      type: bool
    interrupts:
      description: The traffic that the change interrupts.
      type: str
    switch:
      description: The variable without which it is refused, such as V(bonding_allow_disruption); empty if none.
      type: str
deferred:
  description: The changes that the run leaves out, each with the reason.
  returned: success
  type: list
  elements: dict
digest:
  description:
    - SHA-256 of everything that RV(plan) and RV(deferred) say, with their details, and of O(network). Two plans with
      the same digest do the same. It depends on no order of hosts, and on no time.
  returned: success
  type: str
  sample: 5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef
result:
  description:
    - The result that the playbooks publish for other programs as C(bonding_result), an artifact of a job in AWX. It
      stays below
      32 kB for any network.
  returned: success
  type: dict
  contains:
    network:
      description: The name of the network.
      type: str
    state:
      description: As O(state), which tells the runs of the playbooks apart.
      type: str
      sample: followed
    digest:
      description: As RV(digest).
      type: str
    counts:
      description: As RV(counts).
      type: dict
    addresses:
      description:
        - The public addresses that were known when the plan was made, by the key of the object that has one, and of
          each aggregator. What a run allocates is known to the next one.
      type: dict
      sample: {cpe-nat/bond-17: 198.51.100.17, aggregator/agg1: 203.0.113.11}
    drift:
      description: As RV(drift).
      type: list
      elements: dict
    lines:
      description: A line for each item of RV(plan) and RV(deferred), sorted. It ends with a digest of the item.
      type: list
      elements: str
      sample: ["add: create server vxlan_interface aggregators/7 vx10000003 on agg1 #d9f58ac1"]
    left_out:
      description: The number of entries of C(addresses), C(drift) and C(lines) that did not fit.
      type: dict
      sample: {addresses: 0, drift: 0, lines: 0}
counts:
  description: The number of items of each phase; V(adopt) is among them where it has any.
  returned: success
  type: dict
left:
  description: Phrases for what the run will leave. Deferred changes, drift, and Elastic IPs that nothing uses count.
  returned: success
  type: list
  elements: str
  sample: ["2 changes for another run", "1 difference that no run changes"]
text:
  description:
    - The plan in lines for people. A line for each change, with what it interrupts, in the order of phases and parts;
      how many items each part has, by phase; the limits that are nearly reached (with O(details=true) all that new
      objects come under); what changes of the monthly bill; what waits for an adoption; how many items are left for
      another run, and why.
  returned: success
  type: list
  elements: str
work:
  description:
    - The input of the roles, by host and phase.
  returned: success
  type: dict
limits:
  description: The limits of new objects, for the whole network; empty where the plan creates nothing.
  returned: success
  type: list
  elements: dict
  contains:
    limit:
      description: The objects that are counted.
      type: str
    where:
      description: The region, zone, host, subnet or route table.
      type: str
    there:
      description: The number in use, those of others included.
      type: int
    new:
      description: The number that the plan adds.
      type: int
    most:
      description: The limit.
      type: int
    left:
      description: The number that still fits after the plan.
      type: int
    source:
      description: >-
        The source of the limit, V(AWS), V(bonding_quotas), V(AWS's default), the V(instance type) or V(subnet).
      type: str
cost:
  description: The change of the monthly bill, at AWS's list prices.
  returned: success
  type: list
  elements: dict
  contains:
    objects:
      description: The objects that AWS charges.
      type: str
    change:
      description: The change of their number.
      type: int
    usd_per_month:
      description: US dollars for 730 hours, at the list prices of us-east-1 of 2024-02-01.
      type: float
    without:
      description: The further price, by use.
      type: str
kept_addresses:
  description: Elastic IPs of the network that nothing uses after this plan. AWS charges them all the same.
  returned: success
  type: list
  elements: dict
  contains:
    public_ip:
      description: The Elastic IP.
      type: str
      sample: 198.51.100.17
    allocation_id:
      description: Its allocation ID.
      type: str
    key:
      description: The key of the object that it is kept for.
      type: str
      sample: cpe-nat/bond-17
    adopted:
      description: True if the account had it before. The collection never releases it.
      type: bool
    usd_per_month:
      description: US dollars for 730 hours; 0 if the address is from a pool of the account's own.
      type: float
drift:
  description: Differences between the network and the inventory that no run changes. Each is a warning too.
  returned: success
  type: list
  elements: dict
  contains:
    kind:
      description:
        - V(bond_moved), a bond that is on another aggregator than its public address; V(followed), an address that has
          followed its bond from the aggregator that its entry names; V(deviation), an object that O(deviations) leaves
          as it is. C(bond), C(from_host), C(to_host), C(entry) and C(pinned) are keys of the first two alone.
      type: str
    bond:
      description: The id of the bond.
      type: int
    from_host:
      description: The inventory name of the aggregator that has the address; of V(followed), that of the entry.
      type: str
    to_host:
      description: The inventory name of the aggregator that the bond is on; null if the inventory has no such host.
      type: str
    entry:
      description: The key of the entry of O(cpe_nat_ips), its name or C(bond-) and the id of its bond.
      type: str
    pinned:
      description: True if the entry keeps its address on its aggregator, and follows no bond.
      type: bool
    host:
      description: Of V(deviation), the inventory name of the aggregator that has the object.
      type: str
    object:
      description: Of V(deviation), the name that the network gives the object.
      type: str
    name:
      description: Of V(deviation), its name on the management server, null if that is the same.
      type: str
    keep:
      description: Of V(deviation), the fields that stay as they are.
      type: list
      elements: str
    absent:
      description: Of V(deviation), whether the object is left out.
      type: bool
    text:
      description: The difference as a sentence.
      type: str
  sample:
    - kind: bond_moved
      bond: 17
      from_host: agg1
      to_host: agg2
      entry: bond-17
      text: bond 17 (berlin) is on agg2, its address (bond-17) on agg1
      pinned: false
description:
  description:
    - The network as the plan has found it, before any change. M(bonded.internet.network_report) writes a page of it.
    - A text that is empty, and a number that is null, was not read or is absent.
  returned: with O(describe=true)
  type: dict
  contains:
    network:
      description: The name of the network.
      type: str
    aggregators:
      description: The hosts of the inventory with their aggregators and instances.
      type: list
      elements: dict
    spaces:
      description: The spaces of the inventory, each with its direct mesh, its VPC and its gateways.
      type: list
      elements: dict
    bonds:
      description: The bonds of these spaces and of the entries, with the aggregators that they may be on and are on.
      type: list
      elements: dict
    addresses:
      description: The entries of O(cpe_nat_ips), each with its public address, its owner and the place of its bond.
      type: list
      elements: dict
    bgp:
      description: BGP between the aggregators; null without O(bgp).
      type: dict
    unprotected:
      description: Gateways, addresses and bonds that die with their aggregator, with the remedy of each.
      type: list
      elements: dict
    drift:
      description: RV(drift), the kind and the sentence of each.
      type: list
      elements: dict
    limits:
      description: The number in use of each limit, and the limit; null for one that was not read.
      type: list
      elements: dict
    costs:
      description: The monthly list price of what the network has on AWS, by kind.
      type: list
      elements: dict
    kept:
      description: Elastic IPs of the network that nothing uses.
      type: list
      elements: dict
problems:
  description: The reasons for which the network cannot be built.
  returned: failure
  type: list
  elements: str
"""


from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule

from ansible_collections.bonded.internet.plugins.module_utils._options import CONNECTION_SPEC
from ansible_collections.bonded.internet.plugins.module_utils._plan.argument_spec import ARGUMENT_SPEC
from ansible_collections.bonded.internet.plugins.module_utils._plan.module import run


def main() -> None:
    module = AnsibleAWSModule(argument_spec={**CONNECTION_SPEC, **ARGUMENT_SPEC}, supports_check_mode=True)
    run(module)


if __name__ == "__main__":
    main()
