# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The client: retries, pages, methods and errors, against a scripted server."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from ansible_collections.bonded.internet.plugins.module_utils._client import (
    ApiError,
    AuthError,
    Client,
    TlsError,
    TransportError,
    UnclearError,
    UnreachableError,
)
from tests.unit.plugins.scripted import (
    API,
    CONNECTION,
    Step,
    delete,
    get,
    lost,
    options,
    patch,
    post,
    refused,
    reply,
    script,
)

BODY = {"name": "x"}


def test_the_plain_methods() -> None:
    steps = [
        get("a/", {"id": 1}),
        post("a/", BODY, {"id": 2}),
        patch("a/2/", BODY, {"id": 2}),
        options("a/", {"name": "A"}),
        delete("a/2/"),
        delete("a/2/", 404),
    ]
    with script(*steps) as server, server.client() as client:
        assert client.get("a/") == {"id": 1}
        assert client.post("a/", BODY) == {"id": 2}
        assert client.patch("a/2/", BODY) == {"id": 2}
        assert client.options("a/") == {"name": "A"}
        assert client.delete("a/2/") is True
        assert client.delete("a/2/") is False
        assert server.waits == []
    assert server.closed


def test_urls_and_paths() -> None:
    with script() as server:
        client = server.client()
        assert client.url("spaces/acme/") == f"{API}spaces/acme/"
        assert client.path_of(f"{API}spaces/acme/") == "spaces/acme/"
        assert client.path_of("http://inside:8000/prefix/api/v4/bonds/17/?page=1") == "bonds/17/"
        assert client.path_of("/api/v4/bonds/17/") == "bonds/17/"


def test_a_bare_list() -> None:
    with script(get("a/", [{"id": 1}])) as server:
        assert server.client().list("a/") == [{"id": 1}]


def test_pages_are_followed_on_our_own_host() -> None:
    one = {"count": 3, "next": "http://inside:8000/api/v4/a/?page=2&page_size=2", "results": [{"id": 1}, {"id": 2}]}
    two = {"count": 3, "next": None, "results": [{"id": 3}]}
    with script(get("a/", one), get("a/?page=2&page_size=2", two)) as server:
        assert [item["id"] for item in server.client().list("a/")] == [1, 2, 3]


def test_pages_without_a_link_are_counted() -> None:
    steps = [
        get("a/?page_size=1", {"count": 2, "results": [{"id": 1}]}),
        get("a/?page_size=1&page=2", {"count": 2, "results": [{"id": 2}]}),
    ]
    with script(*steps) as server:
        assert [item["id"] for item in server.client().list("a/?page_size=1")] == [1, 2]


def test_a_page_that_links_to_itself_ends() -> None:
    steps = [
        get("a/", {"next": f"{API}a/?page=2", "results": [{"id": 1}]}),
        get("a/?page=2", {"next": f"{API}a/?page=2", "results": [{"id": 2}]}),
    ]
    with script(*steps) as server:
        assert len(server.client().list("a/")) == 2


def test_something_else_than_a_list_is_an_error() -> None:
    with (
        script(get("a/", {"id": 1})) as server,
        pytest.raises(ApiError, match="GET a/: the answer is not a list of objects"),
    ):
        server.client().list("a/")


@pytest.mark.parametrize("status", [429, 502, 503, 504])
@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE", "OPTIONS"])
def test_a_passing_fault_is_tried_again(method: str, status: int) -> None:
    body = BODY if method == "PATCH" else None
    good = reply("", 204) if method == "DELETE" else reply({"id": 1})
    steps = [Step(method, "a/1/", body, reply("", status)), Step(method, "a/1/", body, good)]
    with script(*steps) as server:
        client = server.client()
        getattr(client, method.lower())("a/1/", *([body] if body else []))
        assert server.waits == [0.5]


@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
def test_a_lost_answer_is_tried_again_where_that_is_safe(method: str) -> None:
    body = BODY if method == "PATCH" else None
    good = reply("", 204) if method == "DELETE" else reply({"id": 1})
    steps = [lost(method, "a/1/", body), refused(method, "a/1/", body), Step(method, "a/1/", body, good)]
    with script(*steps) as server:
        getattr(server.client(), method.lower())("a/1/", *([body] if body else []))
        assert server.waits == [0.5, 1.0]


def test_a_deletion_whose_answer_was_lost_finds_nothing_the_second_time() -> None:
    with script(lost("DELETE", "a/1/"), delete("a/1/", 404)) as server:
        assert server.client().delete("a/1/") is False


