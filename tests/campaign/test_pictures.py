"""A milestone's picture: taken in, cleaned, cut, kept in the database, and served for good."""

import re
from functools import cache
from io import BytesIO

import piexif
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from campaign import picture_cutting
from campaign.models import Milestone, PendingChange, Picture
from slu_antitrafficking.refusal import Refused
from tests.campaign.editing import decide, opened, said

pytestmark = pytest.mark.django_db
WORDS = {"texts-0-picture_words": "Six people on a stage."}
MARKER = b"MARKER-grandma"
VERSIONS = {"480.webp": "image/webp", "960.webp": "image/webp", "960.jpg": "image/jpeg"}


cut = cache(picture_cutting.cut)


def saved(image, kind, **options):
    out = BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def scene(width=1200, height=900):
    """Red on the left, blue on the right."""
    image = Image.new("RGB", (width, height), "blue")
    image.paste("red", (0, 0, width // 2, height))
    return image


SMALL = saved(scene(320, 240), "JPEG")  # where what it is cut into does not matter


def image_of(raw):
    image = Image.open(BytesIO(bytes(raw)))
    image.load()
    return image


@pytest.fixture
def milestone():
    return Milestone.objects.get(slug="campaign")


def send(client, milestone, raw=None, **changes):
    path = f"/desk/campaign/milestone/{milestone.pk}/change/"
    sent = opened(client, path) | changes
    sent.pop("picture", None)
    if raw is not None:
        sent["picture"] = SimpleUploadedFile("IMG_Castries_secret.jpg", raw, "image/jpeg")
    return client.post(path, sent)


def show(milestone, raw=SMALL):
    """A picture of the milestone as two people have let it show."""
    waits = PendingChange.objects.create(item=milestone)
    picture_cutting.store(cut(raw), waits)
    picture_cutting.show(waits.picture, milestone)
    waits.delete()
    words = WORDS["texts-0-picture_words"]
    milestone.texts.filter(language="en").update(picture_words=words)
    return Picture.objects.get(item=milestone)


# That each kind is read at all is tested with the confined child (tests/operations/sandbox).
KINDS = ["JPEG", "GIF"]
KINDS += [pytest.param(kind, marks=pytest.mark.audit) for kind in ("PNG", "WEBP", "AVIF")]


@pytest.mark.parametrize("kind", KINDS)
def test_a_picture_is_cut_into_three_versions(kind):
    picture = cut(saved(scene(), kind))
    found = {name: image_of(getattr(picture, name)) for name in ("small", "large", "fallback")}
    assert {name: (one.format, one.size) for name, one in found.items()} == {
        "small": ("WEBP", (480, 360)),
        "large": ("WEBP", (960, 720)),
        "fallback": ("JPEG", (960, 720)),
    }
    assert (picture.width, picture.height) == (960, 720)
    assert found["fallback"].getpixel((10, 10))[0] > 200


def test_a_small_picture_is_not_blown_up_and_a_turned_one_stands_upright():
    exif = piexif.dump({"0th": {piexif.ImageIFD.Orientation: 6}})
    picture = cut(saved(scene(300, 200), "JPEG", exif=exif))
    assert (picture.width, picture.height) == (200, 300)
    picture = cut(saved(scene(1400, 1050), "JPEG", exif=exif))
    assert (picture.width, picture.height) == (960, 1280)


def test_nothing_but_pixels_is_kept(editor, second_editor, milestone):
    place = {piexif.GPSIFD.GPSLatitudeRef: "N"}
    exif = piexif.dump({"0th": {piexif.ImageIFD.Make: MARKER}, "GPS": place})
    raw = saved(scene(320, 240), "JPEG", exif=exif)
    assert MARKER in raw
    assert send(editor, milestone, raw, **WORDS).status_code == 302
    assert not Picture.objects.filter(item=milestone).exists()
    assert "Confirmed" in said(decide(second_editor, milestone, "confirm"))
    picture = Picture.objects.get(item=milestone)
    for version in (picture.small, picture.large, picture.fallback):
        assert MARKER not in bytes(version)
        assert not image_of(version).getexif()
    assert b"secret" not in b"".join(map(bytes, (picture.small, picture.large, picture.fallback)))


@pytest.mark.parametrize(
    ("raw", "sentence"),
    [
        (b"no picture at all", "cannot be read as a JPEG, PNG, HEIC, WebP, AVIF or GIF picture"),
        (SMALL + b"x" * 15_000_000, "larger than 15 MB"),
    ],
    ids=["text", "large"],
)
def test_what_is_no_such_picture_is_refused_with_a_sentence(editor, milestone, raw, sentence):
    answer = send(editor, milestone, raw, **WORDS)
    assert answer.status_code == 200
    assert sentence in answer.content.decode()
    assert not Picture.objects.exists()


def test_a_picture_of_another_kind_or_cut_off_is_refused():
    with pytest.raises(Refused, match="cannot be read as a JPEG, PNG, HEIC, WebP, AVIF or GIF"):
        cut(saved(scene(320, 240), "TIFF"))
    with pytest.raises(Refused, match="damaged: part of it is missing"):
        cut(SMALL[:1000])


def test_a_picture_between_the_two_limits_is_taken(editor, milestone):
    raw = SMALL + b"x" * (14_900_000 - len(SMALL))
    assert send(editor, milestone, raw, **WORDS).status_code == 302
    assert Picture.objects.filter(pending__item=milestone).exists()


def test_a_picture_without_words_for_it_is_refused_beside_the_field(editor, milestone):
    answer = send(editor, milestone, SMALL)
    html = answer.content.decode()
    assert "Say in English what the picture shows" in html
    place = html.index('name="texts-0-picture_words"')
    assert 0 < place - html.index("Say in English what the picture shows") < 1500
    assert not Picture.objects.exists()
    show(milestone)
    refused = send(editor, milestone, **{"texts-0-picture_words": ""})
    assert "Say in English what the picture shows" in refused.content.decode()


def test_another_picture_takes_its_place_and_it_can_be_taken_away(editor, milestone):
    before = show(milestone).digest
    after = show(milestone, saved(scene(80, 80), "PNG")).digest
    assert before != after
    path = f"/desk/campaign/milestone/{milestone.pk}/"
    assert editor.get(f"{path}picture/").headers["Content-Type"] == "image/webp"
    gone = send(editor, milestone, remove_picture="on", **{"texts-0-picture_words": ""})
    assert gone.status_code == 302
    assert not Picture.objects.exists()


def test_two_milestones_may_have_the_same_picture(milestone):
    other = Milestone.objects.exclude(pk=milestone.pk)[0]
    assert show(milestone).digest != show(other).digest


def test_each_version_is_served_for_a_day_and_without_a_cookie(milestone):
    picture = show(milestone, saved(scene(), "JPEG"))
    for name, kind in VERSIONS.items():
        answer = Client().get(f"/pictures/{picture.digest}-{name}")
        assert answer.status_code == 200, name
        assert answer.headers["Content-Type"] == kind
        assert answer.headers["Cache-Control"] == "public, max-age=86400"
        assert not answer.cookies
        assert image_of(answer.content).width == int(name.partition(".")[0])
        again = Client().get(
            f"/pictures/{picture.digest}-{name}", headers={"if-none-match": answer.headers["ETag"]}
        )
        assert again.status_code == 304, name


@pytest.mark.parametrize("hide", [{"published": []}, {"texts-0-state": "draft"}])
def test_a_picture_goes_with_what_it_stands_on(editor, milestone, client, hide):
    address = f"/pictures/{show(milestone).digest}-480.webp"
    assert client.get(address).status_code == 200
    assert send(editor, milestone, **hide).status_code == 302
    assert client.get(address).status_code == 404


def test_an_empty_file_is_no_picture_and_costs_no_words(editor, milestone):
    answer = send(editor, milestone, b"", **{"texts-0-title": "A new title"})
    assert answer.status_code == 302
    assert milestone.texts.get(language="en").title == "A new title"
    assert not Picture.objects.exists()


def test_there_is_no_other_picture(client):
    assert client.get(f"/pictures/{'0' * 32}-480.webp").status_code == 404
    assert client.get(f"/pictures/{'0' * 32}-640.webp").status_code == 404


def test_a_page_keeps_its_minute(client):
    assert client.get("/contact/").headers["Cache-Control"] == "public, max-age=60"


def test_a_preview_holds_a_picture_that_nobody_has_saved(editor, milestone):
    answer = send(editor, milestone, SMALL, _preview="en", **WORDS)
    html = answer.content.decode()
    assert "Preview: nothing is saved." in html
    assert not Picture.objects.exists()
    assert 'alt="Six people on a stage."' in html
    assert re.search(r'srcset="data:image/webp;base64,\w', html)
    assert "img-src 'self' data:" in answer.headers["Content-Security-Policy"]


def test_the_public_door_takes_no_picture(client):
    file = SimpleUploadedFile("x.jpg", SMALL)
    request = client.post("/report/", {"what_happened": "", "picture": file}).wsgi_request
    assert "picture" not in request.FILES


@pytest.mark.parametrize("size", [b"", b"wide high", b"9" * 5000, b"640 \xff"])
def test_what_a_broken_child_answers_is_no_picture(monkeypatch, size):
    answer = b"".join(len(part).to_bytes(4) + part for part in (size, b"s", b"l", b"f"))
    monkeypatch.setattr(picture_cutting.sandbox, "ask", lambda *_: answer)
    with pytest.raises(Refused, match="damaged"):
        picture_cutting.cut(b"x")


def test_without_a_process_to_be_had_it_is_a_sentence_too(monkeypatch):
    def none(*_args, **_kwargs):
        raise BlockingIOError

    monkeypatch.setattr(picture_cutting.sandbox, "ask", none)
    with pytest.raises(Refused, match="no time for this picture"):
        picture_cutting.cut(b"x")
