# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One API request: which service and action, which fault, and the answer; private to the stand-in."""

from __future__ import annotations

import re
import sys
import threading
import time
import traceback
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from xml.sax.saxutils import escape

from botocore.model import OperationNotFoundError
from moto.core.exceptions import ServiceException
from moto.core.request import Request
from moto.sts.responses import TokenResponse

from lab.history import History

from .account import Account
from .ec2.backend import REGION, LabBackend, LabResponse
from .ec2.errors import MISSING, prefix_of
from .faults import Fault, Faults
from .iam.decision import Right
from .iam.errors import IamError
from .iam.judge import Judge
from .iam.responses import own_answer
from .iam.rights import ec2_rights, iam_rights
from .log import ActionLog

_SCOPE = re.compile(r"Credential=(?P<key>[^/,\s]+)/\d+/(?P<region>[^/]+)/(?P<service>[^/]+)/aws4_request")
_REQUEST_ID = "00000000-0000-4000-8000-000000000000"
READING = ("Describe", "Get", "List", "Simulate")
# What of each service moto answers; IAM is all our own.
_SERVICES = {"ec2": LabResponse, "sts": TokenResponse, "iam": None}


@dataclass(frozen=True)
class Answer:
    """HTTP response of the emulator. With ``cut``, the emulator closes the connection without a response."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=lambda: {"Content-Type": "text/xml;charset=UTF-8"})
    cut: bool = False


CUT = Answer(0, b"", {}, cut=True)


@dataclass(frozen=True)
class Call:
    """A parsed request.

    :ivar key: the access key id that it is signed with; "" if it is unsigned, or signed in a way that is not AWS's.
    :ivar signed: whether it has a signature of any kind.
    :ivar params: the flat query parameters without Action and Version.
    """

    key: str
    service: str
    region: str
    action: str
    params: dict[str, str]
    request: Any
    signed: bool = True


def error_answer(service: str, status: int, code: str, message: str) -> Answer:
    """An error in the XML of the service."""
    inner = f"<Code>{escape(code)}</Code><Message>{escape(message)}</Message>"
    if service == "ec2":
        text = f"<Response><Errors><Error>{inner}</Error></Errors><RequestID>{_REQUEST_ID}</RequestID></Response>"
    else:
        text = f"<ErrorResponse><Error>{inner}</Error><RequestId>{_REQUEST_ID}</RequestId></ErrorResponse>"
    return Answer(status, f'<?xml version="1.0" encoding="UTF-8"?>\n{text}'.encode())


def parse_call(method: str, url: str, headers: Mapping[str, str], body: bytes, region: str) -> Call:
    """Find out what is asked.

    :param headers: by names of any case (RFC 9110, 5.1): not every client writes ``Authorization``.
    :param region: what an unsigned request means.
    """
    query = urlsplit(url).query if method == "GET" else body.decode("utf-8", "replace")
    params = dict(parse_qsl(query, keep_blank_values=True))
    action = params.pop("Action", "")
    params.pop("Version", None)
    signature = next((value for name, value in headers.items() if name.lower() == "authorization"), None)
    scope = _SCOPE.search(signature or "")
    service = scope["service"] if scope else "ec2"
    wanted = scope["region"] if scope else region
    request = Request.from_primitives(method, url, dict(headers), body)
    request.environ[REGION] = wanted
    key = scope["key"] if scope else ""
    return Call(key, service, wanted, action, params, request, signed=signature is not None)


class Api:
    """Answers API requests, one at a time."""

    def __init__(self, account: Account, log: ActionLog, faults: Faults, judge: Judge) -> None:
        self.account, self.log, self.faults, self.judge = account, log, faults, judge
        self.lock = threading.Lock()
        self.history = History(account.keep, account.forget)

    def answer(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """The answer to one request; it is logged."""
        started = time.time()
        call = parse_call(method, url, headers, body, self.account.region)
        fault = self.faults.take(call.action)
        if fault is not None and fault.kind == "delay":
            # Outside the lock: other requests go on.
            time.sleep(fault.seconds)
        if fault is not None and fault.kind == "hold":
            self.faults.hold(call.action)
        with self.lock:
            answer = self._carry_out(call, fault)
            shown = re.search(rb"<Code>(.*?)</Code>\s*<Message>(.*?)</Message>", answer.body, re.DOTALL)
            failed = shown is not None and answer.status >= 400
            self.log.add(
                started,
                {
                    "service": call.service,
                    "region": call.region,
                    "action": call.action,
                    "params": call.params,
                    "status": answer.status,
                    "error": shown[1].decode() if shown and failed else None,
                    "message": shown[2].decode() if shown and failed else None,
                    "fault": fault.kind if fault is not None else None,
                },
            )
        return answer

    def _carry_out(self, call: Call, fault: Fault | None) -> Answer:
        stranger = self.judge.stranger(call.key, call.service, call.signed)
        if stranger is not None:
            return error_answer(call.service, stranger.status, stranger.code, stranger.message)
        if call.service not in _SERVICES:
            text = f"This stand-in has EC2, STS and IAM, not '{call.service}'"
            return error_answer(call.service, 400, "UnknownService", text)
        if not self.account.has_region(call.region):
            return error_answer(call.service, 400, "AuthFailure", f"There is no region '{call.region}'")
        if not call.action:
            return error_answer(call.service, 400, "MissingAction", "The request must contain the parameter Action")
        if fault is not None and fault.kind == "broken":
            return CUT
        if fault is not None and fault.kind == "error":
            return error_answer(call.service, fault.http_status, fault.code, fault.message)
        refusal = self.judge.refusal(call.key, call.service, call.action, call.params, self._rights(call))
        if refusal is not None:
            return error_answer(call.service, refusal.status, refusal.code, refusal.message)
        answer = self._in_region(call, fault) if call.service == "ec2" else self._dispatch(call)
        if answer.status == 200 and not call.action.startswith(READING):
            self.history.wrote(call.action)
        if fault is not None and fault.kind == "failed":
            return error_answer(call.service, fault.http_status, fault.code, fault.message)
        return CUT if fault is not None and fault.kind == "lost" else answer

    def _rights(self, call: Call) -> Iterator[Right]:
        if call.service == "ec2":
            return ec2_rights(call.action, call.params, self.account.backend(call.region))
        return iam_rights(call.action, call.params, self.judge.identities)

    def _in_region(self, call: Call, fault: Fault | None) -> Answer:
        """Return EC2's response to a call. STS and IAM requests concern the account and do not change a region."""
        backend = self.account.backend(call.region)
        before = backend.known_ids()
        answer = self._repeated(call, backend) or self._not_visible(call, backend) or self._dispatch(call)
        backend.hidden.answered()
        if fault is not None and fault.kind == "hidden":
            backend.hidden.hide(backend.known_ids() - before, fault.calls, fault.seconds)
        return answer

    @staticmethod
    def _token(call: Call) -> tuple[str, str] | None:
        token = call.params.get("ClientToken")
        return (call.action, token) if token else None

    def _repeated(self, call: Call, backend: LabBackend) -> Answer | None:
        """A request with a client token that was carried out before gets the answer of that time."""
        token = self._token(call)
        if token is None or token not in backend.answers:
            return None
        params, body = backend.answers[token]
        if params != call.params:
            text = "The client token has been used with other parameters."
            return error_answer(call.service, 400, "IdempotentParameterMismatch", text)
        return Answer(200, body.encode())

    @staticmethod
    def _not_visible(call: Call, backend: LabBackend) -> Answer | None:
        # An id in a filter is no error: it just finds nothing.
        named = backend.hidden.named(value for key, value in call.params.items() if not key.startswith("Filter."))
        if named is None:
            return None
        code, text = MISSING[prefix_of(named)]
        return error_answer(call.service, 400, code, text.format(named))

    def _dispatch(self, call: Call) -> Answer:
        try:
            own = own_answer(self.judge, call.key, call.service, call.action, call.params)
            if own is not None:
                return Answer(200, own.encode())
            status, headers, body = _SERVICES[call.service].dispatch(call.request)
        except OperationNotFoundError:
            text = f"The action {call.action} is not valid for this web service."
            return error_answer(call.service, 400, "InvalidAction", text)
        except IamError as error:
            return error_answer(call.service, error.status, error.code, error.message)
        except NotImplementedError as error:
            return error_answer(call.service, 400, "UnsupportedOperation", f"Not modelled by this stand-in: {error}")
        except ServiceException as error:
            return error_answer(call.service, 400, error.code, error.message)
        except Exception as error:
            # Never an HTML page: the client could only say that it cannot be parsed.
            traceback.print_exc(file=sys.stderr)
            text = f"{call.action}: this stand-in failed with {type(error).__name__}: {error}"
            return error_answer(call.service, 400, "StandInFailure", text)
        text = body if isinstance(body, str) else body.decode()
        token = self._token(call)
        if token is not None and status == 200 and call.service == "ec2":
            self.account.backend(call.region).answers[token] = (call.params, text)
        return Answer(int(status), text.encode(), {"Content-Type": headers.get("Content-Type", "text/xml")})
