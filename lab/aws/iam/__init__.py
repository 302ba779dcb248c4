# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""IAM: the judgement of requests, for the access keys that were given policies, and its own API; private to the lab.

moto ignores conditions, and knows no resource of an EC2 request. Here ``policy`` reads policy documents, ``conditions``
their conditions, ``request_resources`` says what a request acts on, ``required_actions`` which rights it wants for
that, ``evaluation`` what policies say of a right, and ``authorizer`` refuses. ``identities`` says whose a key is,
``simulation`` what a key's policies would say, and ``responses`` answers for STS and IAM. docs/lab-aws.md says what is
modelled.
"""
