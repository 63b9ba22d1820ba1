"""Attempts to open a socket and to reach the doors and PostgreSQL."""

import socket
import struct

from tests.operations.sandbox.attempts.attempt import (
    LEAKED_INET,
    LEAKED_UNIX,
    Targets,
    attempt,
    call,
)

LOCAL = socket.inet_aton("127.0.0.1")


@attempt(deadly=True)
def socket_unix(_targets: Targets) -> None:
    socket.socket(socket.AF_UNIX)


@attempt(deadly=True)
def socket_inet(_targets: Targets) -> None:
    socket.socket(socket.AF_INET)


@attempt(deadly=True)
def socket_inet6(_targets: Targets) -> None:
    socket.socket(socket.AF_INET6)


@attempt(deadly=True)
def socket_datagram(_targets: Targets) -> None:
    socket.socket(socket.AF_INET, socket.SOCK_DGRAM)


@attempt(deadly=True)
def socket_netlink(_targets: Targets) -> None:
    socket.socket(socket.AF_NETLINK, socket.SOCK_RAW)


@attempt(deadly=True, by_root=True)
def socket_packet(_targets: Targets) -> None:
    socket.socket(socket.AF_PACKET, socket.SOCK_RAW)


@attempt(deadly=True)
def connect_to_postgresql(targets: Targets) -> None:
    for path in targets["sockets"]:
        address = struct.pack("=H108s", socket.AF_UNIX, path.encode())
        call("connect", LEAKED_UNIX, address, len(address))


@attempt(deadly=True)
def connect_to_a_door(targets: Targets) -> None:
    address = struct.pack("=H", socket.AF_INET) + struct.pack("!H4s8x", targets["ports"][0], LOCAL)
    call("connect", LEAKED_INET, address, len(address))
