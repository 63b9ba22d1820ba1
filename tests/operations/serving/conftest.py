"""nginx as it is shipped, before a site that remembers what it was asked."""

import pytest

from bench import nginx
from tests.operations.serving.behind_nginx import Site


@pytest.fixture
def behind():
    site = Site()
    yield site
    site.shutdown()
    site.server_close()


@pytest.fixture
def ports(behind, tmp_path):
    tmp_path.chmod(0o755)
    door = f"127.0.0.1:{behind.server_address[1]}"
    with nginx.operators(tmp_path, door, door) as ports:
        yield ports


@pytest.fixture
def front(ports):
    return ports.site
