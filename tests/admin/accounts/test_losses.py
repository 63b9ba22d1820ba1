"""Whoever takes access away reads first what happens to whom."""

from typing import Any

import pytest
from django.test import Client

from tests.admin.desk import enter, new_tip
from tests.cast import Person
from tips import actions
from tips.models import Officer, OfficerKey, Recusal, Tip

pytestmark = pytest.mark.django_db


def url(officer: Officer, rest: str = "") -> str:
    return f"/desk/tips/officer/{officer.pk}/{rest}"


def said(client: Client, address: str, form: Any = None) -> str:
    answer = client.post(address, form) if form else client.get(address)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


@pytest.fixture
def urgent(kim: Person) -> Tip:
    """Kim has it, beside one that waits for its citizen and one that nobody needs to know."""
    tips = [new_tip(danger_now="yes"), new_tip(what_happened="B."), new_tip(what_happened="C.")]
    for tip in tips:
        actions.take(tip=tip, by=kim.officer)
    actions.open_tip(tip=Tip.objects.get(pk=tips[1].pk), by=kim.officer, keys=kim.keys)
    actions.reply(tip=tips[1], by=kim.officer, text="Where?", wait=True)
    Tip.objects.filter(pk=tips[2].pk).update(restricted=True)
    return tips[0]


@pytest.mark.parametrize("act", ["give-access", "deactivate"])
def test_before_access_is_lost_the_page_says_which_tips_go_back(
    sam: Person, kim: Person, urgent: Tip, act: str
) -> None:
    boss = enter(sam)
    assert f'action="{url(kim.officer, f"{act}/")}"' in said(boss, url(kim.officer))
    page = said(boss, url(kim.officer, f"{act}/"))
    assert "3 open tips go back to To take: 2 their turn, 1 waiting for a citizen." in page
    assert f">{urgent}</a>" in page
    assert "Urgent ones alarm at once" in page
    assert OfficerKey.objects.filter(officer=kim.officer).exists()
    assert Tip.objects.filter(owner=kim.officer).count() == 3
    boss.post(url(kim.officer, f"{act}/"), {"sure": "1"})
    assert not Tip.objects.filter(owner=kim.officer).exists()


def test_whoever_has_no_access_yet_gets_it_by_one_press(sam: Person) -> None:
    lee = Officer.objects.create(username="lee", role="officer")
    page = said(enter(sam), url(lee))
    assert f'<form method="post" action="{url(lee, "give-access/")}"' in page


def test_new_access_says_who_is_mailed(sam: Person, kim: Person, settings: Any) -> None:
    settings.MAIL_LEAVES = True
    Officer.objects.create(username="ann", role="supervisor", email="ann@example.org")
    page = said(enter(sam), url(kim.officer, "give-access/"))
    assert "Told by mail that access was given, without a name: ann." in page
    assert "No open tip is theirs." in page


def test_a_role_that_opens_no_tip_is_asked_about_with_what_else_was_typed(
    sam: Person, kim: Person, urgent: Tip
) -> None:
    boss = enter(sam)
    form = {"role": "auditor", "email": "kim@example.org", "reads": ["es", "fr"]}
    page = said(boss, url(kim.officer), form)
    assert "They open no tip any more" in page
    assert f">{urgent}</a>" in page
    for name, value in (("role", "auditor"), ("email", "kim@example.org"), ("reads", "fr")):
        assert f'name="{name}" value="{value}"' in page
    assert Officer.objects.get(pk=kim.officer.pk).role == "officer"
    assert boss.post(url(kim.officer), form | {"sure": "1"}).status_code in (302, 303)
    now = Officer.objects.get(pk=kim.officer.pk)
    assert (now.role, now.email, now.reads) == ("auditor", "kim@example.org", ["es", "fr"])


def test_a_supervisor_made_an_officer_loses_restricted_tips_alone(
    sam: Person, kim: Person, urgent: Tip
) -> None:
    Officer.objects.filter(pk=kim.officer.pk).update(role="supervisor")
    page = said(enter(sam), url(kim.officer), {"role": "officer"})
    assert "They open no restricted tip" in page
    assert "1 open tip goes back to To take: 1 their turn." in page
    assert str(urgent) not in page


def test_a_role_that_takes_nothing_is_not_asked_about(sam: Person, kim: Person) -> None:
    enter(sam).post(url(kim.officer), {"role": "supervisor"})
    assert Officer.objects.get(pk=kim.officer.pk).role == "supervisor"


def test_of_tips_whose_people_the_viewer_knows_not_even_a_number_is_told(
    sam: Person, kim: Person, urgent: Tip
) -> None:
    Recusal.objects.create(tip=urgent, officer=sam.officer)
    page = said(enter(sam), url(kim.officer, "deactivate/"))
    assert str(urgent) not in page
    assert "2 open tips go back" in page
    assert "Tips that you are out of are not counted here" in page


@pytest.mark.parametrize("act", ["give-access", "deactivate"])
def test_nobody_but_a_supervisor_is_shown_it(kim: Person, dana: Person, act: str) -> None:
    assert enter(kim).get(url(dana.officer, f"{act}/")).status_code == 403
