"""Joining, the member's own number, the profile, and linking this chat to a membership."""

from actions.base import Answer, Event, Turn
from actions.shop.articles import say_article
from actions.voice import payload
from crm_store.people.profile_words import field_in
from crm_store.people.proof import ProofLevel

OWN_MEMBERSHIP = payload("ask_membership")


class TellMembership(Answer):
    """What membership is, for everybody; the own number, for a member who has proved who they are."""

    called = "action_ask_membership"

    async def answer(self, turn: Turn) -> list[Event]:
        if turn.shopper.level >= ProofLevel.PROVED and turn.shopper.member.member_number:
            await self._own(turn)
            if not turn.shopper.text:
                return []
            await say_article(turn, ("membership",))
        else:
            await say_article(turn, ("membership",), (turn.voice.button("button_my_number", "link_account"),))
        return []

    async def _own(self, turn: Turn) -> None:
        member = turn.shopper.member
        tiers = {tier.code: tier.name for tier in await turn.crm.tiers.all()}
        turn.voice.answer(
            "membership_own",
            customer=member.name,
            number=member.member_number,
            tier=turn.voice.words(tiers.get(member.tier, {})) or member.tier,
        )


class LinkAccount(Answer):
    """Proof comes first; then the membership is shown."""

    called = "action_link_account"
    needs = ProofLevel.PROVED

    def wanted(self, turn: Turn) -> str:
        return OWN_MEMBERSHIP

    async def answer(self, turn: Turn) -> list[Event]:
        turn.voice.answer("linked_already", customer=turn.shopper.member.name)
        return []


class UpdateProfile(Answer):
    """The bot changes no profile: it finds out which field, and a person does it."""

    called = "action_update_profile"
    needs = ProofLevel.FRESH

    def wanted(self, turn: Turn) -> str:
        field = _field(turn)
        return payload("update_profile", field=field) if field else payload("update_profile")

    async def answer(self, turn: Turn) -> list[Event]:
        field = _field(turn)
        if field is None or not turn.voice.lines.knows(f"field_{field}"):
            turn.voice.answer("profile_which")
            return []
        turn.voice.answer("profile_passed_on", field=turn.voice.line(f"field_{field}"))
        turn.voice.wish("hand_over", reason=f"profile_{field}")
        return []


def _field(turn: Turn) -> str | None:
    return turn.chosen("field") or field_in(turn.shopper.text)
