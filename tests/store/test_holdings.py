"""Every table that knows of a person is given to them and emptied of them, or it is said why not."""

import pytest

from crm_store import crm
from crm_store.privacy.holdings import EXEMPT, HOLDINGS
from crm_store.tables import metadata

ABOUT_PEOPLE = {
    "customer_id", "identity_id", "conversation_id", "interaction_id", "complaint_id", "outbox_id", "order_id",
    "subject_id", "address", "destination", "referred_by",
}  # fmt: skip
PEOPLE = {"customers", "channel_identities", "conversations", "interactions", "complaints", "outbox_messages", "orders"}
FREE_WORDS = {"text", "words", "answer", "raw", "name", "display_name", "what_happened", "wanted"}
"""Columns in which somebody writes as they like."""


def test_every_table_with_a_key_of_a_person_is_held_or_named_as_exempt() -> None:
    assert crm.Crm is not None  # with it, every model is there
    knowing = {
        table.name
        for table in metadata.sorted_tables
        if any(
            column.name in ABOUT_PEOPLE or any(key.column.table.name in PEOPLE for key in column.foreign_keys)
            for column in table.columns
        )
    }
    unnamed = knowing - {holding.table for holding in HOLDINGS} - set(EXEMPT)
    assert unnamed == set(), "say in crm_store/privacy/holdings.py whose rows these are, what is given and what stays"


def test_what_is_named_exists_and_once() -> None:
    names = [holding.table for holding in HOLDINGS]
    assert len(names) == len(set(names))
    assert {*names, *EXEMPT} <= set(metadata.tables)
    for holding in HOLDINGS:
        assert set(holding.hidden) <= set(metadata.tables[holding.table].columns.keys()), holding.table


@pytest.mark.parametrize("holding", HOLDINGS, ids=lambda holding: holding.table)
def test_what_stays_has_its_reason_and_what_is_free_words_is_emptied(holding: object) -> None:
    held = next(each for each in HOLDINGS if each is holding)
    assert bool(held.erased) != bool(held.kept)
    if held.erased and held.erased != "delete":
        free = FREE_WORDS & set(metadata.tables[held.table].columns.keys())
        unemptied = {column for column in free if f"{column} = " not in held.erased}
        assert {(held.table, column) for column in unemptied} <= {("complaint_facts", "name"), ("follow_ups", "answer")}


def test_no_secret_is_given_out() -> None:
    secret = {"code", "token_hash", "destination", "token", "digest"}
    for holding in HOLDINGS:
        if not holding.withheld:
            held = set(metadata.tables[holding.table].columns.keys())
            allowed = {"code"} if holding.table == "coupons" else set()
            assert (held & secret) - set(holding.hidden) <= allowed, holding.table
