"""Proving who is there: one-time codes to a contact on file, the platform's own contact card, single-use links.

Limits and texts follow one rule: nothing said here tells a stranger whether somebody is a member.
"""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from secrets import randbelow
from typing import Any

import phonenumbers

from bot.conversation.scene import Offer, Reply, Scene
from crm_store.crm import Crm
from crm_store.people.challenges import LIFE, TRIES, Challenge
from crm_store.people.customers import Customer
from crm_store.people.proof import Proof, linked_by, proved_by_code
from crm_store.sentences import Sentences
from crm_store.talks.lanes import lane_number
from crm_store.talks.outbox import OutboxMessage, Priority

CONTACT_ANSWER_WITHIN = timedelta(minutes=15)
LINK_PAYLOAD = "careloop:link:"


@dataclass(frozen=True)
class Outcome:
    """What is said, and, once proved, the payload of the question the shopper had asked in the first place."""

    replies: list[Reply]
    resume: str = ""


@dataclass(frozen=True)
class ProofRules:
    """`secret` keys every stored code, `mail_lane` carries the e-mails, `region` reads phone numbers without a +."""

    secret: bytes
    mail_lane: str
    region: str


class Proving:
    """Asks for a contact, sends codes, checks them, links addresses; always within the turn's transaction."""

    def __init__(self, sentences: Sentences, rules: ProofRules) -> None:
        self._sentences = sentences
        self._rules = rules

    async def begin(self, crm: Crm, scene: Scene, wanted: str) -> list[Reply]:
        """Start proving so that `wanted` can be answered: a linked address gets its code at once, others are asked."""
        if scene.identity.customer_id is not None:
            customer = await crm.customers.get(scene.identity.customer_id)
            if customer is not None and customer.email:
                return await self._code_for_linked(crm, scene, customer, wanted)
        await self._await(crm, scene, "contact", wanted)
        if scene.conversation.channel == "telegram":
            await crm.identities.asked_for_contact(scene.identity.id, scene.now)
            label = self._say(scene, "share_contact")
            return [Reply(self._say(scene, "ask_contact"), asks_contact=label)]
        return [Reply(self._say(scene, "ask_contact"))]

    async def contact_typed(self, crm: Crm, scene: Scene, contact: str, wanted: str) -> list[Reply]:
        """A typed contact only says where a code may go. The answer is the same whether it is a member's or not."""
        contact = normalised(contact, self._rules.region)
        customer = await crm.customers.named_by(contact)
        if not await self._send_code(crm, scene, customer, contact, wanted):
            return [Reply(self._say(scene, "code_too_many"))]
        return [Reply(self._say(scene, "code_sent"))]

    async def _code_for_linked(self, crm: Crm, scene: Scene, customer: Customer, wanted: str) -> list[Reply]:
        assert customer.email is not None
        if not await self._send_code(crm, scene, customer, customer.email.lower(), wanted):
            return [Reply(self._say(scene, "code_too_many"))]
        return [Reply(self._say(scene, "code_sent_linked", masked=masked(customer.email)))]

    async def _send_code(self, crm: Crm, scene: Scene, customer: Customer | None, contact: str, wanted: str) -> bool:
        destination = self._keyed(b"to", contact)
        customer_id = customer.id if customer is not None and customer.email else None
        asked = await crm.challenges.asked(scene.identity.id, destination, customer_id, scene.now)
        if asked.too_many():
            return False
        code = f"{randbelow(1_000_000):06d}"
        await crm.challenges.end_open(scene.identity.id, "replaced")
        crm.challenges.add(self._challenge(scene, customer_id, destination, code, wanted))
        await self._await(crm, scene, "code", wanted)
        if customer is not None and customer_id is not None and not asked.too_many_for_member():
            crm.outbox.queue(self._mail(customer, code, scene.now))
            crm.nudge("outbox", lane_number(self._rules.mail_lane))
        return True

    def _challenge(
        self, scene: Scene, customer_id: int | None, destination: bytes, code: str, wanted: str
    ) -> Challenge:
        return Challenge(
            identity_id=scene.identity.id,
            conversation_id=scene.conversation.id,
            customer_id=customer_id,
            destination=destination,
            code=self._keyed(b"code:%d" % scene.identity.id, code),
            wanted=wanted,
            made_at=scene.now,
            expires_at=scene.now + LIFE,
        )

    def _mail(self, customer: Customer, code: str, now: datetime) -> OutboxMessage:
        language = customer.language
        return OutboxMessage(
            lane=self._rules.mail_lane,
            address=customer.email,
            purpose="code",
            author="bot",
            priority=Priority.CODE,
            body={
                "subject": self._sentences.say("mail_code_subject", language, code=code),
                "text": self._sentences.say("mail_code", language, name=customer.name, code=code),
                "language": language,
            },
            queued_at=now,
            expires_at=now + LIFE,
        )

    async def code_typed(self, crm: Crm, scene: Scene, code: str) -> Outcome:
        """Check a code: five tries, ten minutes, only for the address that asked, only the newest one."""
        challenge = await crm.challenges.open_for(scene.identity.id, scene.now)
        if challenge is None:
            return Outcome([Reply(self._say(scene, "code_wrong"))])
        given = self._keyed(b"code:%d" % scene.identity.id, code)
        if not hmac.compare_digest(given, challenge.code) or challenge.customer_id is None:
            return await self._wrong_code(crm, scene, challenge)
        challenge.ended = "proved"
        await crm.conversations.await_answer(scene.conversation.id, None)
        proof = proved_by_code(scene.conversation.channel, scene.now)
        await _link(crm, scene, challenge.customer_id, proof)
        customer = await crm.customers.get(challenge.customer_id)
        name = customer.name if customer is not None else ""
        return Outcome([Reply(self._say(scene, "proved", name=name))], challenge.wanted)

    async def _wrong_code(self, crm: Crm, scene: Scene, challenge: Challenge) -> Outcome:
        challenge.tries += 1
        if challenge.tries < TRIES:
            return Outcome([Reply(self._say(scene, "code_wrong"))])
        challenge.ended = "tries"
        await crm.conversations.await_answer(scene.conversation.id, None)
        return Outcome([Reply(self._say(scene, "code_ended"))])

    async def contact_shared(self, crm: Crm, scene: Scene) -> Outcome:
        """The platform's contact card: only the sender's own, only when we asked. It links and proves no more."""
        card: dict[str, Any] = scene.event.event.get("contact") or {}
        asked_at = scene.identity.contact_asked_at
        answered = asked_at is not None and scene.now - asked_at < CONTACT_ANSWER_WITHIN
        if not card.get("is_own") or not answered:
            return Outcome([Reply(self._say(scene, "contact_refused"))])
        customer = await crm.customers.named_by(str(card.get("phone", "")))
        if customer is None:
            return Outcome([Reply(self._say(scene, "contact_unknown"))])
        await _link_at_least(crm, scene, customer.id, linked_by("contact", scene.now))
        wanted = str(scene.awaited().get("wanted", ""))
        await crm.conversations.await_answer(scene.conversation.id, None)
        return Outcome([Reply(self._say(scene, "linked", name=customer.name))], wanted)

    async def link_offered(self, crm: Crm, scene: Scene, customer_id: int) -> list[Reply]:
        """A deep link was followed: say whom it belongs to, masked, and link only on a clear yes."""
        customer = await crm.customers.get(customer_id)
        if customer is None or customer.erased_at is not None:
            return [Reply(self._say(scene, "link_lapsed"))]
        yes = Offer(self._say(scene, "link_yes"), f"{LINK_PAYLOAD}{customer_id}")
        no = Offer(self._say(scene, "link_no"), f"{LINK_PAYLOAD}0")
        return [Reply(self._say(scene, "link_confirm", masked=masked(customer.name)), (yes, no))]

    async def link_answered(self, crm: Crm, scene: Scene, payload: str) -> list[Reply]:
        """Yes or no to `link_offered`; the payload is ours, kept with the offer, never the shopper's."""
        customer = await crm.customers.get(int(payload.removeprefix(LINK_PAYLOAD)))
        if customer is None:
            return [Reply(self._say(scene, "link_refused"))]
        await _link_at_least(crm, scene, customer.id, linked_by("deep_link", scene.now))
        return [Reply(self._say(scene, "linked", name=customer.name))]

    async def _await(self, crm: Crm, scene: Scene, what: str, wanted: str) -> None:
        until = (scene.now + CONTACT_ANSWER_WITHIN).isoformat()
        await crm.conversations.await_answer(scene.conversation.id, {"for": what, "wanted": wanted, "until": until})

    def _say(self, scene: Scene, name: str, /, **values: str) -> str:
        return self._sentences.say(name, scene.language, **values)

    def _keyed(self, kind: bytes, value: str) -> bytes:
        return hmac.new(self._rules.secret, kind + b":" + value.encode(), hashlib.sha256).digest()


async def _link_at_least(crm: Crm, scene: Scene, customer_id: int, proof: Proof) -> None:
    """A stronger proof of the same person is not given away."""
    if scene.identity.customer_id != customer_id:
        await _link(crm, scene, customer_id, proof)


async def _link(crm: Crm, scene: Scene, customer_id: int, proof: Proof) -> None:
    await crm.identities.link(scene.identity.id, customer_id, proof)
    # The scene was read before: the rest of the turn has to know whom it talks to.
    scene.identity.customer_id = customer_id


def normalised(contact: str, region: str) -> str:
    """E-mail in lower case, member number in upper case, phone as E.164; anything else as it is."""
    if "@" in contact:
        return contact.lower()
    if contact[:1] in "mM":
        return contact.upper()
    try:
        number = phonenumbers.parse(contact, region)
    except phonenumbers.NumberParseException:
        return contact
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def masked(value: str) -> str:
    """``z***@example.com``, ``E***``: enough to recognise one's own, too little to learn somebody else's."""
    local, at, domain = value.partition("@")
    return f"{local[:1]}***{at}{domain}"
