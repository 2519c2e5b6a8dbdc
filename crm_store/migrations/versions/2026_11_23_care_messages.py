"""care_messages."""

from pathlib import Path

import sqlalchemy as sa
from alembic import op
from procrastinate.schema import SchemaManager
from sqlalchemy.dialects import postgresql

revision = "2026_11_23"
down_revision = "2026_11_22"
branch_labels = None
depends_on = None

STANDINGS = Path(__file__).parent.parent / "sql" / "2026_11_23_standings.sql"
TELL_OF_CHANGES = Path(__file__).parent.parent / "sql" / "2026_11_23_tell_of_changes.sql"
JOBS = f"""
    create schema jobs; set local search_path to jobs, public;
    {SchemaManager.get_schema()};
    set local search_path to default
"""
WITHOUT_STANDINGS = """
    drop function tell_of_changes() cascade;
    drop function mark_customers() cascade; drop function mark_changed_customers() cascade;
    drop function mark_addressed() cascade; drop function mark_changed_addresses() cascade;
    drop function mark_speakers() cascade; drop function mark_cases() cascade;
    drop function mark_changed_cases() cascade; drop function mark_lost_cases() cascade;
    drop function mark_complainants(bigint[]); drop function standings_of(bigint[], timestamptz);
    drop function utc_text(timestamptz); drop function country_of_phone(text); drop function canonical_json(jsonb)
"""


def _run(script: str) -> None:
    """Several statements at once, as they are: a per cent sign is only that."""
    cursor = op.get_bind().connection.cursor()
    try:
        cursor.execute(script)
    finally:
        cursor.close()


