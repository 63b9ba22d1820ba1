"""What the values of the environment come to; what the start refuses is in operations/start."""

import os

import psycopg2
import pytest
from django.core.exceptions import ImproperlyConfigured

from slu_antitrafficking import env


def test_a_database_s_address_may_say_when_to_give_a_silent_machine_up() -> None:
    asked = {
        "application_name": "night",
        "keepalives_count": "2",
        "keepalives_idle": "30",
        "keepalives_interval": "5",
        "tcp_user_timeout": "20000",
    }
    query = "&".join(f"{name}={value}" for name, value in asked.items())
    before = os.environ["DATABASE_URL"]
    settings = env.database("DATABASE_URL", f"{before}&{query}")
    connection = psycopg2.connect(before, **settings["OPTIONS"])
    with connection, connection.cursor() as cursor:
        cursor.execute("SHOW application_name")
        assert cursor.fetchone() == ("night",)
    assert connection.info.dsn_parameters.items() >= asked.items()
    connection.close()


@pytest.mark.parametrize("password", ["geh/eim", "geh#eim", "geh?eim", "12/geh"])
def test_of_a_database_s_password_nothing_is_said(password: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="in a password / is %2F") as refused:
        env.database("DATABASE_URL", f"postgresql://us:{password}@db.example.org/signs")
    assert "geh" not in str(refused.value)


@pytest.mark.parametrize("value", ["", "  "])
def test_an_address_that_is_empty_is_not_set(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("EXIT_URL", value)
    assert env.web_address("EXIT_URL", "https://example.org/weather/") == (
        "https://example.org/weather"
    )
