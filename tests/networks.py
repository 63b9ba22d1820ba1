"""Addresses of this machine, of which each is a network by itself."""

from ipaddress import IPv4Address
from itertools import count

# RFC 1122, 3.2.1.3: all of 127.0.0.0/8 is this machine.
_numbers = count(int(IPv4Address("127.1.0.1")))


def new_network() -> str:
    """An address that nobody had before."""
    return str(IPv4Address(next(_numbers)))
