"""first tables."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "2026_11_21"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("create extension if not exists pg_trgm")
    op.execute(sa.schema.CreateSequence(sa.Sequence("complaint_numbers", start=10001)))
    op.create_table(
        "api_keys",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("prefix", sa.String(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("scopes", postgresql.ARRAY(sa.String()), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_keys")),
        sa.UniqueConstraint("prefix", name=op.f("uq_api_keys_prefix")),
    )
    op.create_table(
        "articles",
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("text", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("keywords", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("topic", name=op.f("pk_articles")),
    )
    op.create_table(
        "lanes",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("cursor", sa.String(), nullable=False),
        sa.Column("blocked_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("halted", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_lanes")),
    )
    op.create_table(
        "products",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("sku", sa.String(), nullable=False),
        sa.Column("name", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("category", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("brand", sa.String(), nullable=False),
        sa.Column("description", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("price_cents", sa.Integer(), nullable=False),
        sa.Column("stock", sa.Integer(), nullable=False),
        sa.Column("search", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_products")),
        sa.UniqueConstraint("sku", name=op.f("uq_products_sku")),
    )
    op.create_index(
        "ix_products_search",
        "products",
        ["search"],
        unique=False,
        postgresql_using="gin",
        postgresql_ops={"search": "gin_trgm_ops"},
    )
    op.create_table(
        "promotions",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("title", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("text", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_promotions")),
    )
    op.create_table(
        "stores",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("address", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("directions", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("also", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("phone", sa.String(), nullable=False),
        sa.Column("time_zone", sa.String(), nullable=False),
        sa.Column("hours", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stores")),
        sa.UniqueConstraint("code", name=op.f("uq_stores_code")),
    )
    op.create_table(
        "tiers",
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("name", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("threshold_cents", sa.Integer(), nullable=False),
        sa.Column("benefits", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_tiers")),
    )
    op.create_table(
        "customers",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("member_number", sa.String(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("time_zone", sa.String(), nullable=False),
        sa.Column("time_zone_source", sa.String(), nullable=False),
        sa.Column("birth_date", sa.Date(), nullable=True),
        sa.Column("birth_year_known", sa.Boolean(), nullable=False),
        sa.Column("birth_calendar", sa.String(), nullable=False),
        sa.Column("home_store_id", sa.BigInteger(), nullable=True),
        sa.Column("tier", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=True),
        sa.Column("phone", sa.String(), nullable=True),
        sa.Column("address", sa.String(), nullable=True),
        sa.Column("joined_on", sa.Date(), nullable=False),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["home_store_id"], ["stores.id"], name=op.f("fk_customers_home_store_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customers")),
        sa.UniqueConstraint("member_number", name=op.f("uq_customers_member_number")),
    )
    op.create_index("ix_customers_email_lower", "customers", [sa.literal_column("lower(email)")], unique=False)
    op.create_index(op.f("ix_customers_phone"), "customers", ["phone"], unique=False)
    op.create_table(
        "product_terms",
        sa.Column("term", sa.String(), nullable=False),
        sa.Column("product_id", sa.BigInteger(), nullable=False),
        sa.Column("weight", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(
            ["product_id"], ["products.id"], name=op.f("fk_product_terms_product_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("term", "product_id", name=op.f("pk_product_terms")),
    )
    op.create_index(op.f("ix_product_terms_product_id"), "product_terms", ["product_id"], unique=False)
    op.create_table(
        "channel_identities",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("customer_id", sa.BigInteger(), nullable=True),
        sa.Column("display_name", sa.String(), nullable=False),
        sa.Column("reachability", sa.String(), nullable=False),
        sa.Column("proof_level", sa.Integer(), nullable=False),
        sa.Column("proof_method", sa.String(), nullable=False),
        sa.Column("proved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("proof_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("contact_asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_channel_identities_customer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_channel_identities")),
        sa.UniqueConstraint(
            "channel", "account", "address", name=op.f("uq_channel_identities_channel_account_address")
        ),
    )
    op.create_index(op.f("ix_channel_identities_customer_id"), "channel_identities", ["customer_id"], unique=False)
    op.create_table(
        "coupons",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("customer_id", sa.BigInteger(), nullable=False),
        sa.Column("title", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("value_cents", sa.Integer(), nullable=False),
        sa.Column("min_spend_cents", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_coupons_customer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_coupons")),
        sa.UniqueConstraint("code", name=op.f("uq_coupons_code")),
    )
    op.create_index(op.f("ix_coupons_customer_id"), "coupons", ["customer_id"], unique=False)
    op.create_table(
        "deep_links",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("customer_id", sa.BigInteger(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("used_by", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_deep_links_customer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deep_links")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_deep_links_token_hash")),
    )
    op.create_index(op.f("ix_deep_links_customer_id"), "deep_links", ["customer_id"], unique=False)
    op.create_table(
        "orders",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("customer_id", sa.BigInteger(), nullable=False),
        sa.Column("placed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("total_cents", sa.Integer(), nullable=False),
        sa.Column("address", sa.String(), nullable=True),
        sa.Column("store_id", sa.BigInteger(), nullable=True),
        sa.Column("carrier", sa.String(), nullable=True),
        sa.Column("tracking", sa.String(), nullable=True),
        sa.Column("expected_on", sa.Date(), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_orders_customer_id")),
        sa.ForeignKeyConstraint(["store_id"], ["stores.id"], name=op.f("fk_orders_store_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_orders")),
        sa.UniqueConstraint("number", name=op.f("uq_orders_number")),
    )
    op.create_index(op.f("ix_orders_customer_id"), "orders", ["customer_id"], unique=False)
    op.create_index("ix_orders_customer_id_placed_at", "orders", ["customer_id", "placed_at"], unique=False)
    op.create_table(
        "points_entries",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("customer_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("delta", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("order_number", sa.String(), nullable=True),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_points_entries_customer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_points_entries")),
    )
    op.create_index(op.f("ix_points_entries_customer_id"), "points_entries", ["customer_id"], unique=False)
    op.create_index("ix_points_entries_customer_id_at", "points_entries", ["customer_id", "at"], unique=False)
    op.create_table(
        "consent_entries",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("customer_id", sa.BigInteger(), nullable=True),
        sa.Column("identity_id", sa.BigInteger(), nullable=True),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("granted", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("question", sa.String(), nullable=False),
        sa.Column("question_version", sa.String(), nullable=False),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("interaction_id", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_consent_entries_customer_id")),
        sa.ForeignKeyConstraint(
            ["identity_id"], ["channel_identities.id"], name=op.f("fk_consent_entries_identity_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent_entries")),
        sa.UniqueConstraint(
            "interaction_id", "purpose", "channel", name=op.f("uq_consent_entries_interaction_id_purpose_channel")
        ),
    )
    op.create_index("ix_consent_entries_customer_id_id", "consent_entries", ["customer_id", "id"], unique=False)
    op.create_index(op.f("ix_consent_entries_identity_id"), "consent_entries", ["identity_id"], unique=False)
    op.create_table(
        "conversations",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("identity_id", sa.BigInteger(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("control", sa.String(), nullable=False),
        sa.Column("control_version", sa.Integer(), nullable=False),
        sa.Column("parked_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("language_source", sa.String(), nullable=False),
        sa.Column("dialogue", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("dialogue_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("awaiting", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("offered", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("last_seq", sa.Integer(), nullable=False),
        sa.Column("last_in_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["identity_id"], ["channel_identities.id"], name=op.f("fk_conversations_identity_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conversations")),
        sa.UniqueConstraint("identity_id", name=op.f("uq_conversations_identity_id")),
    )
    op.create_index(op.f("ix_conversations_identity_id"), "conversations", ["identity_id"], unique=False)
    op.create_table(
        "occasions",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("customer_id", sa.BigInteger(), nullable=True),
        sa.Column("identity_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("month", sa.Integer(), nullable=True),
        sa.Column("day", sa.Integer(), nullable=True),
        sa.Column("calendar", sa.String(), nullable=False),
        sa.Column("off", sa.Boolean(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("interaction_id", sa.BigInteger(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_occasions_customer_id")),
        sa.ForeignKeyConstraint(["identity_id"], ["channel_identities.id"], name=op.f("fk_occasions_identity_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_occasions")),
        sa.UniqueConstraint("interaction_id", "kind", name=op.f("uq_occasions_interaction_id_kind")),
    )
    op.create_index(op.f("ix_occasions_customer_id"), "occasions", ["customer_id"], unique=False)
    op.create_index(op.f("ix_occasions_identity_id"), "occasions", ["identity_id"], unique=False)
    op.create_table(
        "order_lines",
        sa.Column("order_id", sa.BigInteger(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("product_id", sa.BigInteger(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("price_cents", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_order_lines_order_id")),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"], name=op.f("fk_order_lines_product_id")),
        sa.PrimaryKeyConstraint("order_id", "line", name=op.f("pk_order_lines")),
    )
    op.create_index(op.f("ix_order_lines_product_id"), "order_lines", ["product_id"], unique=False)
    op.create_table(
        "preferences",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("customer_id", sa.BigInteger(), nullable=True),
        sa.Column("identity_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("value", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("interaction_id", sa.BigInteger(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_preferences_customer_id")),
        sa.ForeignKeyConstraint(["identity_id"], ["channel_identities.id"], name=op.f("fk_preferences_identity_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_preferences")),
        sa.UniqueConstraint("interaction_id", "kind", name=op.f("uq_preferences_interaction_id_kind")),
    )
    op.create_index(op.f("ix_preferences_customer_id"), "preferences", ["customer_id"], unique=False)
    op.create_index(op.f("ix_preferences_identity_id"), "preferences", ["identity_id"], unique=False)
    op.create_table(
        "challenges",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("identity_id", sa.BigInteger(), nullable=False),
        sa.Column("conversation_id", sa.BigInteger(), nullable=False),
        sa.Column("customer_id", sa.BigInteger(), nullable=True),
        sa.Column("destination", sa.LargeBinary(), nullable=False),
        sa.Column("code", sa.LargeBinary(), nullable=False),
        sa.Column("wanted", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("ended", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"], name=op.f("fk_challenges_conversation_id")),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_challenges_customer_id")),
        sa.ForeignKeyConstraint(["identity_id"], ["channel_identities.id"], name=op.f("fk_challenges_identity_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_challenges")),
    )
    op.create_index(op.f("ix_challenges_conversation_id"), "challenges", ["conversation_id"], unique=False)
    op.create_index(op.f("ix_challenges_customer_id"), "challenges", ["customer_id"], unique=False)
    op.create_index("ix_challenges_destination_made_at", "challenges", ["destination", "made_at"], unique=False)
    op.create_index(op.f("ix_challenges_identity_id"), "challenges", ["identity_id"], unique=False)
    op.create_index("ix_challenges_identity_id_made_at", "challenges", ["identity_id", "made_at"], unique=False)
    op.create_table(
        "conversation_events",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("conversation_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("before", sa.String(), nullable=False),
        sa.Column("after", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name=op.f("fk_conversation_events_conversation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conversation_events")),
    )
    op.create_index(
        op.f("ix_conversation_events_conversation_id"), "conversation_events", ["conversation_id"], unique=False
    )
    op.create_index(
        "ix_conversation_events_conversation_id_id", "conversation_events", ["conversation_id", "id"], unique=False
    )
    op.create_table(
        "interactions",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("conversation_id", sa.BigInteger(), nullable=False),
        sa.Column("identity_id", sa.BigInteger(), nullable=False),
        sa.Column("customer_id", sa.BigInteger(), nullable=True),
        sa.Column("direction", sa.String(), nullable=False),
        sa.Column("author", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("choices", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("language", sa.String(), nullable=True),
        sa.Column("intent", sa.String(), nullable=True),
        sa.Column("confidence", sa.Double(), nullable=True),
        sa.Column("delivery", sa.String(), nullable=False),
        sa.Column("provider_id", sa.String(), nullable=True),
        sa.Column("seq", sa.Integer(), nullable=True),
        sa.Column("answers", sa.BigInteger(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["answers"], ["interactions.id"], name=op.f("fk_interactions_answers")),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name=op.f("fk_interactions_conversation_id")
        ),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_interactions_customer_id")),
        sa.ForeignKeyConstraint(["identity_id"], ["channel_identities.id"], name=op.f("fk_interactions_identity_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interactions")),
    )
    op.create_index(op.f("ix_interactions_answers"), "interactions", ["answers"], unique=False)
    op.create_index("ix_interactions_at_id", "interactions", ["at", "id"], unique=False)
    op.create_index(op.f("ix_interactions_conversation_id"), "interactions", ["conversation_id"], unique=False)
    op.create_index("ix_interactions_conversation_id_seq", "interactions", ["conversation_id", "seq"], unique=True)
    op.create_index("ix_interactions_customer_id_id", "interactions", ["customer_id", "id"], unique=False)
    op.create_index(op.f("ix_interactions_identity_id"), "interactions", ["identity_id"], unique=False)
    op.create_table(
        "complaints",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("customer_id", sa.BigInteger(), nullable=True),
        sa.Column("identity_id", sa.BigInteger(), nullable=False),
        sa.Column("opened_by", sa.BigInteger(), nullable=False),
        sa.Column("category", sa.String(), nullable=False),
        sa.Column("severity", sa.String(), nullable=False),
        sa.Column("what_happened", sa.String(), nullable=False),
        sa.Column("wanted", sa.String(), nullable=False),
        sa.Column("order_number", sa.String(), nullable=True),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_complaints_customer_id")),
        sa.ForeignKeyConstraint(["identity_id"], ["channel_identities.id"], name=op.f("fk_complaints_identity_id")),
        sa.ForeignKeyConstraint(["opened_by"], ["interactions.id"], name=op.f("fk_complaints_opened_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_complaints")),
        sa.UniqueConstraint("number", name=op.f("uq_complaints_number")),
        sa.UniqueConstraint("opened_by", name=op.f("uq_complaints_opened_by")),
    )
    op.create_index(op.f("ix_complaints_customer_id"), "complaints", ["customer_id"], unique=False)
    op.create_index(op.f("ix_complaints_identity_id"), "complaints", ["identity_id"], unique=False)
    op.create_table(
        "inbox_events",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("provider_key", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("raw", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("event", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("conversation_id", sa.BigInteger(), nullable=True),
        sa.Column("interaction_id", sa.BigInteger(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("retry_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("apologised_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name=op.f("fk_inbox_events_conversation_id")
        ),
        sa.ForeignKeyConstraint(["interaction_id"], ["interactions.id"], name=op.f("fk_inbox_events_interaction_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbox_events")),
        sa.UniqueConstraint(
            "channel", "account", "provider_key", name=op.f("uq_inbox_events_channel_account_provider_key")
        ),
    )
    op.create_index(op.f("ix_inbox_events_conversation_id"), "inbox_events", ["conversation_id"], unique=False)
    op.create_index(op.f("ix_inbox_events_interaction_id"), "inbox_events", ["interaction_id"], unique=False)
    op.create_index(
        "ix_inbox_events_pending",
        "inbox_events",
        ["conversation_id", "id"],
        unique=False,
        postgresql_where="state = 'pending'",
    )
    op.create_table(
        "outbox_messages",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("lane", sa.String(), nullable=False),
        sa.Column("interaction_id", sa.BigInteger(), nullable=True),
        sa.Column("conversation_id", sa.BigInteger(), nullable=True),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("author", sa.String(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("body", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("control_version", sa.Integer(), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("queued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("error", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name=op.f("fk_outbox_messages_conversation_id")
        ),
        sa.ForeignKeyConstraint(
            ["interaction_id"], ["interactions.id"], name=op.f("fk_outbox_messages_interaction_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox_messages")),
    )
    op.create_index(op.f("ix_outbox_messages_conversation_id"), "outbox_messages", ["conversation_id"], unique=False)
    op.create_index(
        "ix_outbox_messages_due",
        "outbox_messages",
        ["lane", "priority", "id"],
        unique=False,
        postgresql_where="state = 'queued'",
    )
    op.create_index(op.f("ix_outbox_messages_interaction_id"), "outbox_messages", ["interaction_id"], unique=False)
    op.create_index(
        "ix_outbox_messages_sending", "outbox_messages", ["lane"], unique=False, postgresql_where="state = 'sending'"
    )
    op.create_table(
        "attempts",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("outbox_id", sa.BigInteger(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("result", sa.String(), nullable=True),
        sa.Column("provider_id", sa.String(), nullable=True),
        sa.Column("detail", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["outbox_id"], ["outbox_messages.id"], name=op.f("fk_attempts_outbox_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attempts")),
    )
    op.create_index(op.f("ix_attempts_outbox_id"), "attempts", ["outbox_id"], unique=False)
    op.create_table(
        "complaint_conversations",
        sa.Column("complaint_id", sa.BigInteger(), nullable=False),
        sa.Column("conversation_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["complaint_id"], ["complaints.id"], name=op.f("fk_complaint_conversations_complaint_id")
        ),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name=op.f("fk_complaint_conversations_conversation_id")
        ),
        sa.PrimaryKeyConstraint("complaint_id", "conversation_id", name=op.f("pk_complaint_conversations")),
    )
    op.create_index(
        op.f("ix_complaint_conversations_conversation_id"), "complaint_conversations", ["conversation_id"], unique=False
    )


def downgrade() -> None:
    op.execute(sa.schema.DropSequence(sa.Sequence("complaint_numbers")))
    op.drop_index(op.f("ix_complaint_conversations_conversation_id"), table_name="complaint_conversations")
    op.drop_table("complaint_conversations")
    op.drop_index(op.f("ix_attempts_outbox_id"), table_name="attempts")
    op.drop_table("attempts")
    op.drop_index("ix_outbox_messages_sending", table_name="outbox_messages", postgresql_where="state = 'sending'")
    op.drop_index(op.f("ix_outbox_messages_interaction_id"), table_name="outbox_messages")
    op.drop_index("ix_outbox_messages_due", table_name="outbox_messages", postgresql_where="state = 'queued'")
    op.drop_index(op.f("ix_outbox_messages_conversation_id"), table_name="outbox_messages")
    op.drop_table("outbox_messages")
    op.drop_index("ix_inbox_events_pending", table_name="inbox_events", postgresql_where="state = 'pending'")
    op.drop_index(op.f("ix_inbox_events_interaction_id"), table_name="inbox_events")
    op.drop_index(op.f("ix_inbox_events_conversation_id"), table_name="inbox_events")
    op.drop_table("inbox_events")
    op.drop_index(op.f("ix_complaints_identity_id"), table_name="complaints")
    op.drop_index(op.f("ix_complaints_customer_id"), table_name="complaints")
    op.drop_table("complaints")
    op.drop_index(op.f("ix_interactions_identity_id"), table_name="interactions")
    op.drop_index("ix_interactions_customer_id_id", table_name="interactions")
    op.drop_index("ix_interactions_conversation_id_seq", table_name="interactions")
    op.drop_index(op.f("ix_interactions_conversation_id"), table_name="interactions")
    op.drop_index("ix_interactions_at_id", table_name="interactions")
    op.drop_index(op.f("ix_interactions_answers"), table_name="interactions")
    op.drop_table("interactions")
    op.drop_index("ix_conversation_events_conversation_id_id", table_name="conversation_events")
    op.drop_index(op.f("ix_conversation_events_conversation_id"), table_name="conversation_events")
    op.drop_table("conversation_events")
    op.drop_index("ix_challenges_identity_id_made_at", table_name="challenges")
    op.drop_index(op.f("ix_challenges_identity_id"), table_name="challenges")
    op.drop_index("ix_challenges_destination_made_at", table_name="challenges")
    op.drop_index(op.f("ix_challenges_customer_id"), table_name="challenges")
    op.drop_index(op.f("ix_challenges_conversation_id"), table_name="challenges")
    op.drop_table("challenges")
    op.drop_index(op.f("ix_preferences_identity_id"), table_name="preferences")
    op.drop_index(op.f("ix_preferences_customer_id"), table_name="preferences")
    op.drop_table("preferences")
    op.drop_index(op.f("ix_order_lines_product_id"), table_name="order_lines")
    op.drop_table("order_lines")
    op.drop_index(op.f("ix_occasions_identity_id"), table_name="occasions")
    op.drop_index(op.f("ix_occasions_customer_id"), table_name="occasions")
    op.drop_table("occasions")
    op.drop_index(op.f("ix_conversations_identity_id"), table_name="conversations")
    op.drop_table("conversations")
    op.drop_index(op.f("ix_consent_entries_identity_id"), table_name="consent_entries")
    op.drop_index("ix_consent_entries_customer_id_id", table_name="consent_entries")
    op.drop_table("consent_entries")
    op.drop_index("ix_points_entries_customer_id_at", table_name="points_entries")
    op.drop_index(op.f("ix_points_entries_customer_id"), table_name="points_entries")
    op.drop_table("points_entries")
    op.drop_index("ix_orders_customer_id_placed_at", table_name="orders")
    op.drop_index(op.f("ix_orders_customer_id"), table_name="orders")
    op.drop_table("orders")
    op.drop_index(op.f("ix_deep_links_customer_id"), table_name="deep_links")
    op.drop_table("deep_links")
    op.drop_index(op.f("ix_coupons_customer_id"), table_name="coupons")
    op.drop_table("coupons")
    op.drop_index(op.f("ix_channel_identities_customer_id"), table_name="channel_identities")
    op.drop_table("channel_identities")
    op.drop_index(op.f("ix_product_terms_product_id"), table_name="product_terms")
    op.drop_table("product_terms")
    op.drop_index(op.f("ix_customers_phone"), table_name="customers")
    op.drop_index("ix_customers_email_lower", table_name="customers")
    op.drop_table("customers")
    op.drop_table("tiers")
    op.drop_table("stores")
    op.drop_table("promotions")
    op.drop_index(
        "ix_products_search", table_name="products", postgresql_using="gin", postgresql_ops={"search": "gin_trgm_ops"}
    )
    op.drop_table("products")
    op.drop_table("lanes")
    op.drop_table("articles")
    op.drop_table("api_keys")
