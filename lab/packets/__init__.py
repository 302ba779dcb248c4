# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The packet lab: what site.yml leaves on the two stand-ins, carried out by real kernels and routing daemons.

    python -m lab.packets               # or --changes: the everyday changes under traffic, and nothing else

- ``__main__``            the program
- ``scenarios``           which networks are built and what is proved on each, side by side, each in a sandbox
- ``namespace_sandbox``   that sandbox: namespaces for network, mounts and processes
- ``provisioning``        how the stand-ins come to hold a network
- ``aws_topology``        AWS's state as namespaces and kernel objects; ``filters`` its filters as nftables text
- ``aggregators``         the server's state as kernel objects of each aggregator; ``bird`` its protocols
- ``managed_mesh``        the server's own mesh of a space; ``bond_bgp`` the BGP over the tunnels to the bonders
- ``bonders``             the bonds' other ends and the hosts behind them
- ``ipv6``                IPv6 of both states, beside the IPv4 of these
- ``applied_state``       what is in the kernel, so that a change of a state becomes few commands
- ``netns``               the only place that runs `ip`, `bridge`, `nft` and daemons
- ``lab``                 the lab, which follows both states; ``guest_os`` what an instance's system does on its own
- ``gates``               before the stand-ins: a write is answered when the kernels have carried it out
- ``echo_servers``, ``probes``   pages, echoes and steady traffic
- ``checks``, ``report``         what is claimed and measured; ``expected`` the checks that must be there
- ``seed``                what is there before the first run, beside the demonstration's
- ``admin_client``        manual changes of an administrator to both stand-ins
- ``live_changes``        small networks that are changed under traffic: seeds, and the intent as checks change it
"""
