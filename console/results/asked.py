"""Pure: whose touches an address asks for. What it says wrong, it does not say."""

from datetime import date

from pydantic import BaseModel, Field

from console.frame.visit import NotThere
from crm_store.model import Languages
from crm_store.results.people import CONDITIONS, Wanted

NARROWS = ("channel", "language", "day", "score")


class Asked(BaseModel):
    """As in the address; empty is any."""

    figure: str = Field("", max_length=30)
    channel: str = Field("", max_length=40)
    language: str = Field("", max_length=10)
    day: str = Field("", max_length=10)
    score: str = Field("", max_length=1)


def wanted_of(campaign_id: int, asked: Asked, zone: str, figure: str = "sent") -> Wanted:
    """Raises `NotThere` for a figure nobody counts."""
    if (asked.figure or figure) not in CONDITIONS:
        raise NotThere
    return Wanted(
        campaign_id,
        asked.figure or figure,
        channel=asked.channel.replace("\0", ""),
        language=asked.language if asked.language in Languages else "",
        day=_day(asked.day),
        score=int(asked.score) if asked.score in {"1", "2", "3", "4", "5"} else 0,
        zone=zone,
    )


def _day(told: str) -> date | None:
    try:
        return date.fromisoformat(told) if told else None
    except ValueError:
        return None
