import os
from io import BytesIO

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st

from tips.public import uploads

MEGABYTE = 1_000_000


def upload(*sizes, field="photos", **fields):
    files = [SimpleUploadedFile("IMG 0001 grandma.jpg", b"x" * size) for size in sizes]
    request = RequestFactory().post("/follow-up/", fields | {field: files})
    return request.POST, request.FILES.getlist("photos")


def places(photos):
    return [(photo.dropped, len(photo.raw)) for photo in photos]


def test_no_handler_spools_to_disk():
    assert settings.FILE_UPLOAD_HANDLERS == [
        "campaign.uploads.PictureUploadHandler",
        "tips.public.uploads.PhotoUploadHandler",
    ]


def test_photos_keep_their_order_and_lose_their_names():
    _, photos = upload(3, 1, 2)
    assert places(photos) == [("", 3), ("", 1), ("", 2)]
    assert {photo.name for photo in photos} == {"photo"}


def test_a_photo_over_ten_megabytes_loses_its_bytes_and_keeps_its_place():
    post, photos = upload(5, 10 * MEGABYTE + 1, 10 * MEGABYTE, message="words")
    assert places(photos) == [("", 5), ("too_big", 0), ("", 10 * MEGABYTE)]
    assert post["message"] == "words"


def test_a_request_holds_thirty_megabytes_of_photos():
    _, photos = upload(9 * MEGABYTE, 9 * MEGABYTE, 9 * MEGABYTE, 4 * MEGABYTE, 3 * MEGABYTE)
    assert [photo.dropped for photo in photos] == ["", "", "", "too_big", ""]


def test_after_five_places_the_rest_is_counted_and_not_kept():
    _, photos = upload(*[10] * 7)
    assert places(photos) == [("", 10)] * 5 + [("too_many", 0)] * 2


def test_a_file_in_another_field_is_no_photo():
    _, photos = upload(10, field="what_happened")
    assert photos == []


def test_no_file_is_written(tmp_path, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    upload(5 * MEGABYTE)
    assert os.listdir(tmp_path) == []


@given(st.lists(st.integers(0, 300), max_size=8))
def test_every_photo_has_its_place(sizes):
    _, photos = upload(*sizes)
    assert len(photos) == len(sizes)
    assert [len(photo.raw) for photo in photos[:5]] == sizes[:5]


def test_an_empty_place_is_an_uploaded_file_like_any_other():
    assert uploads.SentPhoto(b"", "too_big")
    assert BytesIO(uploads.SentPhoto(b"abc", "").raw).read() == b"abc"
