"""Whether the serving roles, their rights and their passwords are as they were made, and whether a
photo can be cleaned here."""

from datetime import timedelta

import psycopg2
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from slu_antitrafficking import roles, sandbox
from tips.access import mails, pairs
from tips.database import rights
from tips.models import Event, Officer, SelfCheck, Upkeep

SHOWN_FOR = timedelta(days=1)  # what was set right again
SET_AGAIN = " Set again."
PHOTOS_ARE_LOST = "A trial photo was lost: tips arrive without theirs, and the sender is told so."


def every_minute() -> None:
    """Roles, passwords and missing rights; set again on our own cluster, elsewhere only told. And
    keys."""
    _look_at_roles()
    _look_at_missing_rights()
    _look_at_pairs()
    _look_at_restored()


def every_hour() -> None:
    """The whole matrix of rights, what only a superuser can take away, and a trial photo; each
    again every minute while it is told as wrong.
    """
    if not _was_well(SelfCheck.RIGHTS):
        with connection.cursor() as cursor:
            found = rights.drift(cursor)
        tell(SelfCheck.RIGHTS, found, again=bool(found) and _set_rights_again())
    if not _was_well(SelfCheck.CATALOG):
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_user")
            missing = roles.superusers_part(cursor, cursor.fetchone()[0])
        said = [f"{len(missing)} statements are left to a superuser; the start prints them."]
        tell(SelfCheck.CATALOG, said if missing else [])
    if not _was_well(SelfCheck.PHOTOS):
        tell(SelfCheck.PHOTOS, [] if sandbox.cleans_a_photo() else [PHOTOS_ARE_LOST])


def _was_well(name: str) -> bool:
    """Whether it was looked at in the last hour, and in order."""
    an_hour_ago = timezone.now() - timedelta(hours=1)
    return Upkeep.objects.filter(name=name, failed_since=None, done_at__gt=an_hour_ago).exists()


def _look_at_roles() -> None:
    """Attributes, settings and passwords. On an installed server the owner must not be able to make
    roles, and the superuser sets them right."""
    with connection.cursor() as cursor:
        found = roles.drift(cursor)
        if settings.BY_PEER:
            found += roles.too_much(cursor)
        names = roles.role_names(roles.database_of(cursor))
    locked = [kind for kind, url in settings.DOOR_DATABASE_URLS.items() if not _logs_in(url)]
    found += [f"The password of {roles.WHOSE[kind]}'s role was changed." for kind in locked]
    again = False
    if found and settings.OWN_CLUSTER and not settings.BY_PEER:
        with transaction.atomic(), connection.cursor() as cursor:
            roles.make_roles(cursor)
            for kind in locked:
                password = psycopg2.extensions.parse_dsn(settings.DOOR_DATABASE_URLS[kind])
                roles.set_password(cursor, getattr(names, kind), password["password"])
            again = not roles.drift(cursor)
    tell(SelfCheck.ROLES, found, again=again)


def _look_at_missing_rights() -> None:
    """Without one of them tip pages may be errors. What is too many can wait for the hour: it may
    be a newer release's, set up beside this one."""
    with connection.cursor() as cursor:
        found = rights.drift(cursor, missing_alone=True)
    if found:
        tell(SelfCheck.RIGHTS, found, again=_set_rights_again())


def _set_rights_again() -> bool:
    """On our own cluster; whether all of them are right then."""
    if not settings.OWN_CLUSTER:
        return False
    with transaction.atomic(), connection.cursor() as cursor:
        rights.apply_grants(cursor)
        return not rights.drift(cursor)


def _look_at_pairs() -> None:
    """Pairs that the trail does not explain: whoever wrote them there was not at the desk."""
    false = pairs.all_unexplained()
    upkeep = Upkeep.objects.filter(name=SelfCheck.KEYS).first() or Upkeep(name=SelfCheck.KEYS)
    for key in false:
        pairs.tell_of_false_pair(key.officer)
    if false:
        names = ", ".join(key.officer.username for key in false)
        upkeep.went_wrong(f"{names}: a key that nobody at the desk gave.")
    elif upkeep.problem:
        upkeep.went_well()


def _look_at_restored() -> None:
    """A restored store is in order once a supervisor's secrets have judged every key, which each
    log-in does, and once the rights of its roles were looked at here."""
    upkeep = Upkeep.objects.filter(name=SelfCheck.RESTORED).exclude(failed_since=None).first()
    if upkeep is None:
        return
    supervisors = Officer.objects.filter(role=Officer.Role.SUPERVISOR).values("username")
    judged = Event.objects.filter(
        verb=Event.Verb.LOGGED_IN, by__in=supervisors, at__gt=upkeep.failed_since
    )
    in_order = Upkeep.objects.filter(
        name=SelfCheck.RIGHTS, failed_since=None, done_at__gt=upkeep.failed_since
    )
    if judged.exists() and in_order.exists() and not pairs.all_unexplained():
        upkeep.went_well()


def tell(name: str, found: list[str], *, again: bool = False) -> None:
    """On the start page, in the trail and by mail; what was set right `again` stays for a day."""
    upkeep = Upkeep.objects.filter(name=name).first() or Upkeep(name=name)
    if not found:
        shown_until = (upkeep.failed_since or timezone.now()) + SHOWN_FOR
        if not upkeep.problem.endswith(SET_AGAIN) or shown_until < timezone.now():
            upkeep.went_well()
        return
    if upkeep.failed_since is None:
        Event.objects.record(Event.Verb.SELF_CHECK, by="system", about=name)
        mails.something_is_wrong()
    more = f" And {len(found) - 1} more." if len(found) > 1 else ""
    upkeep.went_wrong(f"{found[0]}{more}{SET_AGAIN if again else ''}")


def _logs_in(url: str) -> bool:
    """Whether the password in this address is the role's; a server that is away is no answer."""
    try:
        psycopg2.connect(url, connect_timeout=5).close()
    except psycopg2.OperationalError as error:
        return "password authentication failed" not in str(error)
    return True
