"""The second yes: advertising by e-mail and SMS begins only once the very address has confirmed it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.conversation.identity import masked
from bot.conversation.signed_links import signed
from crm_store.crm import Crm
from crm_store.people.consent import Evidence, Purpose, Who
from crm_store.people.customers import Customer
from crm_store.people.identities import Address, ChannelIdentity
from crm_store.people.opt_ins import LIFE, OptIn
from crm_store.sentences import Sentences
from crm_store.talks.lanes import lane_number
from crm_store.talks.outbox import OutboxMessage, Priority

KIND = "opt-in"


class Asked(StrEnum):
    """What became of a first yes; the name of the sentence that says so."""

    SENT = "opt_in_sent"
    WAITING = "opt_in_waiting"
    AGAIN = "opt_in_again"
    NO_ADDRESS = "opt_in_no_address"
    NO_WAY = "opt_in_no_way"


@dataclass(frozen=True)
class FirstYes:
    """To what, for which channel, and the exact question and answer."""

    purpose: Purpose
    channel: str
    evidence: Evidence


@dataclass(frozen=True)
class OptInRules:
    """`secret` signs the links, which begin with `base_url`; `lanes` by channel: where there is none, none is asked."""

    secret: bytes
    base_url: str
    lanes: Mapping[str, str]


class OptingIn:
    """Takes a first yes and sends the one message that asks to confirm it; silence is no, and is never asked again."""

    def __init__(self, sentences: Sentences, rules: OptInRules) -> None:
        self._sentences = sentences
        self._rules = rules

    async def begin(self, crm: Crm, customer: Customer, yes: FirstYes, now: datetime) -> Asked:
        """Within the caller's transaction. Whoever the yes comes from has proved to be `customer`."""
        lane = self._rules.lanes.get(yes.channel)
        if lane is None:
            return Asked.NO_WAY
        address = address_of(customer, yes.channel)
        if not address:
            return Asked.NO_ADDRESS
        identity = await crm.identities.at(Address(yes.channel, lane.partition(":")[2], address), "", now)
        before = await crm.opt_ins.newest(identity.id, customer.id, yes.purpose)
        if before is not None and before.confirmed_at is not None:
            who = Who(identity.id, customer.id)
            await crm.consent.record(who, [(yes.purpose, yes.channel, True)], yes.evidence, now)
            return Asked.AGAIN
        if before is not None and before.expires_at > now:
            return Asked.WAITING
        opt_in = await crm.opt_ins.ask(_opt_in(customer, identity, yes, now))
        crm.outbox.queue(self._message(lane, address, customer, opt_in))
        crm.nudge("outbox", lane_number(lane))
        return Asked.SENT

    def told(self, asked: Asked, customer: Customer, channel: str, language: str) -> str:
        """What became of it, for the one who said yes."""
        place = masked(address_of(customer, channel))
        return self._sentences.say(asked, language, place=place)

    def _message(self, lane: str, address: str, customer: Customer, opt_in: OptIn) -> OutboxMessage:
        language = customer.language
        link = f"{self._rules.base_url}/preferences/confirm/{signed(self._rules.secret, KIND, opt_in.id)}"
        return OutboxMessage(
            lane=lane,
            address=address,
            # Like a code: replies wait for it, and its text does not outlive its sending.
            purpose="code",
            author="house",
            priority=Priority.CODE,
            body={
                "subject": self._sentences.say("mail_opt_in_subject", language),
                "text": self._sentences.say("mail_opt_in", language, link=link, question=opt_in.question),
                "language": language,
            },
            queued_at=opt_in.asked_at,
            expires_at=opt_in.expires_at,
        )


def address_of(customer: Customer, channel: str) -> str:
    """Where a channel of addresses on file reaches somebody; empty when we have none."""
    return ((customer.email or "").lower() if channel == "email" else customer.phone) or ""


def _opt_in(customer: Customer, identity: ChannelIdentity, yes: FirstYes, now: datetime) -> OptIn:
    return OptIn(
        customer_id=customer.id,
        identity_id=identity.id,
        channel=yes.channel,
        purpose=yes.purpose,
        question=yes.evidence.question,
        question_version=yes.evidence.question_version,
        answer=yes.evidence.answer,
        interaction_id=yes.evidence.interaction_id,
        asked_at=now,
        expires_at=now + LIFE,
    )
