"""The rooms of the console as `take_pictures.py` goes through them: the way to each, and how it is looked at."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

PERSON = "main a[href*='/people/']"
REHEARSE = "main form[action$='/begin'] button.primary"


def campaign(name: str, view: str = "open") -> tuple[str, str]:
    """The steps to one of the demo's campaigns, which are called the same in every language."""
    return f"/console/campaigns?view={view}", f"main a[href^='/console/campaigns/']:has-text({json.dumps(name)})"


ROOMS = {
    "inbox": ["/console/inbox?view=all"],
    "talk": ["/console/inbox?view=all", "li.line a.line-way"],
    "case": ["/console/search?q=kettle", "a[href^='/console/cases/C']"],
    "clocks": ["/console/search?q=kettle", "a[href^='/console/cases/C']", "a[href$='/clocks']"],
    "case-new": ["/console/cases/new"],
    "merge": ["/console/search?q=kettle", "a[href^='/console/cases/C']", "a[href$='/merge']"],
    "customers": ["/console/customers"],
    "customer": ["/console/search?q=Tan", "main a[href^='/console/customers/']"],
    "undelivered": ["/console/undelivered"],
    "board": ["/console/board"],
    "reports": ["/console/reports"],
    "reports-cases": ["/console/reports/cases"],
    "costs": ["/console/reports/costs"],
    "incidents": ["/console/incidents"],
    "incident": ["/console/incidents", "main a[href^='/console/incidents/']"],
    "remedies": ["/console/remedies"],
    "remedy": ["/console/remedies", "main a[href*='/remedies/']"],
    "search": ["/console/search?q=kettle"],
    "notices": ["/console/notices"],
    "me": ["/console/me"],
    "promises": ["/console/promises"],
    "promise": ["/console/promises/severe"],
    "calendars": ["/console/calendars"],
    "calendar": ["/console/calendars/desk"],
    "escalations": ["/console/escalations"],
    "ladder": ["/console/escalations/missed"],
    "canned": ["/console/canned"],
    "canned-one": ["/console/canned", "main a[href^='/console/canned/']:not([href$='/new'])"],
    "knowledge": ["/console/knowledge"],
    "article": ["/console/knowledge/returns"],
    "labels": ["/console/labels"],
    "keys": ["/console/keys"],
    "staff": ["/console/staff"],
    "staff-one": ["/console/staff", "main a[href^='/console/staff/']"],
    "audit": ["/console/audit"],
    "campaigns": ["/console/campaigns"],
    "campaign-new": ["/console/campaigns/new"],
    "campaign": [*campaign("Points about to lapse")],
    "campaign-review": [*campaign("A weekend with S$8 off")],
    "campaign-done": [*campaign("Leaves fall, prices too", "ended")],
    "editor": [*campaign("A weekend with S$8 off"), "main a[href$='/edit']"],
    "editor-birthday": [*campaign("Birthday treat"), "main a[href$='/edit']"],
    "preview": [*campaign("A weekend with S$8 off"), "main a[href$='/edit']", "#plan-look"],
    "people": [*campaign("Leaves fall, prices too", "ended"), "main a[href$='/people']"],
    "why": [*campaign("Leaves fall, prices too", "ended"), "main a[href*='reason=open_case']", PERSON],
    "why-sent": [*campaign("Leaves fall, prices too", "ended"), "main a[href$='state=sent']", PERSON],
    "rehearsal": [*campaign("A weekend with S$8 off"), "main a[href^='/console/rehearsal/']"],
    "rehearsal-run": [*campaign("A weekend with S$8 off"), "main a[href^='/console/rehearsal/']", REHEARSE],
    "segments": ["/console/segments"],
    "segment": ["/console/segments", "main a:has-text('Kitchen shoppers')"],
    "segment-new": ["/console/segments/new"],
    "agenda": ["/console/agenda"],
    "agenda-week": ["/console/agenda", "main a[href*='?week=']"],
    "results": ["/console/results"],
    "results-one": ["/console/results", "main a[href^='/console/results/']:has-text('Leaves fall, prices too')"],
    "reach": ["/console/reach"],
    "rules": ["/console/contact-rules"],
    "sending": ["/console/sending"],
    "lane": ["/console/sending", "main a[href^='/console/sending/lanes/email']"],
    "closed": ["/console/sending/closed"],
    "contact": ["/console/search?q=Emma", "main a[href^='/console/customers/']", "main a[href^='/console/contact/']"],
}
"""Where a room is: addresses to open, links to follow and forms to send, one after the other; what is not there is
left out. A page is scrolled to what begins with #."""


@dataclass(frozen=True)
class Look:
    """How a picture is taken; `name` is the file's."""

    room: str
    name: str
    language: str = "en"
    theme: str = "light"
    width: int = 1180

    @property
    def height(self) -> int:
        return 780 if self.width < 1500 else 1000


OF_THE_TOUR = [
    Look("inbox", "inbox"),
    Look("talk", "talk", width=1600),
    Look("case", "case"),
    Look("clocks", "clocks"),
    Look("customer", "customer-zh", "zh", "dark"),
    Look("board", "board", theme="dark"),
    Look("reports", "reports"),
    Look("incident", "incident"),
    Look("calendar", "calendar"),
    Look("segment", "segment"),
    Look("campaign-new", "programmes"),
    Look("rehearsal-run", "rehearsal", width=1600),
    Look("campaign-done", "progress"),
    Look("results-one", "results", theme="dark", width=1600),
    Look("agenda", "agenda-zh", "zh"),
]


def every_look() -> Iterator[Look]:
    for room, language, theme, width in product(ROOMS, ("en", "zh"), ("light", "dark"), (1180, 1600)):
        yield Look(room, f"{room}-{language}-{theme}-{width}", language, theme, width)
