"""Which network a request comes from: what every limit counts by, and nothing writes down."""

from ipaddress import ip_address, ip_network

from django.http import HttpRequest


def network(request: HttpRequest) -> str:
    """The client's IPv4 address or IPv6 /56; X-Real-IP counts only behind a unix socket."""
    address = request.META.get("REMOTE_ADDR") or request.META.get("HTTP_X_REAL_IP", "")
    try:
        ip = ip_address(address)
    except ValueError:
        return ""
    return str(ip_network(f"{ip}/{32 if ip.version == 4 else 56}", strict=False))
