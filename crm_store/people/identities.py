"""Channel identities: one address on one channel account, whom it belongs to, and how that was proved."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from sqlalchemy import ForeignKey, Index, UniqueConstraint, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from crm_store.model import Base, Key, Moment
from crm_store.people.proof import Proof, ProofLevel


class ChannelIdentity(Base):
    """An address, e.g. a Telegram chat or a web-chat visitor. Reachability: `ok`, `blocked`, `bounced`."""

    __tablename__ = "channel_identities"
    __table_args__ = (
        UniqueConstraint("channel", "account", "address"),
        Index("ix_channel_identities_words", text("desk_terms(display_name)"), postgresql_using="gin"),
    )

    id: Mapped[Key]
    channel: Mapped[str]
    account: Mapped[str]
    address: Mapped[str] = mapped_column(index=True)
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customers.id"), index=True)
    display_name: Mapped[str] = mapped_column(default="")
    reachability: Mapped[str] = mapped_column(default="ok")
    proof_level: Mapped[int] = mapped_column(default=0)
    proof_method: Mapped[str] = mapped_column(default="")
    proved_at: Mapped[Moment | None]
    proof_until: Mapped[Moment | None]
    contact_asked_at: Mapped[Moment | None]
    created_at: Mapped[Moment]

    def level_at(self, now: datetime) -> ProofLevel:
        """The proof that counts at `now`; CHANNEL when nobody is linked."""
        if self.customer_id is None or self.proved_at is None or self.proof_until is None:
            return ProofLevel.CHANNEL
        return Proof(ProofLevel(self.proof_level), self.proof_method, self.proved_at, self.proof_until).level_at(now)


@dataclass(frozen=True)
class Address:
    """Where a message comes from or goes to."""

    channel: str
    account: str
    value: str

    @property
    def sealed(self) -> str:
        """What is left of the address of somebody who was erased: enough to know it again, and no more."""
        return f"erased:{sha256(f'{self.channel}:{self.account}:{self.value}'.encode()).hexdigest()}"


# A stop outlives the person: whoever comes with an address where it was said begins with it.
_STOPS_AGAIN = text(
    """
    insert into consent_entries (identity_id, purpose, channel, granted, at, source, question, question_version, answer)
    select :fresh, e.purpose, e.channel, false, e.at, 'erasure', '', '', ''
      from (select distinct on (e.purpose, e.channel) e.*
              from consent_entries e join channel_identities t on t.id = e.identity_id
             where t.address = :seal and t.channel = :channel and t.account = :account and e.customer_id is null
             order by e.purpose, e.channel, e.id desc) e
     where not e.granted
    """
)


_LOST = text(
    """
    update channel_identities set reachability = 'blocked'
     where id in (select identity_id from interactions where id = any(:ids))
    """
)


class Identities:
    """Reads and writes of channel identities inside one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def get(self, identity_id: int) -> ChannelIdentity:
        return await self._session.get_one(ChannelIdentity, identity_id)

    async def at(self, address: Address, name: str, now: datetime) -> ChannelIdentity:
        """The identity of this address, made on first contact. Safe when two events of a new address race."""
        known = await self._find(address)
        if known is not None:
            return known
        fresh = await self._session.scalar(
            insert(ChannelIdentity)
            .values(
                channel=address.channel,
                account=address.account,
                address=address.value,
                display_name=name[:120],
                created_at=now,
            )
            .on_conflict_do_nothing()
            .returning(ChannelIdentity.id)
        )
        if fresh is not None:
            place = {"channel": address.channel, "account": address.account}
            await self._session.execute(_STOPS_AGAIN, {"fresh": fresh, "seal": address.sealed, **place})
        found = await self._find(address)
        assert found is not None
        return found

    async def _find(self, address: Address) -> ChannelIdentity | None:
        return await self._session.scalar(
            select(ChannelIdentity).filter_by(channel=address.channel, account=address.account, address=address.value)
        )

    async def link(self, identity_id: int, customer_id: int, proof: Proof) -> None:
        """Bind the address to a customer on the strength of `proof`."""
        await self._session.execute(
            update(ChannelIdentity)
            .where(ChannelIdentity.id == identity_id)
            .values(
                customer_id=customer_id,
                proof_level=proof.level,
                proof_method=proof.method,
                proved_at=proof.at,
                proof_until=proof.until,
                contact_asked_at=None,
            )
        )

    async def unlink(self, identity_id: int) -> None:
        """Forget whom the address belongs to; what was said stays where it was said."""
        await self._session.execute(
            update(ChannelIdentity)
            .where(ChannelIdentity.id == identity_id)
            .values(customer_id=None, proof_level=0, proof_method="", proved_at=None, proof_until=None)
        )

    async def asked_for_contact(self, identity_id: int, now: datetime) -> None:
        """Remember that we asked for the sender's own contact: only an answer to this is accepted."""
        await self._session.execute(
            update(ChannelIdentity).where(ChannelIdentity.id == identity_id).values(contact_asked_at=now)
        )

    async def mark(self, identity_id: int, reachability: str) -> None:
        """Note that the address is `ok`, `blocked` or `bounced`."""
        await self._session.execute(
            update(ChannelIdentity).where(ChannelIdentity.id == identity_id).values(reachability=reachability)
        )

    async def lost(self, interaction_ids: list[int]) -> None:
        """The addresses these messages went to cannot be reached any more."""
        if interaction_ids:
            await self._session.execute(_LOST, {"ids": interaction_ids})

    async def reachability(self, channel: str, account: str, addresses: list[str]) -> dict[str, str]:
        """By address; one we have never heard from is not in it."""
        rows = await self._session.execute(
            select(ChannelIdentity.address, ChannelIdentity.reachability).where(
                ChannelIdentity.channel == channel,
                ChannelIdentity.account == account,
                ChannelIdentity.address.in_(addresses),
            )
        )
        return dict(rows.all())
