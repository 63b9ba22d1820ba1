"""What a database's owner may, and whose roles are whose."""

from collections.abc import Iterator
from typing import Any

import pytest

from slu_antitrafficking import roles
from tests.database.acting import database, superuser

pytestmark = pytest.mark.django_db
OWNER = "owner_of_a_test"
POWERS = ("SUPERUSER", "CREATEROLE", "CREATEDB", "BYPASSRLS", "REPLICATION")


@pytest.fixture
def cursor() -> Iterator[Any]:
    """The superuser's, in a transaction that is taken back."""
    with superuser(database()) as cursor:
        cursor.execute("BEGIN")
        cursor.execute(f"CREATE ROLE {OWNER}")
        yield cursor
        cursor.execute("ROLLBACK")


@pytest.mark.parametrize("attribute", POWERS)
def test_each_power_beyond_its_database_is_named(cursor: Any, attribute: str) -> None:
    cursor.execute(f"SET LOCAL ROLE {OWNER}")
    assert (roles.too_much(cursor), roles.may_make_roles(cursor)) == ([], False)
    cursor.execute(f"RESET ROLE; ALTER ROLE {OWNER} {attribute}; SET LOCAL ROLE {OWNER}")
    assert roles.too_much(cursor) == [f"The owner has {attribute}."]
    assert roles.may_make_roles(cursor) == (attribute in ("SUPERUSER", "CREATEROLE"))


def test_whose_place_it_may_take_is_named_but_for_the_site_s_roles(cursor: Any) -> None:
    mine = roles.role_names(database()).desk
    cursor.execute(f'GRANT pg_monitor, pg_checkpoint, "{mine}" TO {OWNER}')
    cursor.execute(f"SET LOCAL ROLE {OWNER}")
    assert roles.too_much(cursor) == ["The owner may act as pg_monitor."]


def test_a_database_that_is_only_being_restored_has_the_roles_of_the_one_it_replaces() -> None:
    assert roles.role_names("site-restoring") == roles.role_names("site")
    assert roles.role_names("site").desk == "site_desk"
