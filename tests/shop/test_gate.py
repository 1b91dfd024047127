"""What the gate lets in, and how it says no: bytes in, bytes out, as WSGI carries them."""

import json
from http import HTTPStatus
from io import BytesIO
from threading import Barrier, Event, Thread

import pytest
from django.db import connection, connections
from django.http import HttpResponse, StreamingHttpResponse

from advice import videos
from kernel import uploads
from orders import stripe_webhook
from shop import gate, graphql_http
from shop.gate import Crowd, Gate, Refused

TOO_LARGE = f"413 {HTTPStatus(413).phrase}"


@pytest.fixture(autouse=True)
def _connections_of_this_thread():
    """A place takes its connections away from the thread that it leaves: these are put back."""
    had = {alias: connections[alias] for alias in connections}
    yield
    for alias, each in had.items():
        connections[alias] = each


class Unread:
    """A body that nobody may read."""

    def __len__(self):
        return 1

    def read(self, _size):
        raise AssertionError


def repeat(environ, start):
    """An application that answers with the body that it got."""
    response = HttpResponse(environ["wsgi.input"].read())
    start("200 OK", [])
    return response


def sent(application, path="/graphql/", body=b"", **environ):
    """Status, headers and body of the answer; the length is stated unless it comes in chunks."""
    told = []
    if "HTTP_TRANSFER_ENCODING" not in environ:
        environ = {"CONTENT_LENGTH": str(len(body)), **environ}
    source = BytesIO(body) if isinstance(body, bytes) else body
    answer = application(
        {"PATH_INFO": path, "REMOTE_ADDR": "192.0.2.1", "wsgi.input": source, **environ},
        lambda status, headers: told.append((status, dict(headers))),
    )
    return *told[0], b"".join(answer)


@pytest.mark.parametrize(
    ("path", "most"),
    [
        ("/graphql/", 100_000),
        ("/stripe/webhook", 256 * 1024),
        ("/uploads/x", 15 * 1024 * 1024),
        ("/admin/advice/video/", 65 * 1024 * 1024),
        ("/auth/browser/v1/auth/login", 64 * 1024),
        ("/", 64 * 1024),
    ],
)
def test_a_body_is_refused_by_its_stated_length_before_a_byte_is_read(path, most):
    refused = sent(Gate(repeat), path, Unread(), CONTENT_LENGTH=str(most + 1))
    assert refused[0] == TOO_LARGE
    assert json.loads(refused[2])["errors"][0]["extensions"] == {"code": "TOO_LARGE"}
    if most < 10**6:
        assert sent(Gate(repeat), path, b"x" * most)[2] == b"x" * most


def test_the_limits_are_those_of_what_they_carry():
    assert gate.MOST_BYTES["/graphql"] == graphql_http.MOST_BYTES
    assert gate.MOST_BYTES["/stripe/webhook"] == stripe_webhook.MOST_BYTES
    assert gate.MOST_BYTES["/uploads/"] == max(limit.max_bytes for limit in uploads.LIMITS.values())
    assert gate.MOST_BYTES["/admin/"] == videos.MAX_BYTES + 1024 * 1024


def test_chunks_are_taken_without_a_length_and_counted_as_they_come():
    application = Gate(repeat)
    chunked = {"HTTP_TRANSFER_ENCODING": "chunked"}
    assert sent(application, body=b"x" * 100_000, **chunked)[2] == b"x" * 100_000
    refused = sent(application, body=b"x" * 100_001, **chunked)
    assert refused[0] == TOO_LARGE


def test_a_body_that_stops_short_is_refused():
    assert sent(Gate(repeat), body=b"x" * 9, CONTENT_LENGTH="10")[0] == "400 Bad Request"


def test_a_length_that_is_no_number_is_no_body():
    assert sent(Gate(repeat), body=b"x", CONTENT_LENGTH="-1")[2] == b""


def test_a_trickle_is_cut_off_and_a_heavy_body_that_flows_is_not():
    application = Gate(repeat, grace_s=-1)
    refused = sent(application, body=b"x" * 1000)
    assert (refused[0], refused[1]["Connection"]) == ("408 Request Timeout", "close")
    heavy = b"x" * (2 * 1024 * 1024)
    assert sent(Gate(repeat), "/uploads/x", heavy)[2] == heavy


