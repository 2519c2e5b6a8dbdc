"""What is held on a person: every table that knows of one, what of it they are given, and what an erasure leaves.

A table with a key of a person that is not here fails `tests/store/test_holdings.py`. The person is dropped, the lesson
is kept: what a complaint was about, why, how long it took and what it cost; what was bought and for how much.

`whose` and `erased` are SQL on the table as `t`, with `:customer`, `:identities` and `:conversations` (their addresses
and the threads with them), `:complaints`, `:contacts` (what codes were sent to), `:today` and `:now`.
"""

from dataclasses import dataclass

OWN = "t.customer_id = :customer"
SAID = "(t.customer_id = :customer or t.customer_id is null and t.identity_id = any(:identities))"
_HEARD = (
    "(select i.id from interactions i"
    " where i.customer_id = :customer or i.customer_id is null and i.identity_id = any(:identities))"
)
OF_MESSAGE = f"t.interaction_id in {_HEARD}"
OF_TALK = "t.conversation_id = any(:conversations)"
OF_CASE = "t.complaint_id = any(:complaints)"
_SENT = f"""
    (t.interaction_id in {_HEARD} or t.interaction_id is null and t.conversation_id = any(:conversations)
     or t.interaction_id is null and t.conversation_id is null and t.address = any(:contacts))
"""
DELETED = "delete"
SEAL = "'erased:' || encode(sha256(convert_to(t.channel || ':' || t.account || ':' || t.address, 'UTF8')), 'hex')"
"""What is left of an address, so that a stop said there is known again; as `crm_store.people.identities.sealed`."""


@dataclass(frozen=True)
class Holding:
    """`erased`: the assignments that drop the person, `delete` for the whole row, or empty, and then `kept` says why.

    `hidden`: columns that are ours, not theirs, and stay out of an export; `withheld` says why a table does as a whole.
    """

    table: str
    whose: str
    erased: str = ""
    kept: str = ""
    hidden: tuple[str, ...] = ()
    withheld: str = ""


