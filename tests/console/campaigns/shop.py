"""What a marketer has to begin with: a segment, people in it, campaigns as far as a test needs them."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from crm_store.campaigns.campaigns import By
from crm_store.campaigns.moves import Move
from crm_store.crm import Crm
from crm_store.plans.programmes import programme
from crm_store.segments.segments import SegmentForm
from crm_store.segments.text import from_text
from tests.console.conftest import NOW, Browser, Desk
from tests.store.planning.shop import Shop

ON_THE_WAY = (Move.SUBMIT, Move.APPROVE, Move.SCHEDULE, Move.BEGIN, Move.PAUSE)


@dataclass
class Marketing:
    """Makes them in the desk's store."""

    desk: Desk

    async def segment(self, name: str = "Everybody") -> int:
        async with self.desk.store.transaction() as crm:
            form = SegmentForm(name, "", from_text('language in ("en", "zh")'))
            return (await crm.segments.make(form, None, NOW)).id

    async def emma(self, **more: Any) -> int:
        """A member who allows care on Telegram."""
        known = {"name": "Emma Tan", "member_number": "M10000042", "allows": ("care",), "language": "en"}
        return await Shop(self.desk.store, NOW).member(**{**known, **more})

    async def campaign(self, maker: Browser, ready: str = "birthday", until: Move | None = None, **plan: Any) -> int:
        """From a programme, by `maker`; moved along by somebody else until `until` is done."""
        other = await self.desk.add("admin")
        async with self.desk.store.transaction() as crm:
            segments = await crm.segments.all()
            chosen = segments[0].segment.id if segments else None
            made = await crm.campaigns.from_programme(ready, chosen, By(maker.member.id, NOW))
            if plan:
                changed = programme(ready).plan.model_copy(update={"segment_id": chosen, **plan})
                await crm.campaigns.change(made.id, changed, By(maker.member.id, NOW))
            for move in ON_THE_WAY if until is not None else ():
                await self._moved(crm, made.id, move, (maker.member.id, other.id))
                if move is until:
                    break
            return made.id

    async def _moved(self, crm: Crm, campaign_id: int, move: Move, who: tuple[int, int]) -> None:
        maker, other = (By(each, NOW) for each in who)
        if move is Move.SUBMIT:
            await crm.campaigns.submit(campaign_id, maker)
        elif move is Move.APPROVE:
            await crm.campaigns.approve(campaign_id, other)
        elif move is Move.SCHEDULE:
            await crm.campaigns.schedule(campaign_id, maker, NOW + timedelta(hours=1))
        elif move is Move.BEGIN:
            await crm.campaigns.begin(campaign_id, NOW)
        else:
            await crm.campaigns.pause(campaign_id, maker)

    async def state(self, campaign_id: int) -> str:
        async with self.desk.store.reading() as crm:
            return (await crm.campaigns.get(campaign_id)).state
