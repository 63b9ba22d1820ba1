"""What the page after a tip shows, and what it shows when the same is sent again."""

from datetime import timedelta

from django.utils import timezone

from tips.models import EscrowedCode


def test_the_receipt_spells_the_code_and_offers_photos_first(citizen):
    page = citizen.report()
    spelled = next(item for item in page.all("ol") if item.get("class") == "spell")
    assert "".join(b.text for b in spelled.iter("b")) == page.code.replace("-", "")
    photos, typed_back = page.all("form")
    fields = {tag.get("name"): tag.get("value") for tag in photos.iter("input")}
    assert fields["code"] == page.code
    assert len(fields["submission"]) == 32
    assert photos.get("action") == typed_back.get("action") == "/follow-up/"
    assert [tag.get("name") for tag in typed_back.iter("input")] == ["code"]
    assert [tag.get("translate") for tag in page.all("output")] == ["no", "no"]


def test_the_receipt_promises_no_more_than_is_kept(citizen):
    text = citizen.report().text
    assert "We show it once" not in text  # a reload shows it again, for half an hour
    assert "we ask you here first, unless a child or a life is in danger" in text


def test_danger_puts_the_numbers_first(citizen):
    page = citizen.report(danger_now="yes")
    danger, _ = page.html.split('id="reference"')
    assert "You said someone may be in danger." in danger
    assert 'href="tel:999"' in danger.split("You said someone")[1]
    assert "You said someone" not in citizen.report(danger_now="no").text


def test_no_receipt_holds_anything_of_the_one_before(citizen, desk):
    """The page around the citizen's own words is kept for some seconds; those words are not."""
    shown = [citizen.post("/report/", {"what_happened": f"tip {n}"}) for n in range(3)]
    words = [{page.reference, page.code, str(page.value("submission"))} for page in shown]
    for at, page in enumerate(shown):
        assert all(word in page.html for word in words[at])
        others = set().union(*(found for other, found in enumerate(words) if other != at))
        assert not [word for word in others if word in page.html]
        assert "\ue000" not in page.html


def test_the_same_page_and_content_give_the_same_tip_and_code(citizen, desk):
    sent = {"what_happened": "help", "submission": "b" * 32}
    first, again = citizen.post("/report/", sent), citizen.post("/report/", sent)
    assert (first.reference, first.code) == (again.reference, again.code)
    assert len(desk.tips) == 1


def test_two_contents_from_one_page_are_two_tips_with_two_codes(citizen, desk):
    first = citizen.post("/report/", {"what_happened": "one", "submission": "c" * 32})
    second = citizen.post("/report/", {"what_happened": "two", "submission": "c" * 32})
    assert first.reference != second.reference
    assert first.code != second.code
    assert len({bytes(tip.page_digest) for tip in desk.tips}) == 1
    assert len(desk.tips) == 2


def test_a_repeat_after_half_an_hour_shows_no_code(citizen, desk):
    sent = {"what_happened": "help", "submission": "d" * 32, "danger_now": "yes"}
    first = citizen.post("/report/", sent)
    with desk.rights():
        EscrowedCode.objects.update(box_until=timezone.now() - timedelta(hours=1))
    again = citizen.post("/report/", sent)
    assert again.status == 200
    assert again.heading == "We have this already"
    assert again.reference == first.reference
    assert again.code == ""
    assert first.code not in again.html
    assert again.by_id("code").tag == "input"
    assert "You said someone may be in danger." in again.text
    assert len(desk.tips) == 1


def test_a_repeat_after_the_code_was_typed_back_shows_no_code(citizen):
    sent = {"what_happened": "help", "submission": "e" * 32}
    first = citizen.post("/report/", sent)
    citizen.post("/follow-up/", {"code": first.code})
    assert first.code not in citizen.post("/report/", sent).html
