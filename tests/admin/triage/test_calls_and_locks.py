"""A call that the end of a session broke off."""

import re
from collections.abc import Callable

import pytest

from campaign import offers
from tests.admin.desk import LOG_IN, credentials, enter, field, output
from tests.admin.triage.calling import ADD, WORDS, complete_of, sent, typed
from tests.cast import Person
from tips.models import DeskSession, Tip

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("complete", [False, True])
def test_a_lock_in_the_middle_keeps_every_word(
    kim: Person, complete: bool, as_desk: Callable[[], None]
) -> None:
    client = enter(kim)
    as_desk()
    signs = [sign.slug for sign in offers.signs()[:2]]
    form = typed(kim, danger_now="yes", what_happened=WORDS, place="Jetty", signs=signs)
    address = ADD
    if complete:
        form["code"] = output(sent(client, ADD, form, "keep"), "receipt-code")
        address = complete_of(Tip.objects.get())
    DeskSession.objects.all().delete()
    page = sent(client, address, form, "save")
    assert WORDS not in page
    assert str(form.get("code", WORDS)) not in page
    again = credentials(kim, ahead=1, carried=field(page, "carried"), next=field(page, "next"))
    offered = client.post(LOG_IN, again).content.decode()
    assert "is not stored" in offered
    assert WORDS in offered
    assert field(offered, "place") == "Jetty"
    assert all(re.search(f'value="{sign}" checked', offered) for sign in signs)
    assert field(offered, "submission") == form["submission"]
    assert f'action="{address}"' in offered
    assert "It is your turn" in sent(client, address, form, "save")
    assert Tip.objects.count() == 1


def test_another_officer_gets_nothing_of_a_call_that_a_lock_broke_off(
    kim: Person, dana: Person
) -> None:
    client = enter(kim)
    DeskSession.objects.all().delete()
    page = sent(client, ADD, typed(kim, what_happened=WORDS), "save")
    again = credentials(dana, carried=field(page, "carried"), next=field(page, "next"))
    answer = client.post(LOG_IN, again)
    assert WORDS not in answer.content.decode()
    assert answer.status_code == 303


def test_who_opens_no_tips_any_more_is_offered_nothing_of_a_call(kim: Person) -> None:
    client, form = enter(kim), typed(kim, what_happened=WORDS)
    DeskSession.objects.all().delete()
    page = sent(client, ADD, form, "save")
    kim.officer.role = "auditor"
    kim.officer.save()
    again = credentials(kim, ahead=1, carried=field(page, "carried"), next=field(page, "next"))
    answer = client.post(LOG_IN, again)
    assert answer.status_code == 403
    assert WORDS not in answer.content.decode()
