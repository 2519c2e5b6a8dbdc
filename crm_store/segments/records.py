"""The columns segments look at, without the classes that own them: whoever keeps records may import segments."""

from sqlalchemy import BigInteger, Boolean, Date, DateTime, Integer, String, column, table
from sqlalchemy.dialects.postgresql import JSONB

_KEY, _TEXT, _AT = BigInteger, String, DateTime(timezone=True)

STORES = table("stores", column("id", _KEY), column("code", _TEXT))
IDENTITIES = table(
    "channel_identities",
    column("id", _KEY),
    column("customer_id", _KEY),
    column("channel", _TEXT),
    column("reachability", _TEXT),
)
CONVERSATIONS = table("conversations", column("identity_id", _KEY), column("last_in_at", _AT))
CONSENTS = table(
    "consent_entries",
    column("id", _KEY),
    column("customer_id", _KEY),
    column("identity_id", _KEY),
    column("purpose", _TEXT),
    column("channel", _TEXT),
    column("granted", Boolean),
)
POINTS = table("points_entries", column("customer_id", _KEY), column("delta", Integer))
COUPONS = table(
    "coupons",
    column("customer_id", _KEY),
    column("used_at", _AT),
    column("valid_from", Date),
    column("valid_until", Date),
)
ORDERS = table(
    "orders",
    column("id", _KEY),
    column("customer_id", _KEY),
    column("placed_at", _AT),
    column("channel", _TEXT),
    column("state", _TEXT),
    column("total_cents", BigInteger),
    column("store_id", _KEY),
)
LINES = table("order_lines", column("order_id", _KEY), column("product_id", _KEY))
PRODUCTS = table(
    "products", column("id", _KEY), column("sku", _TEXT), column("category", JSONB), column("brand", _TEXT)
)
TOUCHPOINTS = table("touchpoints", column("customer_id", _KEY), column("kind", _TEXT), column("at", _AT))
LIFECYCLES = table(
    "lifecycles",
    column("customer_id", _KEY),
    column("stage", _TEXT),
    column("risk", Integer),
    column("orders", Integer),
    column("spent_cents", BigInteger),
    column("spent_year_cents", BigInteger),
)
COMPLAINTS = table(
    "complaints",
    column("id", _KEY),
    column("customer_id", _KEY),
    column("identity_id", _KEY),
    column("state", _TEXT),
    column("closed_at", _AT),
    column("merged_into", _KEY),
    column("opened_at", _AT),
)
ANSWERS = table(
    "survey_answers", column("id", _KEY), column("customer_id", _KEY), column("score", Integer), column("at", _AT)
)
OCCURRENCES = table("occurrences", column("id", _KEY), column("campaign_id", _KEY), column("expires_at", _AT))
TOUCHES = table(
    "touches",
    column("occurrence_id", _KEY),
    column("customer_id", _KEY),
    column("state", _TEXT),
    column("sent_at", _AT),
    column("answered_at", _AT),
)
READ = (
    STORES, IDENTITIES, CONVERSATIONS, CONSENTS, POINTS, COUPONS, ORDERS, LINES, PRODUCTS, TOUCHPOINTS, LIFECYCLES,
    COMPLAINTS, ANSWERS, OCCURRENCES, TOUCHES,
)  # fmt: skip
