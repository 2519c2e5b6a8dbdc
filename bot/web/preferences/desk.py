"""What the preference page does: read a sheet, save what was changed, stop, confirm; one transaction each."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from bot.conversation.opting_in import KIND as OPT_IN
from bot.conversation.opting_in import Asked, FirstYes, OptingIn
from bot.conversation.signed_links import number_in
from bot.web.preference_links import customer_of, preference_token
from bot.web.preferences.fields import Changes
from bot.web.preferences.wording import Wording
from crm_store.crm import Crm
from crm_store.database import Store
from crm_store.people.consent import STOPPABLE, Evidence, Purpose
from crm_store.people.opt_ins import OptIn, needs_confirmation
from crm_store.people.preferences import Told
from crm_store.people.proof import linked_by
from crm_store.wishes.sheet import Sheet

ONE_CLICK = "List-Unsubscribe=One-Click"
NOTES = {
    Asked.SENT: "mail_sent",
    Asked.WAITING: "mail_waiting",
    Asked.AGAIN: "saved",
    Asked.NO_ADDRESS: "mail_none",
    Asked.NO_WAY: "mail_none",
}


@dataclass(frozen=True)
class Confirmed:
    """A second yes that was, or can be, given: the question it answers, and the page of who gives it."""

    question: str
    page: str
    done: bool


class PreferenceDesk:
    """`secret` reads the links; what it cannot read, and whoever is gone, is None everywhere alike."""

    def __init__(self, store: Store, opting_in: OptingIn, secret: bytes, now: Callable[[], datetime]) -> None:
        self._store = store
        self._opting_in = opting_in
        self.secret = secret
        self.now = now

    async def sheet(self, token: str) -> Sheet | None:
        """What the page shows."""
        customer_id = customer_of(self.secret, token)
        if customer_id is None:
            return None
        async with self._store.transaction() as crm:
            return await crm.sheets.of(customer_id)

    async def save(self, sheet: Sheet, changed: Changes, wording: Wording) -> list[str]:
        """Write what was changed, with the exact question each answers; gives the names of what is to be told."""
        async with self._store.transaction() as crm:
            await self._write_rules(crm, sheet, changed, wording)
            for purpose, channel in changed.taken:
                proof = wording.evidence(purpose, channel, False)
                await crm.consent.record(sheet.who, [(purpose, channel, False)], proof, self.now())
            return [await self._give(crm, sheet, key, wording) for key in changed.given]

    async def _write_rules(self, crm: Crm, sheet: Sheet, changed: Changes, wording: Wording) -> None:
        for rule in changed.rules:
            question, words = wording.rule(rule.kind, rule.value)
            await crm.preferences.put(sheet.who, rule.kind, rule.value, self._told(question, words, wording))
        for note in changed.occasions:
            question, words = wording.occasion(note.kind, note.off)
            await crm.preferences.note(sheet.who, note, self._told(question, words, wording))

    def _told(self, question: str, words: str, wording: Wording) -> Told:
        return Told(words, None, self.now(), "page", question, wording.version)

    async def _give(self, crm: Crm, sheet: Sheet, key: tuple[Purpose, str], wording: Wording) -> str:
        purpose, channel = key
        proof = wording.evidence(purpose, channel, True)
        if needs_confirmation(purpose, channel):
            asked = await self._opting_in.begin(crm, sheet.customer, FirstYes(purpose, channel, proof), self.now())
            return NOTES[asked]
        await crm.consent.record(sheet.who, [(purpose, channel, True)], proof, self.now())
        return "saved"

    async def stop(self, sheet: Sheet, wording: Wording) -> None:
        """Withdraw everything everywhere, as in a chat."""
        async with self._store.transaction() as crm:
            await crm.consent.stop(sheet.who, wording.stop(), self.now())

    async def one_click(self, token: str) -> bool:
        """A mail program's own button: no more by e-mail, at once; told twice, it is written once. False for nobody."""
        customer_id = customer_of(self.secret, token)
        if customer_id is None:
            return False
        async with self._store.transaction() as crm:
            sheet = await crm.sheets.of(customer_id)
            if sheet is None:
                return False
            known = await crm.consent.standing(sheet.who)
            silent = {entry.purpose for entry in known if entry.channel == "email" and not entry.granted}
            loud = {purpose for purpose, channel in sheet.allowed if channel == "email"}
            choices = [(each, "email", False) for each in STOPPABLE if each in loud or each not in silent]
            if choices:
                proof = Evidence("one_click", "List-Unsubscribe-Post", "RFC 8058", ONE_CLICK)
                await crm.consent.record(sheet.who, choices, proof, self.now())
        return True

    async def second_yes(self, token: str, say: bool) -> Confirmed | None:
        """Look at an opt-in, or confirm it (`say`). None when it is none of ours, lapsed, or was taken back."""
        number = number_in(self.secret, OPT_IN, token)
        if number is None:
            return None
        async with self._store.transaction() as crm:
            found = await (crm.opt_ins.confirm if say else crm.opt_ins.waiting)(number, self.now())
            if found is None:
                return None
            if say:
                await self._link(crm, found)
            return Confirmed(found.question, preference_token(self.secret, found.customer_id), bool(found.confirmed_at))

    async def _link(self, crm: Crm, opt_in: OptIn) -> None:
        """Who confirms from an address reads its mail: it is theirs, unless it is somebody else's already."""
        if (await crm.identities.get(opt_in.identity_id)).customer_id is None:
            await crm.identities.link(opt_in.identity_id, opt_in.customer_id, linked_by("opt_in", self.now()))
