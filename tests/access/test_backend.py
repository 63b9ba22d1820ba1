"""Who Django takes for the officer behind a session."""

from uuid import uuid4

from tests.cast import Person, hire
from tips.access.backend import PassphraseBackend
from tips.crypto import sealing
from tips.models import Event, Officer, OfficerKey

who = PassphraseBackend().get_user


def test_it_is_the_officer_with_that_id_and_nobody_else(sam: Person, kim: Person) -> None:
    for person in (sam, kim):
        assert who(person.officer.pk) == person.officer
    assert who(uuid4()) is None


def test_whoever_is_deactivated_or_has_no_key_is_nobody(sam: Person, kim: Person) -> None:
    Officer.objects.filter(pk=kim.officer.pk).update(is_active=False)
    assert who(kim.officer.pk) is None
    assert who(Officer.objects.create(username="lee", role="officer").pk) is None
    assert not Event.objects.filter(verb=Event.Verb.FALSE_PAIR).exists()


def test_a_pair_that_the_trail_does_not_explain_is_nobody_s_and_told(sam: Person) -> None:
    lee = hire("lee", "officer", sam)
    OfficerKey.objects.filter(officer=lee.officer).update(public=sealing.new_pair().public)
    assert who(lee.officer.pk) is None
    told = Event.objects.filter(verb=Event.Verb.FALSE_PAIR).values_list("about", flat=True)
    assert list(told) == ["lee"]


def test_a_name_and_words_open_nothing_here(kim: Person) -> None:
    assert PassphraseBackend().authenticate(None, username="kim", password=kim.words) is None
