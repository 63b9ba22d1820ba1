"""One site for all walks of this folder; tests/operations/walks has the longest."""

from tests.browser.fixtures import _walked, accounts, look, new_page, supervisor, walked, watch

__all__ = ["_walked", "accounts", "look", "new_page", "supervisor", "walked", "watch"]
