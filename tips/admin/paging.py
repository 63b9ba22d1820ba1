"""Pages of long lists without counting all of them."""

from typing import Any, cast

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.utils.functional import cached_property


class CappedPaginator(Paginator):
    """Counts up to 20 pages; what lies behind is found by reference or by narrowing the list."""

    MOST_PAGES = 20

    @property
    def most(self) -> int:
        """The most rows that are paged."""
        return self.per_page * self.MOST_PAGES

    @cached_property
    def count(self) -> int:
        """The number of rows, or the most that are paged."""
        rows: int = cast(QuerySet[Any], self.object_list)[: self.most].count()
        return rows
