"""Staff from the command line, and the first admin."""

from datetime import UTC, datetime

import pytest

from bot.staff import StaffRefused, act, parser
from crm_store.database import Store
from crm_store.staff.members import LastAdmin, NewMember, Role
from crm_store.staff.passwords import Passwords

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


async def done(store: Store, *words: str) -> str:
    return await act(store, parser().parse_args(words), NOW)


async def added(store: Store, login: str, role: str = "handler") -> str:
    """The one-time password."""
    told = await done(store, "add", login, "--name", "Mei", "--role", role)
    return told.split(" may sign in with ")[1].split()[0]


async def test_a_one_time_password_opens_once_it_is_told_and_has_to_be_changed(store: Store) -> None:
    password = await added(store, "Mei@Shop.example")
    async with store.transaction() as crm:
        mei = await crm.staff.by_login("mei@shop.example")
        assert mei is not None
        assert mei.must_change_password
        assert await Passwords().match(mei.password_hash, password)
        assert password not in mei.password_hash


async def test_a_reset_ends_every_session_and_the_password_before(store: Store) -> None:
    old = await added(store, "mei@shop.example")
    async with store.transaction() as crm:
        mei = await crm.staff.by_login("mei@shop.example")
        assert mei is not None
        cookie = await crm.sessions.begin(mei.id, "", NOW)
    await done(store, "reset", "mei@shop.example")
    async with store.transaction() as crm:
        assert await crm.sessions.signed_in(cookie, NOW) is None
        mei = await crm.staff.by_login("mei@shop.example")
        assert mei is not None
        assert not await Passwords().match(mei.password_hash, old)


async def test_the_list_shows_everybody_and_no_password(store: Store) -> None:
    password = await added(store, "mei@shop.example")
    await added(store, "boss@shop.example", "admin")
    await done(store, "deactivate", "mei@shop.example")
    told = await done(store, "list")
    assert "boss@shop.example" in told
    assert "deactivated" in told
    assert password not in told
    assert "argon2" not in told


async def test_what_cannot_be_done_is_refused_with_the_reason(store: Store) -> None:
    await added(store, "boss@shop.example", "admin")
    with pytest.raises(LastAdmin):
        await done(store, "deactivate", "boss@shop.example")
    with pytest.raises(StaffRefused, match="nobody has this login"):
        await done(store, "reset", "nobody@shop.example")
    with pytest.raises(StaffRefused, match="no team north"):
        await done(store, "add", "a@shop.example", "--name", "A", "--role", "handler", "--team", "north")
    with pytest.raises(StaffRefused, match="e-mail"):
        await done(store, "add", "boss", "--name", "B", "--role", "admin")


async def test_the_first_admin_is_made_only_while_nobody_could_sign_in(store: Store) -> None:
    new = NewMember("admin@shop.example", "Admin", Role.ADMIN, await Passwords().hashed("x"))
    async with store.transaction() as crm:
        await crm.staff.add(NewMember("admin@shop.example", "Demo", Role.HANDLER, "none"), NOW)
        assert not await crm.staff.anybody_can_sign_in()
        await crm.staff.add_first(new, NOW)
    async with store.transaction() as crm:
        assert await crm.staff.anybody_can_sign_in()
        admin = await crm.staff.by_login("admin@shop.example")
        assert admin is not None
        assert (admin.role, admin.must_change_password) == (Role.ADMIN, True)
