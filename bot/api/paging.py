"""What all lists share: how a page is asked for and told."""

from typing import Annotated

from fastapi import Path
from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from crm_store.records.page import PageAsked

HIGHEST_ID = 2**63 - 1
MOST = 200

type RecordId = Annotated[int, Field(ge=1, le=HIGHEST_ID, examples=[4711])]
type IdInPath = Annotated[int, Path(ge=1, le=HIGHEST_ID, examples=[4711])]
type Word = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$")]
type Moment = Annotated[AwareDatetime, Field(description="ISO 8601 with its offset", examples=["2026-11-21T09:00:00Z"])]


def _plus_again(value: object) -> object:
    """In a query string an unescaped + reads as a space."""
    return f"+{value[1:]}" if isinstance(value, str) and value.startswith(" ") else value


type Phone = Annotated[
    str,
    BeforeValidator(_plus_again),
    StringConstraints(pattern=r"^\+[1-9][0-9]{5,14}$"),
    Field(description="E.164", examples=["+6591234567"]),
]


class PageQuery(BaseModel):
    """The parameters every list takes. One it does not know is refused: a misspelt filter must not list everything."""

    model_config = ConfigDict(extra="forbid")

    after: RecordId | None = Field(None, description="The `next` of the page before; none for the first page")
    limit: int = Field(50, ge=1, le=MOST, description="How many at most")

    def asked(self) -> PageAsked:
        return PageAsked(self.after, self.limit)


class PageOut[Item](BaseModel):
    """One page."""

    items: list[Item]
    next: int | None = Field(
        description="Ask for the next page with `after` = this; null on the last page", examples=[4711]
    )