def test_so_many_wait_and_the_next_is_told_when_to_come_again():
    inside, leave = Barrier(2, timeout=10), Event()

    def hold(environ, start):
        inside.wait()
        leave.wait(10)
        return repeat(environ, start)

    application = Gate(hold, places=1, waiting=0)
    first = Thread(target=sent, args=(application,))
    first.start()
    inside.wait()
    status, headers, body = sent(application)
    leave.set()
    first.join()
    assert (status, headers["Retry-After"]) == ("503 Service Unavailable", "2")
    assert headers["Cache-Control"] == "no-store"
    assert json.loads(body)["errors"][0]["extensions"] == {"code": "OVERLOADED"}


def test_who_waited_too_long_is_told_the_same_and_health_waits_for_nobody():
    inside, leave = Barrier(2, timeout=10), Event()

    def hold(environ, start):
        if environ["PATH_INFO"] != "/healthz":
            inside.wait()
            leave.wait(10)
        return repeat(environ, start)

    application = Gate(hold, places=1, waiting=5, patience_s=0.01)
    first = Thread(target=sent, args=(application,))
    first.start()
    inside.wait()
    answers = [sent(application)[0], sent(application, "/healthz")[0]]
    leave.set()
    first.join()
    assert answers == ["503 Service Unavailable", "200 OK"]


def test_one_address_cannot_fill_a_crowd():
    crowd = Crowd(3, 2)
    crowd.enter("a")
    crowd.enter("a")
    with pytest.raises(Refused):
        crowd.enter("a")
    crowd.enter("b")
    with pytest.raises(Refused):
        crowd.enter("c")
    crowd.leave("a")
    crowd.enter("c")
    assert len(crowd) == 3


@pytest.mark.django_db
def test_a_place_lends_its_connections_and_takes_them_back():
    seen = []

    def look(environ, start):
        seen.append(connections["default"])
        return repeat(environ, start)

    application = Gate(look, places=1)
    ask_twice = Thread(target=lambda: [sent(application), sent(application)])
    ask_twice.start()
    ask_twice.join()
    assert seen[0] is seen[1]
    assert seen[0] is not connection


@pytest.mark.parametrize(
    ("is_wanted", "trusted_s", "told"),
    [(True, 60, [True, False]), (True, -1, [True, True]), (False, -1, [False, False])],
)
def test_a_connection_that_just_answered_is_not_asked_whether_it_lives(
    monkeypatch, is_wanted, trusted_s, told
):
    monkeypatch.setattr(gate, "TRUSTED_S", trusted_s)
    monkeypatch.setitem(connection.settings_dict, "CONN_HEALTH_CHECKS", is_wanted)
    seen = []

    def look(environ, start):
        seen.append(connections["default"].health_check_enabled)
        return repeat(environ, start)

    application = Gate(look, places=1)
    sent(application)
    sent(application)
    assert seen == told


def test_a_small_file_holds_no_thread_and_a_large_one_is_given_piece_by_piece():
    def give(environ, start):
        start("200 OK", [])
        response = StreamingHttpResponse(iter([b"ab", b"cd"]))
        response["Content-Length"] = environ["QUERY_STRING"]
        return response

    application = Gate(give)
    environ = {"PATH_INFO": "/", "REMOTE_ADDR": "192.0.2.1", "wsgi.input": BytesIO()}
    small = application({**environ, "QUERY_STRING": "4"}, lambda *_told: None)
    large = application({**environ, "QUERY_STRING": "999999"}, lambda *_told: None)
    assert small == [b"abcd"]
    assert (list(large), len(application._slow)) == ([b"ab", b"cd"], 1)
    large.close()
    assert len(application._slow) == 0


def test_who_reads_a_file_too_slowly_gets_no_more_of_it():
    def give(_environ, start):
        start("200 OK", [])
        return StreamingHttpResponse(iter([b"ab", b"cd"]))

    assert sent(Gate(give, grace_s=-1))[2] == b""
