# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One API request: which service and action, which fault, and the answer; private to the stand-in."""

from __future__ import annotations

import re
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from xml.sax.saxutils import escape

from botocore.model import OperationNotFoundError
from moto.core.exceptions import ServiceException
from moto.core.request import Request as MotoRequest
from moto.sts.responses import TokenResponse

from lab.kit.history import History
from lab.kit.messages import Request, Response
from lab.kit.request_log import RequestLog

from .ec2.backend import REGION, Ec2Backend, Ec2Response
from .ec2.errors import MISSING, prefix_of
from .faults import ActionFaults, Fault
from .iam.authorizer import Authorizer
from .iam.errors import IamError
from .iam.evaluation import Right
from .iam.required_actions import ec2_rights, iam_rights
from .iam.responses import own_answer
from .snapshots import Account

_SCOPE = re.compile(r"Credential=(?P<key>[^/,\s]+)/\d+/(?P<region>[^/]+)/(?P<service>[^/]+)/aws4_request")
_REQUEST_ID = "00000000-0000-4000-8000-000000000000"
READING = ("Describe", "Get", "List", "Simulate")
# What of each service moto answers; IAM is all our own.
_SERVICES = {"ec2": Ec2Response, "sts": TokenResponse, "iam": None}


CUT = Response(0, b"", cut=True)
XML = {"Content-Type": "text/xml;charset=UTF-8"}


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


def error_response(service: str, status: int, code: str, message: str) -> Response:
    """An error in the XML of the service."""
    inner = f"<Code>{escape(code)}</Code><Message>{escape(message)}</Message>"
    if service == "ec2":
        text = f"<Response><Errors><Error>{inner}</Error></Errors><RequestID>{_REQUEST_ID}</RequestID></Response>"
    else:
        text = f"<ErrorResponse><Error>{inner}</Error><RequestId>{_REQUEST_ID}</RequestId></ErrorResponse>"
    return Response(status, f'<?xml version="1.0" encoding="UTF-8"?>\n{text}'.encode(), XML)


def parse_call(request: Request, region: str) -> Call:
    """Return the parsed request; `region` is what an unsigned one means."""
    query = urlsplit(request.target).query if request.method == "GET" else request.body.decode("utf-8", "replace")
    params = dict(parse_qsl(query, keep_blank_values=True))
    action = params.pop("Action", "")
    params.pop("Version", None)
    # The names of headers are of any case (RFC 9110, 5.1), and these headers know it.
    signature = request.headers.get("Authorization")
    scope = _SCOPE.search(signature or "")
    service = scope["service"] if scope else "ec2"
    wanted = scope["region"] if scope else region
    url = f"http://{request.headers.get('Host', 'localhost')}{request.target}"
    moto_request = MotoRequest.from_primitives(request.method, url, dict(request.headers.items()), request.body)
    moto_request.environ[REGION] = wanted
    key = scope["key"] if scope else ""
    return Call(key, service, wanted, action, params, moto_request, signed=signature is not None)


Submit = Callable[[Callable[[], Response]], Response]


