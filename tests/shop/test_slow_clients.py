"""Fifty slow clients, and one that is served all the same: a real Granian, over real sockets."""

import http.client
import os
import socket
import time
from contextlib import contextmanager

import pytest

from tests.serving import granian, migrated

SLOW = 50
ASKED = b'{"query": "{ __typename }"}'
POST = b"POST /graphql/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """One process of the shop in production's mode; gives its port and the folder of its files."""
    folder = tmp_path_factory.mktemp("served")
    values = {
        "PATH": os.environ["PATH"],
        "DATA_DIR": str(folder),
        "SHOP_MODE": "production",
        "SECRET_KEY": "x" * 50,
        "ALLOWED_HOSTS": "127.0.0.1",
        "STRIPE_SECRET_KEY": "rk_live_1",
        "STRIPE_WEBHOOK_SECRET": "whsec_1",
        "SECURE_SSL_REDIRECT": "false",
        "LOG_LEVEL": "ERROR",
    }
    with granian(migrated(values)) as port:
        yield port, folder


def ask(port, method, path, body=None, **headers):
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        link.request(method, path, body, headers)
        answer = link.getresponse()
        answer.read()
        return answer
    finally:
        link.close()


@contextmanager
def slow_clients(port, beginning):
    """Fifty connections that sent this much and go on with nothing, reading nothing either."""
    links = []
    try:
        for _ in range(SLOW):
            link = socket.socket()
            link.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
            link.settimeout(30)
            link.connect(("127.0.0.1", port))
            link.sendall(beginning)
            links.append(link)
        yield links
    finally:
        for link in links:
            link.close()


@pytest.mark.parametrize(
    "beginning",
    [
        b"",
        b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ",
        b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
        POST + b"Content-Length: 90000\r\n\r\n{",
        POST + b"Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n",
        b"GET /media/videos/long.mp4 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
    ],
    ids=["nothing", "half a header", "idle", "half a body", "half the chunks", "half a video"],
)
def test_fifty_slow_clients_keep_nobody_waiting(served, beginning):
    port, folder = served
    video = folder / "media" / "videos" / "long.mp4"
    video.parent.mkdir(parents=True, exist_ok=True)
    video.write_bytes(b"x" * 20_000_000)
    with slow_clients(port, beginning):
        asked = {"Content-Type": "application/json"}
        answers = [ask(port, "POST", "/graphql/", ASKED, **asked) for _ in range(5)]
        answers += [ask(port, "GET", "/healthz") for _ in range(5)]
    assert [answer.status for answer in answers] == [200] * 10


def test_a_byte_a_second_is_cut_off(served):
    port, _folder = served
    with slow_clients(port, POST + b"Content-Length: 90000\r\n\r\n{") as links:
        for _second in range(18):
            time.sleep(1)
            for link in links:
                with_what_is_left(link)
        begun = [link.recv(20) for link in links]
    assert set(begun) == {b"HTTP/1.1 408 Request"}


def with_what_is_left(link):
    """One byte more, unless the server hung up."""
    try:
        link.send(b"x")
    except OSError:
        return


def test_a_header_that_never_ends_is_cut_off(served):
    port, _folder = served
    with slow_clients(port, b"GET / HTTP/1.1\r\nX-Slow: ") as links:
        assert {link.recv(9)[:9] for link in links} <= {b"", b"HTTP/1.1 "}


def test_a_heavy_body_is_refused_before_it_is_sent(served):
    port, _folder = served
    with socket.create_connection(("127.0.0.1", port), timeout=5) as link:
        link.sendall(POST + b"Content-Length: 100001\r\n\r\n")
        assert link.recv(12) == b"HTTP/1.1 413"


def test_cookies_are_bound_to_this_host_and_no_version_is_told(served):
    port, _folder = served
    answer = ask(port, "GET", "/account/login/", **{"X-Forwarded-Proto": "https"})
    cookie = answer.getheader("Set-Cookie")
    assert cookie.startswith("__Host-csrftoken=")
    assert cookie.endswith("; Path=/; SameSite=Lax; Secure")
    assert answer.getheader("Strict-Transport-Security") == "max-age=31536000"
    assert answer.getheader("Server") == "granian"
