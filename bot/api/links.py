"""POST /api/v1/links: a link that opens a chat as a member the shop has in front of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field

from bot.api.keys import Clock, KeyGate
from bot.api.paging import RecordId
from bot.api.refusals import ChannelUnavailable, RecordNotFound, documented
from bot.conversation.deep_links import FreshLink, make
from crm_store.database import Store
from crm_store.keys import KeyScope

TOKEN = "{token}"


class LinkChannel(StrEnum):
    """Where a link can lead."""

    TELEGRAM = "telegram"
    WEBCHAT = "webchat"


class LinkIn(BaseModel):
    """For whom, and into which channel."""

    model_config = ConfigDict(extra="forbid")

    customer_id: RecordId
    channel: LinkChannel


class LinkOut(BaseModel):
    """Works once. Whoever opens it is greeted as the customer, so hand it to nobody else."""

    url: str = Field(examples=["https://t.me/willowmere_bot?start=kYq0…"])
    token: str = Field(examples=["kYq0…"])
    expires_at: datetime


@dataclass(frozen=True)
class LinkMaker:
    """`addresses` by channel, each with ``{token}`` where the token goes; a channel without one makes no links.

    Keep the token of a web page behind a ``#``: what stands there is never sent to a server, so no log keeps it.
    """

    addresses: Mapping[str, str]
    clock: Clock


def links_router(store: Store, gate: KeyGate, maker: LinkMaker) -> APIRouter:
    """Needs `links:write`."""
    router = APIRouter(
        prefix="/links",
        tags=["links"],
        dependencies=[Depends(gate.needs(KeyScope.LINKS_WRITE))],
        responses=documented(401, 403, 404, 409, 422, 429, 503),
    )

    @router.post("", status_code=201, summary="Make a single-use link into a chat, good for ten minutes")
    async def make_link(asked: LinkIn) -> LinkOut:
        address = maker.addresses.get(asked.channel)
        if address is None:
            raise ChannelUnavailable(f"this shop has no {asked.channel} channel to link to")
        fresh = await _made(store, asked, maker)
        return LinkOut(url=address.replace(TOKEN, fresh.token), token=fresh.token, expires_at=fresh.expires_at)

    return router


async def _made(store: Store, asked: LinkIn, maker: LinkMaker) -> FreshLink:
    async with store.transaction() as crm:
        customer = await crm.customers.get(asked.customer_id)
        if customer is None or customer.erased_at is not None:
            raise RecordNotFound("customer", asked.customer_id)
        return await make(crm, asked.customer_id, asked.channel, maker.clock())