class Api:
    """Answers API requests, and logs them (docs/lab-aws.md has the fields of a log entry).

    :param submit: carries out a function between two others, and returns its result.
    """

    def __init__(self, account: Account, log: RequestLog, authorizer: Authorizer, submit: Submit) -> None:
        self.account, self.log, self.authorizer, self._submit = account, log, authorizer, submit
        self.faults = ActionFaults()
        self.history = History(account.keep, account.forget)

    def response(self, request: Request) -> Response:
        """Return the response to a request; the request is logged."""
        arrived = time.time()
        call = parse_call(request, self.account.region)
        fault = self.faults.take(call.action)
        # Outside the worker: other requests go on.
        if fault is not None and fault.kind == "delay":
            time.sleep(fault.seconds)
        if fault is not None and fault.kind == "hold":
            self.faults.hold(call.action)
        return self._submit(lambda: self._logged(call, fault, arrived))

    def _logged(self, call: Call, fault: Fault | None, arrived: float) -> Response:
        response = self._carry_out(call, fault)
        shown = re.search(rb"<Code>(.*?)</Code>\s*<Message>(.*?)</Message>", response.body, re.DOTALL)
        failed = shown is not None and response.status >= 400
        entry = {
            "service": call.service,
            "region": call.region,
            "action": call.action,
            "params": call.params,
            "status": response.status,
            "error": shown[1].decode() if shown and failed else None,
            "message": shown[2].decode() if shown and failed else None,
            "fault": fault.kind if fault is not None else None,
        }
        self.log.add(arrived, entry)
        return response

    def _carry_out(self, call: Call, fault: Fault | None) -> Response:
        stranger = self.authorizer.stranger(call.key, call.service, call.signed)
        if stranger is not None:
            return error_response(call.service, stranger.status, stranger.code, stranger.message)
        if call.service not in _SERVICES:
            text = f"This stand-in has EC2, STS and IAM, not '{call.service}'"
            return error_response(call.service, 400, "UnknownService", text)
        if not self.account.has_region(call.region):
            return error_response(call.service, 400, "AuthFailure", f"There is no region '{call.region}'")
        if not call.action:
            return error_response(call.service, 400, "MissingAction", "The request must contain the parameter Action")
        if fault is not None and fault.kind == "broken":
            return CUT
        if fault is not None and fault.kind == "error":
            return error_response(call.service, fault.http_status, fault.code, fault.message)
        refusal = self.authorizer.refusal(call.key, call.service, call.action, call.params, self._rights(call))
        if refusal is not None:
            return error_response(call.service, refusal.status, refusal.code, refusal.message)
        response = self._in_region(call, fault) if call.service == "ec2" else self._dispatch(call)
        if response.status == 200 and not call.action.startswith(READING):
            self.history.wrote(call.action)
        if fault is not None and fault.kind == "failed":
            return error_response(call.service, fault.http_status, fault.code, fault.message)
        return CUT if fault is not None and fault.kind == "lost" else response

    def _rights(self, call: Call) -> Iterator[Right]:
        if call.service == "ec2":
            return ec2_rights(call.action, call.params, self.account.backend(call.region))
        return iam_rights(call.action, call.params, self.authorizer.identities)

    def _in_region(self, call: Call, fault: Fault | None) -> Response:
        """Return EC2's response to a call. STS and IAM requests concern the account and do not change a region."""
        backend = self.account.backend(call.region)
        before = backend.known_ids()
        response = self._repeated(call, backend) or self._not_visible(call, backend) or self._dispatch(call)
        backend.hidden.answered()
        if fault is not None and fault.kind == "hidden":
            backend.hidden.hide(backend.known_ids() - before, fault.calls, fault.seconds)
        return response

    @staticmethod
    def _token(call: Call) -> tuple[str, str] | None:
        token = call.params.get("ClientToken")
        return (call.action, token) if token else None

    def _repeated(self, call: Call, backend: Ec2Backend) -> Response | None:
        """A request with a client token that was carried out before gets the answer of that time."""
        token = self._token(call)
        if token is None or token not in backend.answers:
            return None
        params, body = backend.answers[token]
        if params != call.params:
            text = "The client token has been used with other parameters."
            return error_response(call.service, 400, "IdempotentParameterMismatch", text)
        return Response(200, body.encode(), XML)

    @staticmethod
    def _not_visible(call: Call, backend: Ec2Backend) -> Response | None:
        # An id in a filter is no error: it just finds nothing.
        named = backend.hidden.named(value for key, value in call.params.items() if not key.startswith("Filter."))
        if named is None:
            return None
        code, text = MISSING[prefix_of(named)]
        return error_response(call.service, 400, code, text.format(named))

    def _dispatch(self, call: Call) -> Response:
        try:
            own = own_answer(self.authorizer, call.key, call.service, call.action, call.params)
            if own is not None:
                return Response(200, own.encode(), XML)
            status, headers, body = _SERVICES[call.service].dispatch(call.request)
        except OperationNotFoundError:
            text = f"The action {call.action} is not valid for this web service."
            return error_response(call.service, 400, "InvalidAction", text)
        except IamError as error:
            return error_response(call.service, error.status, error.code, error.message)
        except NotImplementedError as error:
            return error_response(call.service, 400, "UnsupportedOperation", f"Not modelled by this stand-in: {error}")
        except ServiceException as error:
            return error_response(call.service, 400, error.code, error.message)
        except Exception as error:
            # Never an HTML page: the client could only say that it cannot be parsed.
            traceback.print_exc(file=sys.stderr)
            text = f"{call.action}: this stand-in failed with {type(error).__name__}: {error}"
            return error_response(call.service, 400, "StandInFailure", text)
        text = body if isinstance(body, str) else body.decode()
        token = self._token(call)
        if token is not None and status == 200 and call.service == "ec2":
            self.account.backend(call.region).answers[token] = (call.params, text)
        return Response(int(status), text.encode(), {"Content-Type": headers.get("Content-Type", "text/xml")})
