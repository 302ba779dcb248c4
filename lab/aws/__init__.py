# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A stand-in for AWS: EC2 and STS by moto, with the rules of AWS's networking that moto does not keep; some of IAM.

Start it with ``python -m lab.aws --port 5601 [--seed FILE] [--log FILE]``; see docs/lab-aws.md for what is modelled and
what is not. ``lab.aws.ec2`` holds the rules, ``lab.aws.iam`` who may do what, this package the server around them.
"""
