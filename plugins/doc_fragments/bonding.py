# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Documentation of the connection options of all modules on the management server."""

from __future__ import annotations


class ModuleDocFragment:
    """``extends_documentation_fragment: bonded.internet.bonding``."""

    DOCUMENTATION = r"""
requirements:
  - "The Python library requests on the host that the module runs on; normally that is the controller."
options:
  api_url:
    description:
      - The URL of the management server, like V(https://bonding.example.com), with or without V(/api/v4/).
        Modules warn of V(http://) unless it is this machine.
      - If not given, the environment variable E(BONDING_API_URL) is used. One of both is needed.
    type: str
  api_username:
    description:
      - The e-mail address of the user to log in as. A colon in it cannot be sent.
      - If not given, the environment variable E(BONDING_API_USERNAME) is used.
    type: str
  api_password:
    description:
      - The password of O(api_username). It is sent in UTF-8. White space around it is no part of it.
      - If not given, the environment variable E(BONDING_API_PASSWORD) is used.
    type: str
  api_token:
    description:
      - An API token. It is used in place of O(api_username) and O(api_password) where both are given.
        White space around it is no part of it.
      - If not given, the environment variable E(BONDING_API_TOKEN) is used.
    type: str
  validate_certs:
    description:
      - Whether the certificate of the server must be trusted. Modules warn if it is not.
      - If not given, the environment variable E(BONDING_API_VALIDATE_CERTS) is used.
    type: bool
    default: true
  ca_path:
    description:
      - A file with the certificates to trust in place of those of the system,
        for a server whose certificate is signed by an own authority or by itself.
      - It is read before anything is sent, and refused if no certificate is in it.
      - If not given, the environment variable E(BONDING_API_CA_PATH) is used.
    type: path
  api_timeout:
    description:
      - The most seconds that the server may take for each answer, from its first byte to its last.
        A connection has the same time, but at most 10 seconds.
      - If not given, the environment variable E(BONDING_API_TIMEOUT) is used.
    type: int
    default: 30
  api_map:
    description:
      - The names by which this server differs from those that the collection assumes. A dictionary with V(paths),
        V(fields) and
        V(values), or a YAML file that holds one.
      - "V(paths) has a path below C(/api/v4/) for a kind, like C(cpe_nat_ip: bonds/X/nat_ips/), where C(X) stands for
        the id of the aggregator or bond. Paths below another one go along with it."
      - "V(fields) has for a kind the name that the server uses for a field, like C(endpoints.ip: remote_address) for
        V(vxlan_interface). Dots lead into lists and mappings. V(interface) and V(protocol) stand for all kinds of
        these, V(object) for all kinds."
      - "V(values) has for a kind and a field the server's words for its values, like C(wired: cable) for
        C(interfaces.type) of V(babel_protocol)."
      - The names of kinds and fields are those that M(bonded.internet.bonding_api_info) shows with
        O(ignore:conformance=true), which also prints the lines that a server wants. Unknown names are refused.
      - A relative path of a file begins in the folder that the module runs in.
      - If not given, the environment variable E(BONDING_API_MAP) is used, which names a file.
    type: raw
notes:
  - The management server writes to its database and pushes the change to the aggregators and bonds afterwards,
    so a change is not yet in effect on them when the module returns.
  - The paths and fields of the server that this collection uses are not all documented by the vendor.
    M(bonded.internet.bonding_api_info) compares them with those of a live server before anything is written, and
    O(api_map) corrects what differs there.
  - Where the server refuses a request, or does not answer one, the module fails and returns C(failure), a dictionary
    with the C(method) of HTTP, the C(path) below C(/api/v4/), the C(status) of HTTP (null without an answer), and the
    C(fields), which are the server's own words, as a list for each field that it complains about.
"""

    # For modules that write several objects.
    PARALLEL = r"""
options:
  parallel:
    description: The most requests that are under way at the same time.
    type: int
    default: 8
"""
