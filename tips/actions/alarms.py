"""Alarms that an act at the desk raises: the ladder of mails begins anew (tips/alarms/)."""

from django.utils import timezone

from tips.models import Alarm, Tip


def raise_urgent(tip: Tip) -> None:
    """Raises an urgent alarm that is due now; one that is there already begins anew."""
    now = timezone.now().replace(second=0, microsecond=0)
    alarm = Alarm(tip=tip, urgent=True, since=now, due_at=now)
    Alarm.objects.bulk_create(
        [alarm],
        update_conflicts=True,
        unique_fields=["tip"],
        update_fields=["urgent", "since", "step", "due_at"],
    )


def raise_if_nobodys(tip: Tip) -> None:
    """Raises one where the tip is urgent and nobody has it now."""
    if Tip.objects.filter(pk=tip.pk, urgency=Tip.Urgency.DANGER, owner=None).exists():
        raise_urgent(tip)


def calm(tip: Tip) -> None:
    """Its alarm, if it has one, goes on as one of a tip that is not urgent."""
    Alarm.objects.filter(tip=tip).update(urgent=False)
