# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The packet lab: what site.yml leaves on the two stand-ins, carried out by real kernels and routing daemons.

    python -m lab.packets               # or --changes: the everyday changes under traffic, and nothing else

- ``__main__``      the program
- ``worlds``        which networks are built and what is proved on each, side by side, each in a ``sandbox`` of its own
- ``built``         how the stand-ins come to hold a network
- ``fabric``        AWS's state as namespaces and kernel objects; ``filters`` its checks and groups as nftables text
- ``aggregators``   the server's state as kernel objects of each aggregator; ``bird`` its protocols
- ``sessions``      the BGP over the tunnels to the bonders
- ``bonders``       the bonds' other ends and the hosts behind them
- ``ipv6``          IPv6 of both states, beside the IPv4 of these
- ``ledger``        what is in the kernel, so that a change of a state becomes few commands
- ``kernel``        the only place that runs `ip`, `bridge`, `nft` and daemons
- ``network``       the lab, which follows both states
- ``gates``         before the stand-ins: each write of a run is answered when the kernels have carried it out
- ``answers``, ``probes``    pages, echoes and steady traffic
- ``checks``, ``report``     what is claimed, and what each check measured
- ``seed``          what is there before the first run, beside the demonstration's
- ``changing``      small networks that are changed under traffic: seeds, and the intent as checks change it
"""
