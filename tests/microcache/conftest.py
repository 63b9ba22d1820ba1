"""The copies, driven directly.

get     get(path, method, HTTP_…=…): what a visitor receives.
django  the application behind.
clock   moves by hand.
"""

import pytest

from slu_antitrafficking.microcache import MicroCache
from tests.microcache.visiting import HOST, Application, Clock, Got, environ_of


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def django():
    return Application()


@pytest.fixture
def get(django, clock):
    cache = MicroCache(django, {HOST}, clock)
    return lambda *path, **more: Got(cache, environ_of(*path, **more))