UNCLEAR = [
    lost("POST", "a/", BODY),
    *(post("a/", BODY, "", code) for code in (500, 502, 503, 504)),
    post("a/", BODY, [1]),
    post("a/", BODY, {"id": None}),
    post("a/", BODY, "<html>Please log in</html>", 200),
    post("a/", BODY, '{"id": 1, "na', 201),
]


@pytest.mark.parametrize("step", UNCLEAR)
def test_a_post_is_never_repeated_blindly(step: Step) -> None:
    with script(step) as server, pytest.raises(UnclearError, match="It may or may not have been done") as caught:
        server.client().post("a/", BODY)
    assert (caught.value.method, caught.value.path) == ("POST", "a/")
    assert server.waits == []


def test_a_post_is_repeated_where_it_was_certainly_not_done() -> None:
    steps = [refused("POST", "a/", BODY), post("a/", BODY, "", 429), post("a/", BODY, {"id": 1})]
    with script(*steps) as server:
        assert server.client().post("a/", BODY) == {"id": 1}


def test_gives_up_after_five_attempts() -> None:
    with script(*[refused("GET", "a/")] * 5) as server, pytest.raises(UnreachableError) as caught:
        server.client().get("a/")
    assert server.waits == [0.5, 1.0, 2.0, 4.0]
    assert str(caught.value) == (
        f"The management server {API} cannot be reached: GET a/: Connection refused (tried 5 times)."
    )


def test_a_patch_that_never_gets_an_answer_is_unclear() -> None:
    with script(*[lost("PATCH", "a/", BODY)] * 5) as server, pytest.raises(UnclearError, match="tried 5 times"):
        server.client().patch("a/", BODY)


LOST = [
    [lost("PATCH", "a/", BODY), *[refused("PATCH", "a/", BODY)] * 4],
    [lost("PATCH", "a/", BODY), *[patch("a/", BODY, "", 429)] * 4],
    [patch("a/", BODY, "", 500)],
    [patch("a/", BODY, "", 503)] * 5,
    [patch("a/", BODY, "<html>Please log in</html>")],
    [patch("a/", BODY, {"id": "x"})],
    [delete("a/", 200, "<html>Please log in</html>")],
    [delete("a/", 202)],
    [lost("DELETE", "a/")] * 5,
]


@pytest.mark.parametrize("steps", LOST, ids=range(len(LOST)))
def test_a_write_that_may_have_been_done_is_unclear(steps: list[Step]) -> None:
    with script(*steps) as server, pytest.raises(UnclearError, match="It may or may not have been done"):
        if steps[0].method == "PATCH":
            server.client().patch("a/", BODY)
        else:
            server.client().delete("a/")


def test_a_write_that_was_refused_each_time_is_clear() -> None:
    steps = [lost("PATCH", "a/", BODY), patch("a/", BODY, {"name": ["No."]}, 400)]
    with script(*steps) as server, pytest.raises(ApiError, match="was answered with 400"):
        server.client().patch("a/", BODY)


def test_a_status_that_stays_says_how_often_it_was_tried() -> None:
    with script(*[get("a/", "", 503)] * 5) as server, pytest.raises(ApiError, match=r"with 503 \(tried 5 times\)"):
        server.client().get("a/")


def test_a_server_that_repeats_the_credentials() -> None:
    body = {"detail": "secret is no password", "password": ["secret"]}
    with script(get("a/", body, 403)) as server, pytest.raises(ApiError) as caught:
        server.client().get("a/")
    assert "secret" not in f"{caught.value} {caught.value.failure()} {caught.value.detail}"


def test_retry_after_in_seconds_is_honoured() -> None:
    steps = [
        Step("GET", "a/", None, reply("", 503, retry_after="7")),
        Step("GET", "a/", None, reply("", 429, retry_after="40")),
        get("a/", []),
    ]
    with script(*steps) as server:
        server.client().get("a/")
        assert server.waits == [7.25, 40.25]


def test_retry_after_as_a_date() -> None:
    moment = format_datetime(datetime.now(UTC) + timedelta(seconds=20), usegmt=True)
    with script(Step("GET", "a/", None, reply("", 503, retry_after=moment)), get("a/", [])) as server:
        server.client().get("a/")
        assert 17 < server.waits[0] <= 20.25


