"""Which network a request comes from: what every limit counts by, and nothing writes down."""

from ipaddress import IPv6Address, ip_address, ip_network

from django.http import HttpRequest


def network(request: HttpRequest) -> str:
    """The client's IPv4 address or IPv6 /56; X-Real-IP counts only behind a unix socket.

    Empty where neither says an address: all of those are one network. A socket that listens for
    both names an IPv4 client in IPv6 (RFC 4291, 2.5.5.2): by /56 all of those would be one, too.
    """
    address = request.META.get("REMOTE_ADDR") or request.META.get("HTTP_X_REAL_IP", "")
    try:
        ip = ip_address(address)
    except ValueError:
        return ""
    if isinstance(ip, IPv6Address) and ip.ipv4_mapped:
        ip = ip.ipv4_mapped
    return f"{ip}/32" if ip.version == 4 else str(ip_network(f"{ip}/56", strict=False))
