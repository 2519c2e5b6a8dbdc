"""The shop's rules: the house's own until somebody changes them, every change a version and in the audit."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from crm_store.campaigns.policies import ContactRulesChanged
from crm_store.crm import Crm
from crm_store.database import Store
from crm_store.decision.policy_text import DEFAULTS, PolicyRefused
from crm_store.people.consent import Purpose
from crm_store.staff.audit import AuditWanted
from tests.store.campaigns.people import marketers

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


@pytest.fixture
async def crm(store: Store) -> AsyncIterator[Crm]:
    async with store.transaction() as crm:
        yield crm


async def test_until_somebody_changes_them_the_houses_own_rules_hold(crm: Crm) -> None:
    assert await crm.contact_policies.current() == DEFAULTS


async def test_a_change_is_a_new_version_by_somebody_and_leaves_the_rest(crm: Crm) -> None:
    by, _ = await marketers(crm, NOW)
    after = await crm.contact_policies.change({"gap_hours": 48}, by, seen=0)
    assert (after.version, after.gap, after.hours) == (1, timedelta(hours=48), DEFAULTS.hours)
    assert await crm.contact_policies.current() == after
    assert [row.made_by for row in await crm.contact_policies.versions()] == [by.staff_id]
    [deed] = await crm.audit.entries(AuditWanted(subject="contact_policy"))
    assert deed.detail == {"gap_hours": {"from": 24, "to": 48}}


async def test_nothing_changed_is_no_version(crm: Crm) -> None:
    by, _ = await marketers(crm, NOW)
    assert (await crm.contact_policies.change({"gap_hours": 24, "version": 12}, by)).version == 0
    assert await crm.contact_policies.versions() == []


async def test_rules_read_before_somebody_elses_change_do_not_undo_it(crm: Crm) -> None:
    mei, tom = await marketers(crm, NOW)
    await crm.contact_policies.change({"minimum_age": {Purpose.PROMOTION: 18}}, mei, seen=0)
    with pytest.raises(ContactRulesChanged):
        await crm.contact_policies.change({"gap_hours": 1}, tom, seen=0)


async def test_rules_that_cannot_be_kept_are_refused(crm: Crm) -> None:
    by, _ = await marketers(crm, NOW)
    with pytest.raises(PolicyRefused):
        await crm.contact_policies.change({"hours": {"care": ["09:00", "09:00"]}}, by)


async def test_a_shop_begins_with_the_houses_rules_in_its_own_zone_and_keeps_what_it_changed(store: Store) -> None:
    for zone in ("Europe/Lisbon", "Asia/Tokyo"):
        async with store.transaction() as crm:
            await crm.contact_policies.ensure(zone, NOW)
            rules = await crm.contact_policies.current()
        assert rules == replace(DEFAULTS, zone="Europe/Lisbon")