@pytest.mark.parametrize(
    "value", ["soon", "", "0", "²", "-5", "Wed, 21 Oct 2015 07:28:00 GMT", "Wed, 21 Oct 99999 07:28:00 GMT"]
)
def test_a_useless_retry_after_is_ignored(value: str) -> None:
    with script(Step("GET", "a/", None, reply("", 503, retry_after=value)), get("a/", [])) as server:
        server.client().get("a/")
        assert server.waits == [0.5]


def test_all_waiting_together_is_bounded() -> None:
    busy = Step("GET", "a/", None, reply("", 503, retry_after="40"))
    with script(busy, busy) as server, pytest.raises(ApiError) as caught:
        server.client().get("a/")
    assert server.waits == [40.25]
    assert "was answered with 503 (tried 2 times) (it asks to wait 40 s; a request waits 60 s at most)" in str(
        caught.value
    )


def test_a_server_that_asks_for_too_long_a_wait_is_not_asked_again() -> None:
    step = Step("GET", "a/", None, reply({"detail": "Slow down."}, 429, retry_after="7200"))
    with script(step) as server, pytest.raises(ApiError) as caught:
        server.client().get("a/")
    assert server.waits == []
    assert str(caught.value) == (
        "GET a/ was answered with 429 (it asks to wait 7200 s; a request waits 60 s at most). "
        'The server says: "Slow down."'
    )


def test_tls_says_how_to_trust_the_server_and_is_not_tried_again() -> None:
    step = Step("GET", "a/", None, TransportError("self-signed certificate", sent=False, tls=True))
    with script(step) as server, pytest.raises(TlsError, match="self-signed certificate") as caught:
        server.client().get("a/")
    for words in ("ca_path", "BONDING_API_CA_PATH", "validate_certs: false", "Nothing was sent"):
        assert words in str(caught.value)


@pytest.mark.parametrize(
    ("status", "body", "kind", "text"),
    [
        (400, {"vni": ["Too big."]}, ApiError, 'GET a/ was answered with 400. The server says: "vni: Too big."'),
        (400, {"non_field_errors": ["No."], "a": {"b": ["C."]}}, ApiError, 'says: "No.; a.b: C."'),
        (400, {"a": [{}, {"b": ["C."]}]}, ApiError, 'says: "a[1].b: C."'),
        (400, {"a": {"1": {"b": ["C."]}}}, ApiError, 'says: "a[1].b: C."'),
        (400, [{"a": ["B."]}], ApiError, 'says: "a: B."'),
        (400, [{}, {"a": ["B."]}], ApiError, 'says: "[1].a: B."'),
        (400, {"7": ["B."]}, ApiError, 'says: "7: B."'),
        (400, ["Bad."], ApiError, 'says: "Bad."'),
        (401, {"detail": "Invalid token."}, AuthError, "Wrong user or password (api_username is 'ops@example.com')"),
        (403, {"detail": "No."}, ApiError, 'it wants the right to view a. The server says: "No."'),
        (404, {"detail": "Not found."}, ApiError, "it does not exist, or this user cannot see it"),
        (
            500,
            "<html><title>Server\n Error (500)</title><body>x</body></html>",
            ApiError,
            "(an HTML page) Server Error",
        ),
        (500, "<!doctype html><html><body>secret stack</body></html>", ApiError, "(an HTML page without a title)"),
        (500, "", ApiError, "The server gives no reason."),
        (302, "", ApiError, "was redirected (302) to nowhere, and not followed; correct api_url"),
        (200, "<html><title>Log in</title></html>", ApiError, "was answered with 200, but not with JSON"),
    ],
)
def test_the_words_of_errors(status: int, body: object, kind: type[ApiError], text: str) -> None:
    with script(get("a/", body, status)) as server, pytest.raises(kind) as caught:
        server.client().get("a/")
    assert text in str(caught.value)
    assert "secret stack" not in str(caught.value)
    assert caught.value.status == status


def test_a_long_text_is_cut() -> None:
    with script(get("a/", "x" * 5000, 500)) as server, pytest.raises(ApiError) as caught:
        server.client().get("a/")
    assert len(str(caught.value)) < 500


def test_nothing_is_sent_without_credentials() -> None:
    with script() as server:
        incomplete = type(CONNECTION)(CONNECTION.url, username="ops@example.com")
        with pytest.raises(Exception, match=r"api_password \(BONDING_API_PASSWORD\) not given"):
            Client(incomplete, transport=server)
