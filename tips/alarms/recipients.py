"""To whom mail about waiting tips goes."""

from collections.abc import Iterable

from django.conf import settings

from tips.models import Mail, Officer

ALARM_LINE = "the alarm line"


def of_desk() -> list[str]:
    """DESK_EMAIL and DUTY_EMAIL, each address once; none while no mail leaves."""
    return _each_once([*settings.DESK_EMAIL, *settings.DUTY_EMAIL])


def of_supervisors() -> list[str]:
    """The addresses in the accounts of active supervisors; none while no mail leaves."""
    rows = Officer.objects.mailed_supervisors().order_by("email")
    return _each_once(rows.values_list("email", flat=True))


def of_alarm_line() -> list[str]:
    """ALARM_URL as a recipient, where there is one."""
    return [Mail.ALARM_LINE] if settings.ALARM_URL else []


def of_mail() -> list[str]:
    """Everybody who is ever mailed."""
    return _each_once([*of_desk(), *of_supervisors()])


def everybody() -> list[str]:
    """Everybody who is ever mailed, and the alarm line."""
    return [*of_alarm_line(), *of_mail()]


def named(addresses: Iterable[str], officer: Officer) -> list[str]:
    """The addresses for a supervisor, who needs them; for others by what they are, each once."""
    if officer.is_supervisor:
        return [address or ALARM_LINE for address in addresses]
    return list(dict.fromkeys(map(_role_of, addresses)))


def _role_of(address: str) -> str:
    """Nobody but supervisors is mailed at an address that no setting names."""
    if address == Mail.ALARM_LINE:
        return ALARM_LINE
    lists = {"the desk": settings.DESK_EMAIL, "whoever is on duty": settings.DUTY_EMAIL}
    roles = (
        name for name, mailed in lists.items() if address.lower() in {one.lower() for one in mailed}
    )
    return next(roles, "a supervisor")


def _each_once(addresses: Iterable[str]) -> list[str]:
    if not settings.MAIL_LEAVES:
        return []
    return list({address.lower(): address for address in addresses}.values())
