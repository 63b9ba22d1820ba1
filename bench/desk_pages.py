"""Every page of the desk that reads tips or the trail, as a browser asks for it."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from html import unescape
from itertools import product

QUEUE = "/desk/tips/tip/"
FIND = f"{QUEUE}find/"
TRAIL = "/desk/tips/event/"
OFFICER, SUPERVISOR, AUDITOR, EDITOR = ROLES = ("officer", "supervisor", "auditor", "editor")
TABS = ("take", "yours", "colleagues", "citizen", "agency", "parked", "open", "aside", "closed")
LONG_TABS = ("take", "open", "closed")
# Of each that a list is narrowed by, a value that many tips have, and one that few have.
NARROWED_BY = {
    "district": ("castries", "canaries"),
    "language": ("en", "acf"),
    "channel": ("web", "letter"),
    "type": ("forced-labour", "forced-begging"),
    "who": ("nobody", "supervisor"),
}
NARROWED_TABS = ("open", "closed")


@dataclass(frozen=True)
class Page:
    """Who asks for it, where, with which fields if it is a POST, and the status of the answer."""

    who: str
    path: str
    fields: Mapping[str, str] = field(default_factory=dict)
    status: int = 200


def pages(*, reference: str, officer: str, auditor: str) -> dict[str, Page]:
    """By name, but for the tip's own page, to which its reference leads.

    The officer has done much, the auditor little.
    """
    found = {f"start-{who}": Page(who, "/desk/") for who in ROLES}
    found |= {f"tab-{tab}": Page(OFFICER, f"{QUEUE}?tab={tab}") for tab in TABS}
    found |= {f"tab-{tab}-supervisor": Page(SUPERVISOR, f"{QUEUE}?tab={tab}") for tab in TABS[:2]}
    for tab, (name, values) in product(NARROWED_TABS, NARROWED_BY.items()):
        found |= {
            f"tab-{tab}-{name}-{value}": Page(OFFICER, f"{QUEUE}?tab={tab}&{name}={value}")
            for value in values
        }
    found |= {
        "pile": Page(OFFICER, "/desk/pile/", status=303),
        "pile-end": Page(OFFICER, "/desk/pile/end/"),
        "reference": Page(OFFICER, f"{QUEUE}?q={reference}", status=303),
        "alarms": Page(OFFICER, "/desk/alarms/"),
        "accounts": Page(SUPERVISOR, "/desk/tips/officer/"),
        "find-half": Page(OFFICER, FIND, {"terms": reference[3:]}),
        "find-rare": Page(OFFICER, f"{FIND}?district=canaries&language=acf"),
        "find-mine": Page(OFFICER, f"{FIND}?mine=on&status=open"),
        "find-closed": Page(OFFICER, f"{FIND}?status=closed&district=castries"),
    }
    # Within four weeks few tips are opened as often as a page counts: asked of all years, the pages
    # of both desks are full.
    ever = "&from=2000-01-01"
    questions = {
        "newest": "",
        "officer": f"?who={officer}",
        "openings": f"?what=openings{ever}",
        "openings-officer": f"?who={officer}&what=openings{ever}",
        "not-theirs": f"?what=openings&not_theirs=1{ever}",
        "changes": "?what=changes",
        "watched": "?what=watched",
        "officer-all-years": f"?who={officer}{ever}",
        "all-years": f"?what={ever}",
        "auditor": f"?who={auditor}",
        "tip": f"?reference={reference}",
    }
    return found | {
        f"trail-{name}": Page(AUDITOR, f"{TRAIL}{asked}") for name, asked in questions.items()
    }


def pages_behind(
    found: Mapping[str, Page], html: Callable[[Page], str], far: int
) -> dict[str, Page]:
    """Of the long tabs and of the trail, the second page and the one so far behind the first.

    `html` gives a page's answer. A list that has fewer pages stands there with its last one.
    """
    more: dict[str, Page] = {}
    for name in (*(f"tab-{tab}" for tab in LONG_TABS), "trail-newest"):
        behind = [found[name]]
        for _ in range(far):
            link = re.search(r'href="(\?[^"]*\bafter=[^"]*)"', html(behind[-1]))
            if link is None:
                break
            path, _, _ = behind[-1].path.partition("?")
            behind.append(replace(behind[-1], path=path + unescape(link[1])))
        more[f"{name}-second"], more[f"{name}-far"] = behind[:2][-1], behind[-1]
    return more