def upgrade() -> None:
    # Additions first, safe with the code already running; removals a release later. The lock timeout is set in env.py.
    op.create_table(
        "decision_traces",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("steps", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision_traces")),
        sa.UniqueConstraint("digest", name=op.f("uq_decision_traces_digest")),
    )
    op.create_table(
        "house_seal",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("fingerprint", sa.String(), nullable=False),
        sa.Column("sealed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sealed_by", sa.String(), nullable=False),
        sa.Column("asked_for", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_house_seal")),
    )
    op.create_table(
        "stale_standings",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("customer_id", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stale_standings")),
    )
    op.create_index(op.f("ix_stale_standings_customer_id"), "stale_standings", ["customer_id"], unique=False)
    op.create_table(
        "touches",
        sa.Column("occurrence_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("customer_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=True),
        sa.Column("lane", sa.String(), nullable=True),
        sa.Column("identity_id", sa.BigInteger(), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("policy_version", sa.Integer(), nullable=False),
        sa.Column("trace_id", sa.Integer(), nullable=True),
        sa.Column("consent_id", sa.BigInteger(), nullable=True),
        sa.Column("displaced_by", sa.BigInteger(), nullable=True),
        sa.Column("event_id", sa.BigInteger(), nullable=True),
        sa.Column("outbox_id", sa.BigInteger(), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("stopped_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("occurrence_id", "customer_id", name=op.f("pk_touches")),
    )
    op.create_index("ix_touches_customer_id_due_at", "touches", ["customer_id", "due_at"], unique=False)
    op.create_index(
        "ix_touches_held",
        "touches",
        ["occurrence_id"],
        unique=False,
        postgresql_where="state in ('parked', 'sending')",
    )
    op.create_index(
        "ix_touches_due",
        "touches",
        ["lane", "occurrence_id", "due_at"],
        unique=False,
        postgresql_where="state = 'waiting'",
    )
    op.create_index(
        "ix_touches_outbox_id", "touches", ["outbox_id"], unique=True, postgresql_where="outbox_id is not null"
    )
    op.create_table(
        "campaigns",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("programme", sa.String(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("approved_version", sa.Integer(), nullable=True),
        sa.Column("made_by", sa.BigInteger(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cursor", sa.BigInteger(), nullable=False),
        sa.Column("rate", sa.Double(), nullable=True),
        sa.ForeignKeyConstraint(["made_by"], ["staff.id"], name=op.f("fk_campaigns_made_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaigns")),
        sa.UniqueConstraint("name", name=op.f("uq_campaigns_name")),
    )
    op.create_index(
        "ix_campaigns_next_at", "campaigns", ["next_at"], unique=False, postgresql_where="next_at is not null"
    )
    op.create_table(
        "contact_policies",
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("definition", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("made_by", sa.BigInteger(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["made_by"], ["staff.id"], name=op.f("fk_contact_policies_made_by")),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_contact_policies")),
    )
    op.create_table(
        "coupon_offers",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("title", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("prefix", sa.String(), nullable=False),
        sa.Column("value_cents", sa.Integer(), nullable=False),
        sa.Column("min_spend_cents", sa.Integer(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("most", sa.Integer(), nullable=True),
        sa.Column("given", sa.Integer(), nullable=False),
        sa.Column("made_by", sa.BigInteger(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["made_by"], ["staff.id"], name=op.f("fk_coupon_offers_made_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_coupon_offers")),
    )
    op.create_table(
        "segments",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("about", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("made_by", sa.BigInteger(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["made_by"], ["staff.id"], name=op.f("fk_segments_made_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_segments")),
        sa.UniqueConstraint("name", name=op.f("uq_segments_name")),
    )
    op.create_table(
        "campaign_events",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("campaign_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("staff_id", sa.BigInteger(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("detail", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("fk_campaign_events_campaign_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_campaign_events_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign_events")),
    )
    op.create_index(op.f("ix_campaign_events_campaign_id"), "campaign_events", ["campaign_id"], unique=False)
    op.create_table(
        "campaign_versions",
        sa.Column("campaign_id", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("plan", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("made_by", sa.BigInteger(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("fk_campaign_versions_campaign_id")),
        sa.ForeignKeyConstraint(["made_by"], ["staff.id"], name=op.f("fk_campaign_versions_made_by")),
        sa.PrimaryKeyConstraint("campaign_id", "version", name=op.f("pk_campaign_versions")),
    )
    op.create_table(
        "care_events",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("customer_id", sa.BigInteger(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("detail", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_care_events_customer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_care_events")),
        sa.UniqueConstraint("kind", "customer_id", "key", name=op.f("uq_care_events_kind_customer_id_key")),
    )
    op.create_index(op.f("ix_care_events_customer_id"), "care_events", ["customer_id"], unique=False)
    op.create_index("ix_care_events_kind_id", "care_events", ["kind", "id"], unique=False)
    op.create_table(
        "erasures",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("customer_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_staff", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("files", postgresql.ARRAY(sa.String()), server_default="{}", nullable=False),
        sa.ForeignKeyConstraint(["by_staff"], ["staff.id"], name=op.f("fk_erasures_by_staff")),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_erasures_customer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasures")),
    )
    op.create_index(op.f("ix_erasures_customer_id"), "erasures", ["customer_id"], unique=False)
    op.create_table(
        "lifecycles",
        sa.Column("customer_id", sa.BigInteger(), nullable=False),
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("risk", sa.Integer(), nullable=False),
        sa.Column("orders", sa.Integer(), nullable=False),
        sa.Column("spent_cents", sa.BigInteger(), nullable=False),
        sa.Column("spent_year_cents", sa.BigInteger(), nullable=False),
        sa.Column("first_order_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_order_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("rhythm_days", sa.Integer(), nullable=True),
        sa.Column("tier", sa.String(), nullable=True),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_lifecycles_customer_id")),
        sa.PrimaryKeyConstraint("customer_id", name=op.f("pk_lifecycles")),
    )
    op.create_table(
        "occurrences",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("campaign_id", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("day", sa.String(), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("first_event", sa.BigInteger(), nullable=True),
        sa.Column("last_event", sa.BigInteger(), nullable=True),
        sa.Column("fired_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("planned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("rematched_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("fk_occurrences_campaign_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_occurrences")),
        sa.UniqueConstraint("campaign_id", "key", name=op.f("uq_occurrences_campaign_id_key")),
    )
    op.create_table(
        "segment_versions",
        sa.Column("segment_id", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("expression", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("made_by", sa.BigInteger(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("members", sa.Integer(), nullable=True),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("timed_out", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["made_by"], ["staff.id"], name=op.f("fk_segment_versions_made_by")),
        sa.ForeignKeyConstraint(["segment_id"], ["segments.id"], name=op.f("fk_segment_versions_segment_id")),
        sa.PrimaryKeyConstraint("segment_id", "version", name=op.f("pk_segment_versions")),
    )
    op.create_table(
        "standings",
        sa.Column("customer_id", sa.BigInteger(), nullable=False),
        sa.Column("facts", sa.String(), nullable=False),
        sa.Column("permissions", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("addresses", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("household_id", sa.BigInteger(), nullable=True),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_standings_customer_id")),
        sa.PrimaryKeyConstraint("customer_id", name=op.f("pk_standings")),
    )
    op.create_table(
        "survey_answers",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("occurrence_id", sa.BigInteger(), nullable=False),
        sa.Column("customer_id", sa.BigInteger(), nullable=False),
        sa.Column("interaction_id", sa.BigInteger(), nullable=True),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("about", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("complaint_id", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_survey_answers_customer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_survey_answers")),
        sa.UniqueConstraint("occurrence_id", "customer_id", name=op.f("uq_survey_answers_occurrence_id_customer_id")),
    )
    op.create_index("ix_survey_answers_at", "survey_answers", ["at"], unique=False)
    op.create_index("ix_survey_answers_customer_id_at", "survey_answers", ["customer_id", "at"], unique=False)
    op.create_index(op.f("ix_survey_answers_customer_id"), "survey_answers", ["customer_id"], unique=False)
    op.create_table(
        "touchpoints",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("customer_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("source_key", sa.String(), nullable=False),
        sa.Column("about", sa.String(), nullable=True),
        sa.Column("detail", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_touchpoints_customer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_touchpoints")),
        sa.UniqueConstraint("source", "source_key", name=op.f("uq_touchpoints_source_source_key")),
    )
    op.create_index(op.f("ix_touchpoints_customer_id"), "touchpoints", ["customer_id"], unique=False)
    op.create_index("ix_touchpoints_customer_id_kind_at", "touchpoints", ["customer_id", "kind", "at"], unique=False)
    op.create_index(
        "ix_touchpoints_kind_at", "touchpoints", ["kind", "at"], unique=False, postgresql_include=["customer_id"]
    )
    op.create_table(
        "plan_pages",
        sa.Column("occurrence_id", sa.BigInteger(), nullable=False),
        sa.Column("page", sa.Integer(), nullable=False),
        sa.Column("planned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("counts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(["occurrence_id"], ["occurrences.id"], name=op.f("fk_plan_pages_occurrence_id")),
        sa.PrimaryKeyConstraint("occurrence_id", "page", name=op.f("pk_plan_pages")),
    )
    op.create_table(
        "care_rehearsals",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("staff_id", sa.BigInteger(), nullable=False),
        sa.Column("campaign_id", sa.BigInteger(), nullable=True),
        sa.Column("asked", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("parts", sa.Integer(), nullable=False),
        sa.Column("problem", sa.String(), nullable=True),
        sa.Column("found", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("fk_care_rehearsals_campaign_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_care_rehearsals_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_care_rehearsals")),
    )
    op.create_index("ix_care_rehearsals_campaign_id_id", "care_rehearsals", ["campaign_id", "id"], unique=False)
    op.create_index(
        "uq_care_rehearsals_running",
        "care_rehearsals",
        ["staff_id"],
        unique=True,
        postgresql_where=sa.text("state = 'running'"),
    )
    op.create_table(
        "opt_ins",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("customer_id", sa.BigInteger(), nullable=False),
        sa.Column("identity_id", sa.BigInteger(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("question", sa.String(), nullable=False),
        sa.Column("question_version", sa.String(), nullable=False),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("interaction_id", sa.BigInteger(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("consent_id", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["consent_id"], ["consent_entries.id"], name=op.f("fk_opt_ins_consent_id")),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_opt_ins_customer_id")),
        sa.ForeignKeyConstraint(["identity_id"], ["channel_identities.id"], name=op.f("fk_opt_ins_identity_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opt_ins")),
    )
    op.create_index(op.f("ix_opt_ins_customer_id"), "opt_ins", ["customer_id"], unique=False)
    op.create_index(op.f("ix_opt_ins_identity_id"), "opt_ins", ["identity_id"], unique=False)
    op.create_table(
        "touch_contexts",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("conversation_id", sa.BigInteger(), nullable=False),
        sa.Column("occurrence_id", sa.BigInteger(), nullable=False),
        sa.Column("customer_id", sa.BigInteger(), nullable=False),
        sa.Column("interaction_id", sa.BigInteger(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("asks", sa.String(), nullable=False),
        sa.Column("about", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name=op.f("fk_touch_contexts_conversation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_touch_contexts")),
        sa.UniqueConstraint("occurrence_id", "customer_id", name=op.f("uq_touch_contexts_occurrence_id_customer_id")),
    )
    op.create_index(op.f("ix_touch_contexts_conversation_id"), "touch_contexts", ["conversation_id"], unique=False)
    op.create_index(
        "ix_touch_contexts_conversation_id_until", "touch_contexts", ["conversation_id", "until"], unique=False
    )
    op.create_index(op.f("ix_touch_contexts_customer_id"), "touch_contexts", ["customer_id"], unique=False)
    op.add_column("coupons", sa.Column("offer_id", sa.BigInteger(), nullable=True))
    op.add_column("coupons", sa.Column("occurrence_id", sa.BigInteger(), nullable=True))
    op.create_index(op.f("ix_coupons_offer_id"), "coupons", ["offer_id"], unique=False)
    op.create_unique_constraint(
        op.f("uq_coupons_occurrence_id_customer_id"), "coupons", ["occurrence_id", "customer_id"]
    )
    op.create_foreign_key(op.f("fk_coupons_offer_id"), "coupons", "coupon_offers", ["offer_id"], ["id"])
    op.add_column("customers", sa.Column("birth_leap_month", sa.Boolean(), server_default="false", nullable=False))
    op.add_column("customers", sa.Column("household_id", sa.BigInteger(), nullable=True))
    op.add_column("customers", sa.Column("referred_by", sa.BigInteger(), nullable=True))
    op.add_column("customers", sa.Column("wanted", sa.Boolean(), server_default="true", nullable=False))
    op.create_index(op.f("ix_customers_household_id"), "customers", ["household_id"], unique=False)
    op.create_index(op.f("ix_customers_referred_by"), "customers", ["referred_by"], unique=False)
    op.create_index(op.f("ix_customers_joined_on"), "customers", ["joined_on"], unique=False)
    op.create_index(
        "ix_orders_kept",
        "orders",
        ["placed_at"],
        unique=False,
        postgresql_include=["customer_id", "total_cents", "id"],
        postgresql_where="state not in ('cancelled', 'returned')",
    )
    op.create_index(
        "ix_orders_arrived",
        "orders",
        ["ended_on"],
        unique=False,
        postgresql_where="state in ('delivered', 'collected')",
    )
    op.create_index("ix_order_lines_product_id_order_id", "order_lines", ["product_id", "order_id"], unique=False)
    op.create_index(
        "ix_points_entries_walk",
        "points_entries",
        ["customer_id", "at", "id"],
        unique=False,
        postgresql_include=["delta", "expires_on"],
    )
    op.drop_index("ix_points_entries_customer_id_at", table_name="points_entries")
    op.create_index(
        "ix_points_entries_lapsing",
        "points_entries",
        ["expires_on"],
        unique=False,
        postgresql_include=["customer_id"],
        postgresql_where="delta > 0",
    )
    op.create_index(
        "ix_coupons_unused",
        "coupons",
        ["valid_until"],
        unique=False,
        postgresql_include=["customer_id"],
        postgresql_where="used_at is null",
    )
    op.create_foreign_key(op.f("fk_customers_referred_by"), "customers", "customers", ["referred_by"], ["id"])
    op.add_column("lanes", sa.Column("rate", sa.Double(), nullable=True))
    op.add_column("lanes", sa.Column("trips", sa.Integer(), server_default="0", nullable=False))
    op.add_column("lanes", sa.Column("rests_until", sa.DateTime(timezone=True), nullable=True))
    op.add_column("lanes", sa.Column("care_paused", sa.Boolean(), server_default="false", nullable=False))
    op.add_column("occasions", sa.Column("year", sa.Integer(), nullable=True))
    op.add_column("occasions", sa.Column("leap_month", sa.Boolean(), server_default="false", nullable=False))
    op.add_column("occasions", sa.Column("whom", sa.String(), server_default="", nullable=False))
    op.add_column("occasions", sa.Column("source", sa.String(), server_default="chat", nullable=False))
    op.add_column("preferences", sa.Column("ended_by", sa.BigInteger(), nullable=True))
    op.add_column("preferences", sa.Column("source", sa.String(), server_default="chat", nullable=False))
    op.add_column("preferences", sa.Column("question", sa.String(), server_default="", nullable=False))
    op.add_column("preferences", sa.Column("question_version", sa.String(), server_default="", nullable=False))
    op.alter_column("preferences", "identity_id", nullable=True)
    op.alter_column("occasions", "identity_id", nullable=True)
    op.drop_constraint(op.f("uq_occasions_interaction_id_kind"), "occasions", type_="unique")
    op.create_unique_constraint(
        op.f("uq_occasions_interaction_id_kind_whom"), "occasions", ["interaction_id", "kind", "whom"]
    )
    _run(STANDINGS.read_text(encoding="utf-8"))
    _run(TELL_OF_CHANGES.read_text(encoding="utf-8"))
    _run(JOBS)


def downgrade() -> None:
    _run("drop schema jobs cascade")
    _run(WITHOUT_STANDINGS)
    op.drop_constraint(op.f("uq_occasions_interaction_id_kind_whom"), "occasions", type_="unique")
    op.create_unique_constraint(op.f("uq_occasions_interaction_id_kind"), "occasions", ["interaction_id", "kind"])
    op.drop_column("preferences", "question_version")
    op.drop_column("preferences", "question")
    op.drop_column("preferences", "source")
    op.drop_column("preferences", "ended_by")
    op.drop_column("occasions", "source")
    op.drop_column("occasions", "whom")
    op.drop_column("occasions", "leap_month")
    op.drop_column("occasions", "year")
    op.drop_column("lanes", "care_paused")
    op.drop_column("lanes", "rests_until")
    op.drop_column("lanes", "trips")
    op.drop_column("lanes", "rate")
    op.drop_constraint(op.f("fk_customers_referred_by"), "customers", type_="foreignkey")
    op.drop_index("ix_coupons_unused", table_name="coupons", postgresql_where="used_at is null")
    op.create_index("ix_points_entries_customer_id_at", "points_entries", ["customer_id", "at"], unique=False)
    op.drop_index("ix_points_entries_walk", table_name="points_entries")
    op.drop_index("ix_order_lines_product_id_order_id", table_name="order_lines")
    op.drop_index("ix_points_entries_lapsing", table_name="points_entries", postgresql_where="delta > 0")
    op.drop_index("ix_orders_arrived", table_name="orders", postgresql_where="state in ('delivered', 'collected')")
    op.drop_index("ix_orders_kept", table_name="orders", postgresql_where="state not in ('cancelled', 'returned')")
    op.drop_index(op.f("ix_customers_joined_on"), table_name="customers")
    op.drop_index(op.f("ix_customers_referred_by"), table_name="customers")
    op.drop_index(op.f("ix_customers_household_id"), table_name="customers")
    op.drop_column("customers", "wanted")
    op.drop_column("customers", "referred_by")
    op.drop_column("customers", "household_id")
    op.drop_column("customers", "birth_leap_month")
    op.drop_constraint(op.f("fk_coupons_offer_id"), "coupons", type_="foreignkey")
    op.drop_constraint(op.f("uq_coupons_occurrence_id_customer_id"), "coupons", type_="unique")
    op.drop_index(op.f("ix_coupons_offer_id"), table_name="coupons")
    op.drop_column("coupons", "occurrence_id")
    op.drop_column("coupons", "offer_id")
    op.drop_index(op.f("ix_touch_contexts_customer_id"), table_name="touch_contexts")
    op.drop_index("ix_touch_contexts_conversation_id_until", table_name="touch_contexts")
    op.drop_index(op.f("ix_touch_contexts_conversation_id"), table_name="touch_contexts")
    op.drop_table("touch_contexts")
    op.drop_index(op.f("ix_opt_ins_identity_id"), table_name="opt_ins")
    op.drop_index(op.f("ix_opt_ins_customer_id"), table_name="opt_ins")
    op.drop_table("opt_ins")
    op.drop_table("care_rehearsals")
    op.drop_table("plan_pages")
    op.drop_index("ix_touchpoints_kind_at", table_name="touchpoints")
    op.drop_index("ix_touchpoints_customer_id_kind_at", table_name="touchpoints")
    op.drop_index(op.f("ix_touchpoints_customer_id"), table_name="touchpoints")
    op.drop_table("touchpoints")
    op.drop_index(op.f("ix_survey_answers_customer_id"), table_name="survey_answers")
    op.drop_index("ix_survey_answers_customer_id_at", table_name="survey_answers")
    op.drop_index("ix_survey_answers_at", table_name="survey_answers")
    op.drop_table("survey_answers")
    op.drop_table("standings")
    op.drop_table("segment_versions")
    op.drop_table("occurrences")
    op.drop_table("lifecycles")
    op.drop_index(op.f("ix_erasures_customer_id"), table_name="erasures")
    op.drop_table("erasures")
    op.drop_index("ix_care_events_kind_id", table_name="care_events")
    op.drop_index(op.f("ix_care_events_customer_id"), table_name="care_events")
    op.drop_table("care_events")
    op.drop_table("campaign_versions")
    op.drop_index(op.f("ix_campaign_events_campaign_id"), table_name="campaign_events")
    op.drop_table("campaign_events")
    op.drop_table("segments")
    op.drop_table("coupon_offers")
    op.drop_table("contact_policies")
    op.drop_index("ix_campaigns_next_at", table_name="campaigns", postgresql_where="next_at is not null")
    op.drop_table("campaigns")
    op.drop_index("ix_touches_outbox_id", table_name="touches", postgresql_where="outbox_id is not null")
    op.drop_index("ix_touches_due", table_name="touches", postgresql_where="state = 'waiting'")
    op.drop_index("ix_touches_held", table_name="touches", postgresql_where="state in ('parked', 'sending')")
    op.drop_index("ix_touches_customer_id_due_at", table_name="touches")
    op.drop_table("touches")
    op.drop_index(op.f("ix_stale_standings_customer_id"), table_name="stale_standings")
    op.drop_table("stale_standings")
    op.drop_table("house_seal")
    op.drop_table("decision_traces")
