"""What a browser posts of a form, its first answer filled unless a test fills it otherwise."""

from django.http import QueryDict
from django.utils.datastructures import MultiValueDict


def filled(**fields):
    data = MultiValueDict({"what_happened": ["help"]})
    for name, value in fields.items():
        data.setlist(name, value if isinstance(value, list) else [value])
    query = QueryDict(mutable=True)
    query.update(data)
    return query
