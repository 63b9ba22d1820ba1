"""Which network a request counts for."""

from django.test import RequestFactory

from slu_antitrafficking.networks import network


def network_of(address: str, **headers: str) -> str:
    return network(RequestFactory().get("/", REMOTE_ADDR=address, **headers))


def test_the_header_counts_only_behind_a_unix_socket() -> None:
    assert network_of("192.0.2.1", HTTP_X_REAL_IP="203.0.113.1") == "192.0.2.1/32"
    assert network_of("", HTTP_X_REAL_IP="203.0.113.1") == "203.0.113.1/32"


def test_ipv6_neighbours_are_one_network() -> None:
    one, two = network_of("2001:db8:0:1ff::1"), network_of("2001:db8:0:100::2")
    assert one == two == "2001:db8:0:100::/56"
    assert network_of("2001:db8:0:200::1") != one


def test_an_ipv4_client_of_an_ipv6_socket_is_a_network_of_its_own() -> None:
    assert network_of("::ffff:192.0.2.1") == network_of("192.0.2.1")
    assert network_of("::ffff:192.0.2.2") != network_of("::ffff:192.0.2.1")


def test_whoever_says_no_address_is_one_network() -> None:
    assert network_of("") == network_of("", HTTP_X_REAL_IP="nobody") == ""