HOLDINGS = (
    Holding(
        "customers",
        "t.id = :customer",
        """member_number = null, name = '', birth_date = null, birth_leap_month = false, email = null, phone = null,
           address = null, household_id = null, home_store_id = null, referred_by = null, wanted = false,
           erased_at = coalesce(t.erased_at, :now)""",
    ),
    Holding("occasions", SAID, DELETED),
    Holding(
        "preferences",
        SAID,
        "words = '', question = '', value = case when t.kind = 'words' then '{}'::jsonb else t.value end, "
        "ended_at = coalesce(t.ended_at, :now)",
    ),
    Holding("consent_entries", SAID, "answer = ''"),
    Holding("opt_ins", OWN, "answer = '', expires_at = least(t.expires_at, :now)"),
    Holding("survey_answers", OWN, "words = '', about = t.about - array['whom', 'coupon_code']"),
    Holding("care_events", OWN, "detail = '{}'"),
    Holding("touchpoints", OWN, "detail = '{}', about = null, source_key = 'erased:' || t.id"),
    Holding("lifecycles", OWN, DELETED),
    Holding("orders", OWN, "address = '', tracking = null"),
    Holding(
        "order_lines",
        "t.order_id in (select o.id from orders o where o.customer_id = :customer)",
        kept="what was bought, at what price",
    ),
    Holding("order_requests", OWN, kept="what a remedy cost"),
    Holding("points_entries", OWN, kept="what a remedy and a purchase cost; sums of money"),
    Holding(
        "coupons",
        OWN,
        "valid_until = case when t.used_at is null then least(t.valid_until, :today) else t.valid_until end",
    ),
    Holding(
        "touches",
        OWN,
        "state = case when t.state in ('waiting', 'parked') then 'cancelled' else t.state end, "
        "due_at = case when t.state in ('waiting', 'parked') then null else t.due_at end",
        hidden=("trace_id", "lane"),
    ),
    Holding("touch_contexts", OWN, "about = '{}', until = least(t.until, :now)"),
    Holding(
        "complaints",
        "t.id = any(:complaints)",
        "what_happened = '', wanted = '', source_key = null",
        hidden=("campaign",),
    ),
    Holding(
        "complaint_facts",
        OF_CASE,
        "value = case when t.name in ('story', 'wanted') then '' else t.value end",
    ),
    Holding(
        "complaint_events",
        OF_CASE,
        "detail = t.detail - array['story', 'wanted']",
        hidden=("staff_id",),
    ),
    Holding("follow_ups", OF_CASE, "words = ''"),
    Holding("remedies", OF_CASE, "reason = ''", hidden=("proposed_by", "decided_by", "error")),
    Holding("clocks", OF_CASE, kept="how long it took", withheld="promises the shop made itself about a case"),
    Holding("complaint_conversations", OF_CASE, kept="numbers alone"),
    Holding("complaint_tags", OF_CASE, kept="what it was about", withheld="how the shop sorts its cases"),
    Holding("incident_notices", OF_CASE, kept="numbers alone"),
    Holding("escalations", OF_CASE, kept="who of the staff was called", withheld="who of the staff was called"),
    Holding("attachments", OF_MESSAGE, DELETED, hidden=("token", "provider_ref", "digest")),
    Holding("handoffs", OF_TALK, "facts = '[]', tried = '[]', note = ''", hidden=("accepted_by",)),
    Holding("later_replies", OF_TALK, "text = '', ended_at = coalesce(t.ended_at, :now)", hidden=("staff_id",)),
    Holding("staff_notes", f"({OF_TALK} or {OF_CASE})", "text = ''", withheld="notes of staff for each other"),
    Holding("staff_notices", f"({OF_TALK} or {OF_CASE})", "values = '{}'", withheld="what staff were told"),
    Holding("conversation_events", OF_TALK, "reason = ''"),
    Holding("challenges", f"({OWN} or t.identity_id = any(:identities))", DELETED, hidden=("destination", "code")),
    Holding("deep_links", OWN, DELETED, hidden=("token_hash",)),
    Holding(
        "undelivered_care",
        f"t.outbox_id in (select t.id from outbox_messages t where {_SENT})",
        kept="who of the staff looked after it",
        withheld="who of the staff looked after it",
    ),
    Holding(
        "attempts",
        f"t.outbox_id in (select t.id from outbox_messages t where {_SENT})",
        "provider_id = null, detail = null",
    ),
    Holding(
        "outbox_messages",
        _SENT,
        "address = '', body = '{}', error = null, state = case when t.state = 'queued' then 'dropped' else t.state end",
        hidden=("body",),
    ),
    Holding(
        "inbox_events",
        f"({OF_MESSAGE} or t.interaction_id is null and {OF_TALK})",
        "raw = '{}', event = '{}', provider_key = 'erased:' || t.id, error = null, "
        "state = case when t.state = 'pending' then 'ignored' else t.state end",
        hidden=("raw", "error"),
    ),
    Holding(
        "interactions",
        "(t.customer_id = :customer or t.customer_id is null and t.identity_id = any(:identities))",
        "text = '', choices = '[]', provider_id = null",
        hidden=("staff_id",),
    ),
    Holding(
        "conversations",
        "t.id = any(:conversations)",
        """dialogue = '[]', awaiting = null, offered = '[]', note = null, control = 'closed', parked_until = null,
           control_version = t.control_version + 1, holder_id = null, waiting_since = null""",
        hidden=("dialogue", "offered", "note", "holder_id", "team_id"),
    ),
    Holding("erasures", OWN, kept="that somebody was erased, and on whose word"),
    # Last: by these the others were found. What was stopped at an address holds on by its seal.
    Holding(
        "channel_identities",
        "t.id = any(:identities)",
        f"""address = {SEAL},
           display_name = '', customer_id = null, reachability = 'blocked', proof_level = 0, proof_method = '',
           proved_at = null, proof_until = null, contact_asked_at = null""",
    ),
    Holding("standings", OWN, DELETED, withheld="read from the other tables anew whenever they change"),
)
"""In the order in which they are emptied."""

EXEMPT = {
    "stale_standings": "a mark that something changed, gone within seconds",
    "audit_events": "what staff did; names nobody but staff",
    "stores": "the address of a shop",
}
"""Tables whose columns look like a person's and are not."""
