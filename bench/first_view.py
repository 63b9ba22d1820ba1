"""first-view: the bytes a browser gets for its first look at / and /report/."""

import re

from bench import load, stage
from bench.figure import Figure, alone
from bench.stage import Served

PAGES = {"home": "/", "report": "/report/"}
STYLE = re.compile(r'<link[^>]+rel="stylesheet"[^>]+href="([^"]+)"')
ELSE = re.compile(r'<(?:link[^>]+rel="icon"[^>]+href|script[^>]+src|img[^>]+src)="([^"]+)"')


def measure() -> list[Figure]:
    """HTML and CSS, then the whole page; bodies as they come, compressed where they are."""
    figures = []
    with stage.stage("first_view") as ground, ground.door("public") as public:
        for name, path in PAGES.items():
            first, whole = _weigh(public, path)
            figures.append(alone(f"first-view-{name}", first, "KB", "<= 14 KB"))
            figures.append(alone(f"first-view-{name}-whole", whole, "KB", "<= 30 KB"))
    return figures


def _weigh(public: Served, path: str) -> tuple[float, float]:
    _head, page = load.ask(public.port, load.get(public.port, path, encoding="identity"))
    text = page.decode()
    first = _size(public, path) + sum(_size(public, each) for each in STYLE.findall(text))
    return first, first + sum(_size(public, each) for each in set(ELSE.findall(text)))


def _size(public: Served, path: str) -> float:
    """Kilobytes of one body."""
    return len(load.ask(public.port, load.get(public.port, path))[1]) / 1000
