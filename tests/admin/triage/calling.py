"""A call as an officer types it in, and the tip that it becomes."""

from django.test import Client

from tests.admin.desk import QUEUE, url_of
from tests.cast import Person
from tips import actions
from tips.admin import pages
from tips.crypto import receipts
from tips.models import Tip

ADD = f"{QUEUE}add/"
WORDS = "A boy locked in a store room at the jetty."


def typed(person: Person, **said: object) -> dict[str, object]:
    """What the page's form sends, with a one-use key of its own."""
    own = {"officer": pages.name_tag(person.officer), "submission": receipts.new_idempotency_key()}
    preset = {"may_share": "ask", "channel": "phone", "answer_language": "en"}
    return own | preset | said


def sent(client: Client, address: str, form: dict[str, object], act: str = "") -> str:
    answer = client.post(address, form | {"act": act})
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def document(person: Person, tip: Tip) -> dict[str, object]:
    """What is sealed in it, opened with the person's own keys, and no event."""
    opened = actions.open_tip(tip=Tip.objects.get(pk=tip.pk), by=person.officer, keys=person.keys)
    return dict(opened.fields or {})


def complete_of(tip: Tip) -> str:
    return url_of(tip, "complete/")
