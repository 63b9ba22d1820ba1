"""What the desk sees of a message: that it says danger, and that its answer was removed."""

from tests.admin.desk import enter, url_of
from tests.cast import Person, send, tip_of, write
from tips import actions
from tips.public import conversation


def test_the_dialogue_and_the_trail_say_that_it_has_become_dangerous(kim: Person) -> None:
    receipt = send()
    write(receipt, "", danger=True)
    page = enter(kim).get(url_of(tip_of(receipt))).content.decode()
    assert "The citizen says that it has become dangerous." in page
    assert "citizen wrote: it has become dangerous" in page
    assert 'class="mark mark--urgent">Urgent' in page


def test_the_desk_sees_which_of_its_answers_was_removed_and_keeps_its_words(kim: Person) -> None:
    receipt, removed = send(), "The citizen has read this answer and removed it from their page."
    code, tip = receipt.code or "", tip_of(receipt)
    for words in ("Are you safe?", "We are looking."):
        actions.reply(tip=tip, by=kim.officer, text=words)
    client = enter(kim)
    assert removed not in client.get(url_of(tip)).content.decode()
    conversation.read(code)
    assert actions.remove_reply(code=code, number=1)
    page = client.get(url_of(tip)).content.decode()
    first, second = page.index("Are you safe?"), page.index("We are looking.")
    assert page.count(removed) == 1
    assert page.index(removed) < first < second
