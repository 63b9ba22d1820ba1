"""How much, how often and how slowly somebody may send through nginx."""

import os
import re
import resource
import socket
import subprocess
from contextlib import ExitStack
from ipaddress import ip_address

import pytest

from bench import load, nginx
from tests.operations.serving.behind_nginx import CONF, ask
from tests.reading import Reading
from tests.running import free_port, until


def test_a_large_body_arrives_whole_and_a_larger_one_is_refused_with_the_numbers(front, behind):
    body = b"a secret word " * 300_000
    assert ask(front, "/follow-up/", "POST", body)[0].status == 200
    assert behind.asked[0][2] == body
    answer, page = ask(front, "/follow-up/", "POST", b"", Content_Length=str(61 * 1024 * 1024))
    assert answer.status == 413
    assert "tel:847" in Reading(page).hrefs()
    assert len(behind.asked) == 1


def test_large_bodies_pass_where_photos_come_and_nowhere_else(ports, behind):
    photos = b"x" * 3_000_000
    for port, path in ((ports.site, "/es/follow-up/"), (ports.desk, "/desk/tips/tip/1/take/?a=b")):
        assert ask(port, path, "POST", photos)[0].status == 200
        assert behind.paths()[-1] == path
        answer, page = ask(port, path, "POST", b"", Content_Length=str(61 * 1024 * 1024))
        assert answer.status == 413
        assert "tel:847" in Reading(page).hrefs()
    for port, path, method in (
        (ports.site, "/report/", "POST"),
        (ports.site, "/follow-up/", "PUT"),
        (ports.site, "/", "POST"),
        (ports.desk, "/desk/", "GET"),
    ):
        assert ask(port, path, method, b"", Content_Length="3000000")[0].status == 413
    answer, page = ask(ports.site, "/_photos", "POST", photos)
    assert answer.status == 404
    assert "tel:847" in Reading(page).hrefs()
    assert len(behind.asked) == 2


NEAR, FAR = "127.0.0.1", "127.0.0.9"

LARGE = (
    b"POST /follow-up/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 50000000\r\n\r\n"
    + b"x" * 600_000
)


def half_sent_photos(lines, port, address):
    line = lines.enter_context(socket.create_connection(("127.0.0.1", port), 10, (address, 0)))
    line.sendall(LARGE)


def sends_photos(port, address):
    answer, page = ask(port, "/follow-up/", "POST", b"x" * 2_500_000, address)
    assert answer.status == 200 or "tel:847" in Reading(page).hrefs()
    return answer.status


def sends_words(port, address):
    text = b"what_happened=" + b"a secret word " * 15_000
    sent = {
        ask(port, path, "POST", text, address)[0].status for path in ("/report/", "/follow-up/")
    }
    return sent == {200}


def test_slow_photos_of_one_network_keep_nobody_else_from_sending(front, behind):
    with ExitStack() as lines:
        for _upload in range(12):  # more than may be, for one of ours may come before some
            half_sent_photos(lines, front, NEAR)
        until(lambda: sends_photos(front, NEAR) == 429, 10)
        assert sends_photos(front, FAR) == 200
        for address in (NEAR, FAR):
            assert sends_words(front, address)
    until(lambda: sends_photos(front, NEAR) == 200, 10)


def test_a_tip_passes_where_photos_have_filled_the_memory_for_them(front, behind, tmp_path):
    if os.geteuid() != 0:
        pytest.skip("only root mounts a small disk")
    bodies = tmp_path / "nginx-bodies"
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m", "bodies", bodies], check=True)
    try:
        with ExitStack() as lines:
            for number in range(10, 20):
                half_sent_photos(lines, front, f"127.0.0.{number}")
            until(lambda: sends_photos(front, FAR) == 500, 10)
            assert sends_words(front, FAR)
        until(lambda: sends_photos(front, FAR) == 200, 10)
    finally:
        subprocess.run(["umount", "--lazy", bodies], check=True)


def test_a_flood_from_one_network_is_slowed_there_alone(front, behind):
    for path in ("/report/", "/?a=b"):
        statuses = [ask(front, path, address=NEAR)[0].status for _ in range(400)]
        assert set(statuses) == {200, 429}
        assert statuses.index(429) > 200
        assert ask(front, path, address=FAR)[0].status == 200
    assert {ask(front, "/contact/", address=NEAR)[0].status for _ in range(400)} == {200}


def test_a_network_is_an_address_or_what_one_line_has_of_ipv6(tmp_path):
    port = free_port()
    network = re.search(r"    map \$binary_remote_addr \$network \{.*?\}\n", CONF, re.S)[0]
    say_it = (
        f"{network}set_real_ip_from 127.0.0.0/8; server {{ listen 127.0.0.1:{port};"
        ' location / { default_type text/plain; return 200 "$network"; } }'
    )
    tmp_path.chmod(0o755)
    text = nginx._user() + nginx.PLAIN.format(folder=tmp_path, files=say_it)
    with nginx._serving(text, tmp_path / "networks.conf", port):
        for address, size in (
            ("203.0.113.10", 4),
            ("10.10.10.10", 4),
            ("2001:db8:0:1ff:a:b:c:d", 7),
            ("2001:db8:0:100::", 7),
            ("a0a:a0a:a0a:a0a:a0a:a0a:a0a:a0a", 7),
        ):
            head = f"GET / HTTP/1.1\r\nHost: x\r\nX-Real-IP: {address}\r\n\r\n"
            _head, body = load.ask(port, head.encode())
            assert body == ip_address(address).packed[:size]


def test_32_kilobytes_of_headers_pass(front, behind):
    ask(front, "/contact/", X_Filter="x" * 32_000)
    ask(front, "/report/", **{f"X_Filter_{number}": "x" * 8_000 for number in range(4)})
    assert behind.paths() == ["/contact/", "/report/"]


def test_thousands_of_half_sent_requests_leave_room_for_others(front, behind):
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 20_000), hard))
    try:
        with ExitStack() as lines:
            for _sender in range(2_500):  # more than 1,024 for each of two workers
                line = lines.enter_context(socket.create_connection(("127.0.0.1", front), 10))
                line.sendall(b"GET /signs/ HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ")
            answer, _page = ask(front, "/contact/")
            assert answer.status == 200
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert behind.paths() == ["/contact/"]


def test_a_request_that_does_not_go_on_is_given_up():
    for name in ("client_header_timeout 10s", "client_body_timeout 20s"):
        assert f"    {name};\n" in CONF
