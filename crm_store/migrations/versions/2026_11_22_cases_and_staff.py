"""cases and staff."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "2026_11_22"
down_revision = "2026_11_21"
branch_labels = None
depends_on = None

# What is searched for in a text: Latin words in lower case, cut to 40 letters, and of Chinese, Japanese and Korean
# every two neighbouring characters. No dictionary and no locale: the same in every database.
LATIN, HAN = r"0-9a-z\u00aa-\u02af\u0370-\u1fff", r"\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff"
TERMS = rf"""
    create function desk_terms(said text) returns tsvector language sql immutable strict parallel safe as $$
        select array_to_tsvector(array_remove(regexp_split_to_array(
                   regexp_replace(lower(normalize(left(said, 8000), nfkc)), '([{LATIN}]{{40}})[{LATIN}]+', '\1', 'g'),
                   '[^{LATIN}]+'), ''))
            || case when said ~ '[\u3040-\uffee]' then array_to_tsvector(array(
                   select substr(run, place, 2)
                     from regexp_split_to_table(left(said, 8000), '[^{HAN}]+') as run,
                          generate_series(1, length(run)) as place)) else ''::tsvector end
    $$
"""


def upgrade() -> None:
    # Additions first, safe with the code already running; removals a release later. The lock timeout is set in env.py.
    op.create_table(
        "escalation_steps",
        sa.Column("cause", sa.String(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("acknowledge_within", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("cause", "level", name=op.f("pk_escalation_steps")),
    )
    op.create_table(
        "remedy_limits",
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("role", "kind", name=op.f("pk_remedy_limits")),
    )
    op.create_table(
        "staff",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("login", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("password_hash", sa.String(), nullable=False),
        sa.Column("must_change_password", sa.Boolean(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("notify_by", sa.String(), nullable=False),
        sa.Column("notify_address", sa.String(), nullable=False),
        sa.Column("presence", sa.String(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failed_tries", sa.Integer(), nullable=False),
        sa.Column("locked_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("theme", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff")),
        sa.UniqueConstraint("login", name=op.f("uq_staff_login")),
    )
    op.create_table(
        "state_labels",
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("label", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("state", name=op.f("pk_state_labels")),
    )
    op.create_table(
        "tags",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("colour", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tags")),
        sa.UniqueConstraint("code", name=op.f("uq_tags_code")),
    )
    op.create_table(
        "teams",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_teams")),
        sa.UniqueConstraint("code", name=op.f("uq_teams_code")),
    )
    op.create_table(
        "audit_events",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("staff_id", sa.BigInteger(), nullable=True),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("subject_id", sa.String(), nullable=False),
        sa.Column("detail", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_audit_events_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_events")),
    )
    op.create_index("ix_audit_events_staff_id_id", "audit_events", ["staff_id", "id"], unique=False)
    op.create_index(
        "ix_audit_events_subject_subject_id_id", "audit_events", ["subject", "subject_id", "id"], unique=False
    )
    op.create_table(
        "calendar_versions",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("zone", sa.String(), nullable=False),
        sa.Column("spans", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("holidays", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("is_current", sa.Boolean(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["made_by"], ["staff.id"], name=op.f("fk_calendar_versions_made_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_versions")),
        sa.UniqueConstraint("name", "version", name=op.f("uq_calendar_versions_name_version")),
    )
    op.create_index(
        "ix_calendar_versions_current", "calendar_versions", ["name"], unique=True, postgresql_where="is_current"
    )
    op.create_table(
        "canned_replies",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("shortcut", sa.String(), nullable=False),
        sa.Column("title", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("text", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("team_id", sa.BigInteger(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_canned_replies_team_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_canned_replies")),
        sa.UniqueConstraint("shortcut", name=op.f("uq_canned_replies_shortcut")),
    )
    op.create_table(
        "incidents",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("shares", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("owner_id", sa.BigInteger(), nullable=True),
        sa.Column("holds_promotions", sa.Boolean(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["owner_id"], ["staff.id"], name=op.f("fk_incidents_owner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incidents")),
    )
    op.create_index(
        "ix_incidents_open", "incidents", ["shares", "value"], unique=True, postgresql_where="closed_at is null"
    )
    op.create_table(
        "policy_versions",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("conditions", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("calendar", sa.String(), nullable=False),
        sa.Column("first_answer", sa.Integer(), nullable=True),
        sa.Column("next_answer", sa.Integer(), nullable=True),
        sa.Column("resolution", sa.Integer(), nullable=True),
        sa.Column("is_current", sa.Boolean(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["made_by"], ["staff.id"], name=op.f("fk_policy_versions_made_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policy_versions")),
        sa.UniqueConstraint("name", "version", name=op.f("uq_policy_versions_name_version")),
    )
    op.create_index(
        "ix_policy_versions_current", "policy_versions", ["name"], unique=True, postgresql_where="is_current"
    )
    op.create_table(
        "staff_sessions",
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("staff_id", sa.BigInteger(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("agent", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_staff_sessions_staff_id"), ondelete="cascade"
        ),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_staff_sessions")),
    )
    op.create_index(op.f("ix_staff_sessions_staff_id"), "staff_sessions", ["staff_id"], unique=False)
    op.create_table(
        "team_members",
        sa.Column("team_id", sa.BigInteger(), nullable=False),
        sa.Column("staff_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_team_members_staff_id"), ondelete="cascade"),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_team_members_team_id"), ondelete="cascade"),
        sa.PrimaryKeyConstraint("team_id", "staff_id", name=op.f("pk_team_members")),
    )
    op.create_index(op.f("ix_team_members_staff_id"), "team_members", ["staff_id"], unique=False)
    op.create_table(
        "incident_updates",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("incident_id", sa.BigInteger(), nullable=False),
        sa.Column("text", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("staff_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["incident_id"], ["incidents.id"], name=op.f("fk_incident_updates_incident_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_incident_updates_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident_updates")),
    )
    op.create_index(op.f("ix_incident_updates_incident_id"), "incident_updates", ["incident_id"], unique=False)
    op.create_table(
        "handoffs",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("conversation_id", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("facts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("tried", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("promised", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("accepted_by", sa.BigInteger(), nullable=True),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("returned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("return_why", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["accepted_by"], ["staff.id"], name=op.f("fk_handoffs_accepted_by")),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"], name=op.f("fk_handoffs_conversation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handoffs")),
    )
    op.create_index(op.f("ix_handoffs_conversation_id"), "handoffs", ["conversation_id"], unique=False)
    op.create_table(
        "later_replies",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("conversation_id", sa.BigInteger(), nullable=False),
        sa.Column("staff_id", sa.BigInteger(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("send_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name=op.f("fk_later_replies_conversation_id")
        ),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_later_replies_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_later_replies")),
    )
    op.create_index(op.f("ix_later_replies_conversation_id"), "later_replies", ["conversation_id"], unique=False)
    op.create_index(
        "ix_later_replies_due", "later_replies", ["send_at"], unique=False, postgresql_where="ended_at is null"
    )
    op.create_table(
        "attachments",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("token", sa.String(), nullable=False),
        sa.Column("conversation_id", sa.BigInteger(), nullable=False),
        sa.Column("interaction_id", sa.BigInteger(), nullable=False),
        sa.Column("complaint_id", sa.BigInteger(), nullable=True),
        sa.Column("provider_ref", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("retry_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["complaint_id"], ["complaints.id"], name=op.f("fk_attachments_complaint_id")),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"], name=op.f("fk_attachments_conversation_id")),
        sa.ForeignKeyConstraint(["interaction_id"], ["interactions.id"], name=op.f("fk_attachments_interaction_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachments")),
        sa.UniqueConstraint("token", name=op.f("uq_attachments_token")),
    )
    op.create_index(op.f("ix_attachments_complaint_id"), "attachments", ["complaint_id"], unique=False)
    op.create_index(op.f("ix_attachments_conversation_id"), "attachments", ["conversation_id"], unique=False)
    op.create_index(op.f("ix_attachments_interaction_id"), "attachments", ["interaction_id"], unique=False)
    op.create_index("ix_attachments_waiting", "attachments", ["id"], unique=False, postgresql_where="state = 'waiting'")
    op.create_table(
        "clocks",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("complaint_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("policy_id", sa.BigInteger(), nullable=False),
        sa.Column("calendar_id", sa.BigInteger(), nullable=False),
        sa.Column("target", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("pauses", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("holds", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("warned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("alarmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("missed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("met_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["calendar_id"], ["calendar_versions.id"], name=op.f("fk_clocks_calendar_id")),
        sa.ForeignKeyConstraint(["complaint_id"], ["complaints.id"], name=op.f("fk_clocks_complaint_id")),
        sa.ForeignKeyConstraint(["policy_id"], ["policy_versions.id"], name=op.f("fk_clocks_policy_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clocks")),
        sa.UniqueConstraint("complaint_id", "kind", "ordinal", name=op.f("uq_clocks_complaint_id_kind_ordinal")),
    )
    op.create_index("ix_clocks_next_at", "clocks", ["next_at"], unique=False, postgresql_where="next_at is not null")
    op.create_index(
        "ix_clocks_running", "clocks", ["due_at"], unique=False, postgresql_where="met_at is null and ended_at is null"
    )
    op.create_table(
        "complaint_events",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("complaint_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("staff_id", sa.BigInteger(), nullable=True),
        sa.Column("conversation_id", sa.BigInteger(), nullable=True),
        sa.Column("interaction_id", sa.BigInteger(), nullable=True),
        sa.Column("detail", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(["complaint_id"], ["complaints.id"], name=op.f("fk_complaint_events_complaint_id")),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name=op.f("fk_complaint_events_conversation_id")
        ),
        sa.ForeignKeyConstraint(
            ["interaction_id"], ["interactions.id"], name=op.f("fk_complaint_events_interaction_id")
        ),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_complaint_events_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_complaint_events")),
    )
    op.create_index("ix_complaint_events_complaint_id_id", "complaint_events", ["complaint_id", "id"], unique=False)
    op.create_table(
        "complaint_facts",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("complaint_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.Column("origin", sa.String(), nullable=False),
        sa.Column("interaction_id", sa.BigInteger(), nullable=True),
        sa.Column("staff_id", sa.BigInteger(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("replaced_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["complaint_id"], ["complaints.id"], name=op.f("fk_complaint_facts_complaint_id")),
        sa.ForeignKeyConstraint(
            ["interaction_id"], ["interactions.id"], name=op.f("fk_complaint_facts_interaction_id")
        ),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_complaint_facts_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_complaint_facts")),
    )
    op.create_index(op.f("ix_complaint_facts_complaint_id"), "complaint_facts", ["complaint_id"], unique=False)
    op.create_table(
        "complaint_tags",
        sa.Column("complaint_id", sa.BigInteger(), nullable=False),
        sa.Column("tag_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["complaint_id"], ["complaints.id"], name=op.f("fk_complaint_tags_complaint_id")),
        sa.ForeignKeyConstraint(["tag_id"], ["tags.id"], name=op.f("fk_complaint_tags_tag_id"), ondelete="cascade"),
        sa.PrimaryKeyConstraint("complaint_id", "tag_id", name=op.f("pk_complaint_tags")),
    )
    op.create_index(op.f("ix_complaint_tags_tag_id"), "complaint_tags", ["tag_id"], unique=False)
    op.create_table(
        "escalations",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("cause", sa.String(), nullable=False),
        sa.Column("complaint_id", sa.BigInteger(), nullable=True),
        sa.Column("conversation_id", sa.BigInteger(), nullable=True),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("acknowledged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("acknowledged_by", sa.BigInteger(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("detail", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(["acknowledged_by"], ["staff.id"], name=op.f("fk_escalations_acknowledged_by")),
        sa.ForeignKeyConstraint(["complaint_id"], ["complaints.id"], name=op.f("fk_escalations_complaint_id")),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"], name=op.f("fk_escalations_conversation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_escalations")),
        sa.UniqueConstraint("key", name=op.f("uq_escalations_key")),
    )
    op.create_index(op.f("ix_escalations_conversation_id"), "escalations", ["conversation_id"], unique=False)
    op.create_index(
        "ix_escalations_next_at", "escalations", ["next_at"], unique=False, postgresql_where="next_at is not null"
    )
    op.create_index(
        "ix_escalations_open", "escalations", ["complaint_id"], unique=False, postgresql_where="closed_at is null"
    )
    op.create_table(
        "follow_ups",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("complaint_id", sa.BigInteger(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("interaction_id", sa.BigInteger(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer", sa.String(), nullable=True),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=True),
        sa.Column("lapsed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["complaint_id"], ["complaints.id"], name=op.f("fk_follow_ups_complaint_id")),
        sa.ForeignKeyConstraint(["interaction_id"], ["interactions.id"], name=op.f("fk_follow_ups_interaction_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_follow_ups")),
        sa.UniqueConstraint("complaint_id", "ordinal", name=op.f("uq_follow_ups_complaint_id_ordinal")),
    )
    op.create_index(
        "ix_follow_ups_due",
        "follow_ups",
        ["due_at"],
        unique=False,
        postgresql_where="asked_at is null and lapsed_at is null",
    )
    op.create_index(
        "ix_follow_ups_asked",
        "follow_ups",
        ["asked_at"],
        unique=False,
        postgresql_where="asked_at is not null and answered_at is null and lapsed_at is null",
    )
    op.create_table(
        "incident_notices",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("update_id", sa.BigInteger(), nullable=False),
        sa.Column("complaint_id", sa.BigInteger(), nullable=False),
        sa.Column("interaction_id", sa.BigInteger(), nullable=True),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["complaint_id"], ["complaints.id"], name=op.f("fk_incident_notices_complaint_id")),
        sa.ForeignKeyConstraint(
            ["interaction_id"], ["interactions.id"], name=op.f("fk_incident_notices_interaction_id")
        ),
        sa.ForeignKeyConstraint(["update_id"], ["incident_updates.id"], name=op.f("fk_incident_notices_update_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident_notices")),
        sa.UniqueConstraint("update_id", "complaint_id", name=op.f("uq_incident_notices_update_id_complaint_id")),
    )
    op.create_index(op.f("ix_incident_notices_complaint_id"), "incident_notices", ["complaint_id"], unique=False)
    op.create_table(
        "remedies",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("complaint_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("cost", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("proposed_by", sa.BigInteger(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.BigInteger(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("executed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("arrived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("evidence", sa.String(), nullable=False),
        sa.Column("error", sa.String(), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["complaint_id"], ["complaints.id"], name=op.f("fk_remedies_complaint_id")),
        sa.ForeignKeyConstraint(["decided_by"], ["staff.id"], name=op.f("fk_remedies_decided_by")),
        sa.ForeignKeyConstraint(["proposed_by"], ["staff.id"], name=op.f("fk_remedies_proposed_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_remedies")),
    )
    op.create_index(op.f("ix_remedies_complaint_id"), "remedies", ["complaint_id"], unique=False)
    op.create_index(
        "ix_remedies_waiting", "remedies", ["proposed_at"], unique=False, postgresql_where="state = 'proposed'"
    )
    op.create_index(
        "ix_remedies_untold",
        "remedies",
        ["executed_at"],
        unique=False,
        postgresql_where="told_at is null and executed_at is not null",
    )
    op.create_table(
        "order_requests",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("remedy_id", sa.BigInteger(), nullable=False),
        sa.Column("complaint_id", sa.BigInteger(), nullable=False),
        sa.Column("customer_id", sa.BigInteger(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("amount_cents", sa.Integer(), nullable=False),
        sa.Column("order_number", sa.String(), nullable=True),
        sa.Column("product_sku", sa.String(), nullable=True),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["complaint_id"], ["complaints.id"], name=op.f("fk_order_requests_complaint_id")),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_order_requests_customer_id")),
        sa.ForeignKeyConstraint(["remedy_id"], ["remedies.id"], name=op.f("fk_order_requests_remedy_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_requests")),
        sa.UniqueConstraint("number", name=op.f("uq_order_requests_number")),
        sa.UniqueConstraint("remedy_id", name=op.f("uq_order_requests_remedy_id")),
    )
    op.create_index(
        "ix_order_requests_open",
        "order_requests",
        ["requested_at"],
        unique=False,
        postgresql_where="settled_at is null",
    )
    for table in ("points_entries", "coupons"):
        op.add_column(table, sa.Column("remedy_id", sa.BigInteger(), nullable=True))
        op.create_unique_constraint(op.f(f"uq_{table}_remedy_id"), table, ["remedy_id"])
        op.create_foreign_key(op.f(f"fk_{table}_remedy_id"), table, "remedies", ["remedy_id"], ["id"])
    op.add_column("promotions", sa.Column("skus", postgresql.ARRAY(sa.String()), server_default="{}", nullable=False))
    op.create_table(
        "staff_notes",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("complaint_id", sa.BigInteger(), nullable=True),
        sa.Column("conversation_id", sa.BigInteger(), nullable=True),
        sa.Column("staff_id", sa.BigInteger(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["complaint_id"], ["complaints.id"], name=op.f("fk_staff_notes_complaint_id")),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"], name=op.f("fk_staff_notes_conversation_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_staff_notes_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_notes")),
    )
    op.create_index(op.f("ix_staff_notes_complaint_id"), "staff_notes", ["complaint_id"], unique=False)
    op.create_index(op.f("ix_staff_notes_conversation_id"), "staff_notes", ["conversation_id"], unique=False)
    op.create_table(
        "staff_notices",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("staff_id", sa.BigInteger(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("values", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("complaint_id", sa.BigInteger(), nullable=True),
        sa.Column("conversation_id", sa.BigInteger(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outbox_id", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["complaint_id"], ["complaints.id"], name=op.f("fk_staff_notices_complaint_id")),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name=op.f("fk_staff_notices_conversation_id")
        ),
        sa.ForeignKeyConstraint(["outbox_id"], ["outbox_messages.id"], name=op.f("fk_staff_notices_outbox_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_staff_notices_staff_id"), ondelete="cascade"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_notices")),
        sa.UniqueConstraint("staff_id", "key", name=op.f("uq_staff_notices_staff_id_key")),
    )
    op.create_index(
        "ix_staff_notices_unread", "staff_notices", ["staff_id", "id"], unique=False, postgresql_where="read_at is null"
    )
    op.create_index(
        "ix_staff_notices_pending",
        "staff_notices",
        ["at"],
        unique=False,
        postgresql_where="outbox_id is null and read_at is null",
    )
    op.create_index(
        "ix_staff_notices_case", "staff_notices", ["complaint_id"], unique=False, postgresql_where="read_at is null"
    )
    op.create_index(
        "ix_staff_notices_talk", "staff_notices", ["conversation_id"], unique=False, postgresql_where="read_at is null"
    )
    op.create_table(
        "undelivered_care",
        sa.Column("outbox_id", sa.BigInteger(), nullable=False),
        sa.Column("owner_id", sa.BigInteger(), nullable=True),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["outbox_id"], ["outbox_messages.id"], name=op.f("fk_undelivered_care_outbox_id")),
        sa.ForeignKeyConstraint(["owner_id"], ["staff.id"], name=op.f("fk_undelivered_care_owner_id")),
        sa.PrimaryKeyConstraint("outbox_id", name=op.f("pk_undelivered_care")),
    )
    op.add_column("complaints", sa.Column("source", sa.String(), server_default="bot", nullable=False))
    op.add_column("complaints", sa.Column("source_key", sa.String(), nullable=True))
    op.add_column("complaints", sa.Column("product_sku", sa.String(), nullable=True))
    op.add_column("complaints", sa.Column("store_code", sa.String(), nullable=True))
    op.add_column("complaints", sa.Column("carrier", sa.String(), nullable=True))
    op.add_column("complaints", sa.Column("campaign", sa.String(), nullable=True))
    op.add_column("complaints", sa.Column("cause", sa.String(), nullable=True))
    op.add_column("complaints", sa.Column("team_id", sa.BigInteger(), nullable=True))
    op.add_column("complaints", sa.Column("assignee_id", sa.BigInteger(), nullable=True))
    op.add_column("complaints", sa.Column("urgent", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("complaints", sa.Column("reopened", sa.Integer(), server_default="0", nullable=False))
    op.add_column("complaints", sa.Column("waits_for", sa.String(), server_default="us", nullable=False))
    op.add_column("complaints", sa.Column("next_due_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("complaints", sa.Column("merged_into", sa.BigInteger(), nullable=True))
    op.add_column("complaints", sa.Column("incident_id", sa.BigInteger(), nullable=True))
    op.add_column("complaints", sa.Column("done_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("complaints", sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True))
    op.alter_column("complaints", "identity_id", existing_type=sa.BIGINT(), nullable=True)
    op.alter_column("complaints", "opened_by", existing_type=sa.BIGINT(), nullable=True)
    op.create_index(op.f("ix_complaints_incident_id"), "complaints", ["incident_id"], unique=False)
    op.create_index(op.f("ix_complaints_merged_into"), "complaints", ["merged_into"], unique=False)
    op.create_index(
        "ix_complaints_open_assignee", "complaints", ["assignee_id"], unique=False, postgresql_where="closed_at is null"
    )
    op.create_index(
        "ix_complaints_open_due",
        "complaints",
        ["next_due_at", "id"],
        unique=False,
        postgresql_where="closed_at is null",
    )
    op.create_index(
        "ix_complaints_pressing",
        "complaints",
        [
            sa.literal_column("((not urgent)::integer)"),
            sa.literal_column("(coalesce(next_due_at, '9999-01-01 00:00:00+00'::timestamptz))"),
            "id",
        ],
        unique=False,
        postgresql_where="closed_at is null and merged_into is null",
    )
    op.create_index("ix_complaints_opened_at_id", "complaints", ["opened_at", "id"], unique=False)
    op.create_index("ix_complaints_product_opened", "complaints", ["product_sku", "opened_at"], unique=False)
    op.create_index("ix_complaints_store_opened", "complaints", ["store_code", "opened_at"], unique=False)
    op.create_index(op.f("ix_complaints_team_id"), "complaints", ["team_id"], unique=False)
    op.create_unique_constraint(op.f("uq_complaints_source_key"), "complaints", ["source_key"])
    op.create_foreign_key(op.f("fk_complaints_team_id"), "complaints", "teams", ["team_id"], ["id"])
    op.create_foreign_key(op.f("fk_complaints_merged_into"), "complaints", "complaints", ["merged_into"], ["id"])
    op.create_foreign_key(op.f("fk_complaints_incident_id"), "complaints", "incidents", ["incident_id"], ["id"])
    op.create_foreign_key(op.f("fk_complaints_assignee_id"), "complaints", "staff", ["assignee_id"], ["id"])
    op.add_column("conversations", sa.Column("holder_id", sa.BigInteger(), nullable=True))
    op.add_column("conversations", sa.Column("team_id", sa.BigInteger(), nullable=True))
    op.add_column("conversations", sa.Column("waiting_since", sa.DateTime(timezone=True), nullable=True))
    op.add_column("conversations", sa.Column("note", postgresql.JSONB(astext_type=sa.Text()), nullable=True))
    op.create_index(op.f("ix_conversations_holder_id"), "conversations", ["holder_id"], unique=False)
    op.create_index(op.f("ix_conversations_team_id"), "conversations", ["team_id"], unique=False)
    op.create_foreign_key(op.f("fk_conversations_holder_id"), "conversations", "staff", ["holder_id"], ["id"])
    op.create_foreign_key(op.f("fk_conversations_team_id"), "conversations", "teams", ["team_id"], ["id"])
    op.add_column("interactions", sa.Column("staff_id", sa.BigInteger(), nullable=True))
    op.create_foreign_key(op.f("fk_interactions_staff_id"), "interactions", "staff", ["staff_id"], ["id"])

    op.execute(TERMS)
    op.drop_index("ix_interactions_conversation_id", table_name="interactions")
    op.create_index("ix_interactions_conversation_id_id", "interactions", ["conversation_id", "id"], unique=False)
    op.create_index(
        "ix_interactions_words",
        "interactions",
        [sa.literal_column("desk_terms(text)")],
        unique=False,
        postgresql_using="gin",
        postgresql_with={"gin_pending_list_limit": 512},
    )
    op.create_index("ix_customers_phone_end", "customers", [sa.literal_column('"right"(phone, 8)')], unique=False)
    op.create_index(
        "ix_customers_words",
        "customers",
        [sa.literal_column("desk_terms(name)")],
        unique=False,
        postgresql_using="gin",
    )
    op.create_index(
        "ix_channel_identities_words",
        "channel_identities",
        [sa.literal_column("desk_terms(display_name)")],
        unique=False,
        postgresql_using="gin",
    )
    op.create_index(op.f("ix_channel_identities_address"), "channel_identities", ["address"], unique=False)
    op.create_index(
        "ix_conversations_held",
        "conversations",
        ["id"],
        unique=False,
        postgresql_where="control in ('waiting', 'parked', 'person')",
    )
    op.create_index(
        "ix_outbox_messages_undelivered",
        "outbox_messages",
        ["id"],
        unique=False,
        postgresql_where="state in ('failed', 'unknown')",
    )
    op.create_index(
        "ix_complaints_closed",
        "complaints",
        ["closed_at", "id"],
        unique=False,
        postgresql_where="closed_at is not null",
    )
    op.create_index(
        "ix_complaints_words",
        "complaints",
        [sa.literal_column("desk_terms(what_happened)")],
        unique=False,
        postgresql_using="gin",
    )
    op.create_index(op.f("ix_complaints_order_number"), "complaints", ["order_number"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_complaints_order_number"), table_name="complaints")
    op.drop_index("ix_complaints_words", table_name="complaints")
    op.drop_index("ix_complaints_closed", table_name="complaints", postgresql_where="closed_at is not null")
    op.drop_index(
        "ix_outbox_messages_undelivered",
        table_name="outbox_messages",
        postgresql_where="state in ('failed', 'unknown')",
    )
    op.drop_index(
        "ix_conversations_held",
        table_name="conversations",
        postgresql_where="control in ('waiting', 'parked', 'person')",
    )
    op.drop_index(op.f("ix_channel_identities_address"), table_name="channel_identities")
    op.drop_index("ix_channel_identities_words", table_name="channel_identities")
    op.drop_index("ix_customers_words", table_name="customers")
    op.drop_index("ix_customers_phone_end", table_name="customers")
    op.drop_index("ix_interactions_words", table_name="interactions")
    op.drop_index("ix_interactions_conversation_id_id", table_name="interactions")
    op.create_index(op.f("ix_interactions_conversation_id"), "interactions", ["conversation_id"], unique=False)
    op.execute("drop function desk_terms(text)")
    op.drop_constraint(op.f("fk_interactions_staff_id"), "interactions", type_="foreignkey")
    op.drop_column("interactions", "staff_id")
    op.drop_constraint(op.f("fk_conversations_team_id"), "conversations", type_="foreignkey")
    op.drop_constraint(op.f("fk_conversations_holder_id"), "conversations", type_="foreignkey")
    op.drop_index(op.f("ix_conversations_team_id"), table_name="conversations")
    op.drop_index(op.f("ix_conversations_holder_id"), table_name="conversations")
    op.drop_column("conversations", "note")
    op.drop_column("conversations", "waiting_since")
    op.drop_column("conversations", "team_id")
    op.drop_column("conversations", "holder_id")
    op.drop_constraint(op.f("fk_complaints_assignee_id"), "complaints", type_="foreignkey")
    op.drop_constraint(op.f("fk_complaints_incident_id"), "complaints", type_="foreignkey")
    op.drop_constraint(op.f("fk_complaints_merged_into"), "complaints", type_="foreignkey")
    op.drop_constraint(op.f("fk_complaints_team_id"), "complaints", type_="foreignkey")
    op.drop_constraint(op.f("uq_complaints_source_key"), "complaints", type_="unique")
    op.drop_index(op.f("ix_complaints_team_id"), table_name="complaints")
    op.drop_index("ix_complaints_store_opened", table_name="complaints")
    op.drop_index("ix_complaints_product_opened", table_name="complaints")
    op.drop_index("ix_complaints_opened_at_id", table_name="complaints")
    op.drop_index(
        "ix_complaints_pressing",
        table_name="complaints",
        postgresql_where="closed_at is null and merged_into is null",
    )
    op.drop_index("ix_complaints_open_due", table_name="complaints", postgresql_where="closed_at is null")
    op.drop_index("ix_complaints_open_assignee", table_name="complaints", postgresql_where="closed_at is null")
    op.drop_index(op.f("ix_complaints_merged_into"), table_name="complaints")
    op.drop_index(op.f("ix_complaints_incident_id"), table_name="complaints")
    op.alter_column("complaints", "opened_by", existing_type=sa.BIGINT(), nullable=False)
    op.alter_column("complaints", "identity_id", existing_type=sa.BIGINT(), nullable=False)
    op.drop_column("complaints", "closed_at")
    op.drop_column("complaints", "done_at")
    op.drop_column("complaints", "incident_id")
    op.drop_column("complaints", "merged_into")
    op.drop_column("complaints", "next_due_at")
    op.drop_column("complaints", "waits_for")
    op.drop_column("complaints", "reopened")
    op.drop_column("complaints", "urgent")
    op.drop_column("complaints", "assignee_id")
    op.drop_column("complaints", "team_id")
    op.drop_column("complaints", "cause")
    op.drop_column("complaints", "campaign")
    op.drop_column("complaints", "carrier")
    op.drop_column("complaints", "store_code")
    op.drop_column("complaints", "product_sku")
    op.drop_column("complaints", "source_key")
    op.drop_column("complaints", "source")
    op.drop_table("undelivered_care")
    op.drop_index("ix_staff_notices_talk", table_name="staff_notices", postgresql_where="read_at is null")
    op.drop_index("ix_staff_notices_case", table_name="staff_notices", postgresql_where="read_at is null")
    op.drop_index(
        "ix_staff_notices_pending",
        table_name="staff_notices",
        postgresql_where="outbox_id is null and read_at is null",
    )
    op.drop_index("ix_staff_notices_unread", table_name="staff_notices", postgresql_where="read_at is null")
    op.drop_table("staff_notices")
    op.drop_index(op.f("ix_staff_notes_conversation_id"), table_name="staff_notes")
    op.drop_index(op.f("ix_staff_notes_complaint_id"), table_name="staff_notes")
    op.drop_table("staff_notes")
    op.drop_column("promotions", "skus")
    for table in ("points_entries", "coupons"):
        op.drop_column(table, "remedy_id")
    op.drop_index("ix_order_requests_open", table_name="order_requests", postgresql_where="settled_at is null")
    op.drop_table("order_requests")
    op.drop_index(
        "ix_remedies_untold", table_name="remedies", postgresql_where="told_at is null and executed_at is not null"
    )
    op.drop_index("ix_remedies_waiting", table_name="remedies", postgresql_where="state = 'proposed'")
    op.drop_index(op.f("ix_remedies_complaint_id"), table_name="remedies")
    op.drop_table("remedies")
    op.drop_index(op.f("ix_incident_notices_complaint_id"), table_name="incident_notices")
    op.drop_table("incident_notices")
    op.drop_index(
        "ix_follow_ups_due", table_name="follow_ups", postgresql_where="asked_at is null and lapsed_at is null"
    )
    op.drop_index(
        "ix_follow_ups_asked",
        table_name="follow_ups",
        postgresql_where="asked_at is not null and answered_at is null and lapsed_at is null",
    )
    op.drop_table("follow_ups")
    op.drop_index("ix_escalations_open", table_name="escalations", postgresql_where="closed_at is null")
    op.drop_index("ix_escalations_next_at", table_name="escalations", postgresql_where="next_at is not null")
    op.drop_index(op.f("ix_escalations_conversation_id"), table_name="escalations")
    op.drop_table("escalations")
    op.drop_index(op.f("ix_complaint_tags_tag_id"), table_name="complaint_tags")
    op.drop_table("complaint_tags")
    op.drop_index(op.f("ix_complaint_facts_complaint_id"), table_name="complaint_facts")
    op.drop_table("complaint_facts")
    op.drop_index("ix_complaint_events_complaint_id_id", table_name="complaint_events")
    op.drop_table("complaint_events")
    op.drop_index("ix_clocks_running", table_name="clocks", postgresql_where="met_at is null and ended_at is null")
    op.drop_index("ix_clocks_next_at", table_name="clocks", postgresql_where="next_at is not null")
    op.drop_table("clocks")
    op.drop_index("ix_attachments_waiting", table_name="attachments", postgresql_where="state = 'waiting'")
    op.drop_index(op.f("ix_attachments_interaction_id"), table_name="attachments")
    op.drop_index(op.f("ix_attachments_conversation_id"), table_name="attachments")
    op.drop_index(op.f("ix_attachments_complaint_id"), table_name="attachments")
    op.drop_table("attachments")
    op.drop_index("ix_later_replies_due", table_name="later_replies", postgresql_where="ended_at is null")
    op.drop_index(op.f("ix_later_replies_conversation_id"), table_name="later_replies")
    op.drop_table("later_replies")
    op.drop_index(op.f("ix_handoffs_conversation_id"), table_name="handoffs")
    op.drop_table("handoffs")
    op.drop_index(op.f("ix_incident_updates_incident_id"), table_name="incident_updates")
    op.drop_table("incident_updates")
    op.drop_index(op.f("ix_team_members_staff_id"), table_name="team_members")
    op.drop_table("team_members")
    op.drop_index(op.f("ix_staff_sessions_staff_id"), table_name="staff_sessions")
    op.drop_table("staff_sessions")
    op.drop_index("ix_policy_versions_current", table_name="policy_versions", postgresql_where="is_current")
    op.drop_table("policy_versions")
    op.drop_index("ix_incidents_open", table_name="incidents", postgresql_where="closed_at is null")
    op.drop_table("incidents")
    op.drop_table("canned_replies")
    op.drop_index("ix_calendar_versions_current", table_name="calendar_versions", postgresql_where="is_current")
    op.drop_table("calendar_versions")
    op.drop_index("ix_audit_events_subject_subject_id_id", table_name="audit_events")
    op.drop_index("ix_audit_events_staff_id_id", table_name="audit_events")
    op.drop_table("audit_events")
    op.drop_table("teams")
    op.drop_table("tags")
    op.drop_table("state_labels")
    op.drop_table("staff")
    op.drop_table("remedy_limits")
    op.drop_table("escalation_steps")
