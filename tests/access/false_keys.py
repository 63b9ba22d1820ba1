"""What somebody with the database does to the desk's keys."""

from django.utils import timezone

from tests.database.acting import acting_as, ask
from tips.access import desk_keys
from tips.access.desk_keys import NewKey
from tips.crypto import active_key, sealing
from tips.models import DeskKey


def plant_desk_key(predecessor_secret: bytes = b"") -> NewKey:
    """A key of whoever may write to the database, in the place of the active one."""
    active = DeskKey.objects.active().get()
    secret = predecessor_secret or sealing.new_secret()
    made = desk_keys.new_key(active, secret, bytes(active.recovery_public), b"")
    made.row.activated_at = timezone.now()
    made.row.save(force_insert=True)
    DeskKey.objects.filter(kid=active.kid).update(retired_at=timezone.now())
    active_key.forget()
    return made


def make_old_active(way: str, old: bytes, new: bytes) -> None:
    """What the desk's own role can do by its function, and the owner with the rows."""
    if way == "function":
        with acting_as("desk"):
            assert ask("SELECT retire_false_desk_key(%s, %s)", new, old) == [(True,)]
    else:
        rows = {bytes(row.kid): row for row in DeskKey.objects.all()}
        DeskKey.objects.filter(kid=old).update(retired_at=None)
        DeskKey.objects.filter(kid=new).update(retired_at=timezone.now())
        if way == "dates":
            DeskKey.objects.filter(kid=old).update(created_at=rows[new].created_at)
            DeskKey.objects.filter(kid=new).update(created_at=rows[old].created_at)
    active_key.forget()
