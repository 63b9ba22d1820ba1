"""A copy is a tip that is closed as a duplicate: what its citizen says later rings at the first of
those that it repeats.
"""

from django.db import connection
from django.db.models import Max

from tips.actions.columns import turn_columns_now
from tips.models import Event, Message, Officer, Tip


def ring_first_tips(message: Message, *, by: Officer, is_danger: bool) -> bool:
    """Whether what was said about a copy rang elsewhere; False where the tip itself must."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT public.ring_first_tips("
            "p_copy => %s::uuid, p_number => %s, p_danger => %s, p_by => %s)",
            (message.tip_id, message.number, is_danger, by.username),
        )
        return bool(cursor.fetchone()[0])


def answer_first_tips(copy: Tip, by: Officer) -> None:
    """Of those of this officer's whose turn the copy's message made it: it was answered now."""
    rang = Event.objects.filter(verb=Event.Verb.COPY_MESSAGE, about=copy.reference)
    firsts = Tip.objects.filter(pk__in=rang.values("tip_id"), owner=by, turn_cause=Tip.Cause.COPY)
    firsts.update(**turn_columns_now(Tip.Cause.ANSWERED))


def unread(tip: Tip, by: Officer) -> list[Tip]:
    """The copies whose newest message rang at this tip and was not opened by this officer since.

    Without those that the officer may not open, or that were opened again and are worked on.
    """
    rang = Event.objects.filter(tip_id=tip.pk, verb=Event.Verb.COPY_MESSAGE)
    newest = dict(rang.values_list("about").annotate(newest=Max("count")))
    if not newest:
        return []
    opened = Event.objects.filter(verb=Event.Verb.OPENED, by=by.username)
    rows = Tip.objects.visible_to(by).without_blobs().filter(reference__in=newest)
    found = rows.filter(outcome=Tip.Outcome.DUPLICATE).order_by("reference")
    read = dict(
        opened.filter(tip_id__in=found.values("pk"))
        .values_list("reference")
        .annotate(read=Max("count"))
    )
    return [copy for copy in found if (read.get(copy.reference) or 0) < newest[copy.reference]]
