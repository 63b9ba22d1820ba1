"""The pages as the release has them, each asked for once in the whole run."""

from tests.campaign.places import PAGES, in_language
from tests.reading import Reading

_read: dict[str, tuple[object, Reading]] = {}


def pages_in(code):
    return [in_language(path, code) for path in PAGES]


def fresh(client, path, status=200):
    response = client.get(path)
    assert response.status_code == status
    return Reading(response.content.decode())


def answer(client, path):
    """The page as the release has it, asked for once in the whole run."""
    if path not in _read:
        response = client.get(path)
        assert response.status_code == 200, path
        _read[path] = response, Reading(response.content.decode())
    return _read[path]


def read(client, path):
    return answer(client, path)[1]
