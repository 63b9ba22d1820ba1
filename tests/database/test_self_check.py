"""What housekeeping finds changed every minute: set again on our own server, elsewhere told."""

import re
from datetime import timedelta
from itertools import product

import pytest
from django.db import connection, transaction
from django.utils import timezone

from tests.admin.desk import enter
from tests.cast import Person
from tests.database.acting import ask, role, superuser
from tests.variants import played
from tips.housekeeping import self_check
from tips.models import Event, Mail, SelfCheck, Upkeep

pytestmark = pytest.mark.django_db


@pytest.fixture(params=[True, False], ids=["ours", "somebody else's"])
def own_cluster(request: pytest.FixtureRequest, settings) -> bool:
    settings.OWN_CLUSTER = request.param
    return bool(request.param)


def problem(kind: SelfCheck) -> str:
    found = Upkeep.objects.filter(name=kind).first()
    return found.problem if found else ""


def housekeeping() -> None:
    self_check.every_minute()
    self_check.every_hour()


def run(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement.format(public=role("public"), desk=role("desk")))


CHANGES = {
    "REVOKE SELECT ON tips_tip FROM {desk}": (
        SelfCheck.RIGHTS,
        "desk lacks SELECT on tips_tip.",
    ),
    "REVOKE EXECUTE ON FUNCTION follow_up(bytea) FROM {public}": (
        SelfCheck.RIGHTS,
        "public lacks EXECUTE on follow_up(bytea).",
    ),
    "ALTER ROLE {public} SET statement_timeout = '1ms'": (
        SelfCheck.ROLES,
        "The settings of the public door's role were changed.",
    ),
    "ALTER ROLE {public} NOLOGIN": (
        SelfCheck.ROLES,
        "The attributes of the public door's role were changed.",
    ),
}
OURS = [(statement, True) for statement in CHANGES]
ELSEWHERE = [(statement, False) for statement in list(CHANGES)[::2]]


# On somebody else's server a right and a setting of a role: what was changed is found as on ours.
@pytest.mark.parametrize(
    ("statement", "own_cluster"),
    played(product(CHANGES, (True, False)), *OURS, *ELSEWHERE),
    indirect=["own_cluster"],
)
def test_a_change_is_told_within_the_minute_and_set_again_where_the_server_is_ours(
    statement: str, own_cluster: bool
) -> None:
    kind, sentence = CHANGES[statement]
    housekeeping()
    assert not Upkeep.objects.filter(name=kind).exclude(problem="").exists()
    run(statement)
    told = sentence + (" Set again." if own_cluster else "")
    # Ours is in order after the first and says for a day that it was not; the other goes on.
    for _minute in (1, 2):
        housekeeping()
        assert problem(kind) == told
        assert Event.objects.filter(verb=Event.Verb.SELF_CHECK, about=kind).count() == 1
    Upkeep.objects.filter(name=kind).update(failed_since=timezone.now() - timedelta(days=2))
    housekeeping()
    assert problem(kind) == ("" if own_cluster else told)


def test_a_right_too_many_is_told_within_the_hour(own_cluster: bool) -> None:
    housekeeping()
    run("GRANT SELECT ON tips_tip TO {public}")
    housekeeping()
    assert problem(SelfCheck.RIGHTS) == ""
    Upkeep.objects.update(done_at=timezone.now() - timedelta(minutes=61))
    housekeeping()
    told = "public has SELECT on tips_tip." + (" Set again." if own_cluster else "")
    assert problem(SelfCheck.RIGHTS) == told


@pytest.mark.parametrize(
    ("given", "taken", "kind", "sentence"),
    [
        (
            'GRANT pg_read_all_data TO "{}"',
            'REVOKE pg_read_all_data FROM "{}"',
            SelfCheck.RIGHTS,
            "public may become pg_read_all_data.",
        ),
        (
            'ALTER ROLE "{}" BYPASSRLS',
            'ALTER ROLE "{}" NOBYPASSRLS',
            SelfCheck.ROLES,
            "The attributes of the public door's role were changed.",
        ),
    ],
)
def test_what_only_a_superuser_could_take_back_is_not_called_set_again(
    own_cluster: bool, given: str, taken: str, kind: SelfCheck, sentence: str
) -> None:
    ((database,),) = ask("SELECT current_database()")
    public = role("public")
    with superuser(str(database)) as cursor:
        cursor.execute(given.format(public))
        try:
            with transaction.atomic():
                housekeeping()
                said = problem(kind)
                transaction.set_rollback(True)  # or the superuser would wait for our locks
        finally:
            cursor.execute(taken.format(public))
    assert said == sentence


def test_the_desk_shows_it_in_red_at_once_and_supervisors_are_mailed(sam: Person, settings) -> None:
    settings.MAIL_LEAVES = True
    sam.officer.email = "sam@example.org"
    sam.officer.save()
    run("REVOKE SELECT ON tips_tip FROM {desk}")
    self_check.every_minute()
    page = enter(sam).get("/desk/").content.decode()
    red = re.findall(r'<li class="health--bad">.*?</span>(.*?)</li>', page)
    assert "Rights of the doors: desk lacks SELECT on tips_tip." in red
    assert [mail.recipient for mail in Mail.objects.all()] == ["sam@example.org"]


def test_what_is_left_to_a_superuser_is_told() -> None:
    self_check.every_hour()
    told = problem(SelfCheck.CATALOG)
    assert ask("SELECT rolsuper FROM pg_roles WHERE rolname = current_user") == [(False,)]
    # The tests' superuser closed the catalog, but knew no serving roles yet.
    assert told == "3 statements are left to a superuser; the start prints them."


def test_what_a_superuser_ran_of_it_is_seen_the_minute_after() -> None:
    self_check.every_hour()
    told = problem(SelfCheck.CATALOG)
    Upkeep.objects.filter(name=SelfCheck.CATALOG).update(problem="5 statements are left.")
    self_check.every_hour()
    assert problem(SelfCheck.CATALOG) == told
