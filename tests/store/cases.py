"""Shoppers, staff and cases for the tests of cases."""

from datetime import UTC, date, datetime

from crm_store.cases.complaints import Complaint, Grievance, Opener
from crm_store.cases.events import By
from crm_store.crm import Crm
from crm_store.loyalty.orders import Order, OrderLine
from crm_store.people.customers import Customer
from crm_store.people.identities import Address
from crm_store.people.proof import proved_by_code
from crm_store.shop.products import Product
from crm_store.shop.stores import RetailStore
from crm_store.staff.members import NewMember, Role
from crm_store.talks.conversations import Conversation
from crm_store.talks.interactions import Delivery, Interaction

NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
BROKEN = Grievance("broken", "normal", "The kettle leaks.", "refund", "WM104233", "en")
BY_STAFF = By("staff")


async def customer(crm: Crm, name: str) -> int:
    made = Customer(name=name, member_number=f"M{name}", joined_on=date(2024, 2, 29))
    crm.session.add(made)
    await crm.session.flush()
    return made.id


async def handler(crm: Crm, name: str = "Aisha Rahman") -> int:
    return (await crm.staff.add(NewMember(f"{name}@shop.example", name, Role.HANDLER, "x"), NOON)).id


async def talk(crm: Crm, address: str, customer_id: int | None = None) -> Conversation:
    identity = await crm.identities.at(Address("webchat", "shop", address), "", NOON)
    if customer_id is not None:
        await crm.identities.link(identity.id, customer_id, proved_by_code("webchat", NOON))
    fresh = Conversation(identity_id=identity.id, channel="webchat", account="shop", language="en", opened_at=NOON)
    return await crm.conversations.open(fresh)


async def said(crm: Crm, conversation: Conversation, text: str = "The kettle leaks.") -> int:
    words = Interaction(
        conversation_id=conversation.id,
        identity_id=conversation.identity_id,
        direction="in",
        author="shopper",
        text=text,
        delivery=Delivery.RECEIVED,
        at=NOON,
    )
    return (await crm.interactions.add(words)).id


async def case(crm: Crm, address: str, customer_id: int | None = None, grievance: Grievance = BROKEN) -> Complaint:
    """Opened in a conversation of its own."""
    conversation = await talk(crm, address, customer_id)
    opener = Opener(conversation.identity_id, customer_id, conversation.id, await said(crm, conversation))
    return await crm.complaints.open(opener, grievance, NOON)


async def order(crm: Crm, number: str, customer_id: int, skus: list[str]) -> None:
    """From the store at Orchard, brought by SpeedPost."""
    store = RetailStore(
        code=f"orchard-{number}", name={}, address={}, directions={}, also={}, phone="", time_zone="UTC", hours={}
    )
    products = [
        Product(sku=sku, name={"en": sku}, category={}, brand="", description={}, price_cents=100, stock=1, search=sku)
        for sku in skus
    ]
    crm.session.add_all([store, *products])
    await crm.session.flush()
    made = Order(
        number=number,
        customer_id=customer_id,
        placed_at=NOON,
        channel="web",
        state="delivered",
        total_cents=100,
        store_id=store.id,
        carrier="SpeedPost",
    )
    crm.session.add(made)
    await crm.session.flush()
    crm.session.add_all(
        OrderLine(order_id=made.id, line=line, product_id=product.id, quantity=1, price_cents=100)
        for line, product in enumerate(products)
    )
    await crm.session.flush()
