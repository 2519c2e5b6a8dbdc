"""A standing as one canonical JSON text: equal standings, equal text. What `standings.facts` holds.

Keys sorted, no spaces, absent when it is the default. `rules` holds the preferences in force by kind, with the values
as `preferences` stores them; `perm` the newest word on each purpose and channel, oldest first; `reach` one address a
channel, sorted by channel; `off` the occasions they do not want to hear of.
"""

import json
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any

from crm_store.decision.caps import OWN_WINDOWS
from crm_store.decision.facts import Away, Permission, Reach, Rules, Standing, Zone
from crm_store.decision.windows import instant_of
from crm_store.decision.zones import zone_named
from crm_store.people.consent import Purpose

LANGUAGE, UNKNOWN = "en", "unknown"


@lru_cache(maxsize=20_000)
def standing_of(text: str) -> Standing:
    """The standing that the text describes."""
    given: dict[str, Any] = json.loads(text)
    rules: dict[str, Any] = given.get("rules", {})
    zone = Zone(given.get("zone", ""), given.get("zsrc", UNKNOWN), given.get("country", ""))
    return Standing(
        language=given.get("lang", LANGUAGE),
        zone=zone,
        blocked=given.get("blocked"),
        born=given.get("born"),
        permissions=tuple(
            Permission(Purpose(purpose), channel, bool(granted), place)
            for place, (purpose, channel, granted) in enumerate(given.get("perm", ()))
        ),
        reach=tuple(_reach(*entry) for entry in given.get("reach", ())),
        rules=_rules(rules, frozenset(given.get("off", ())), zone),
        hushed=given.get("hushed", False),
        hushed_until=_instant(given.get("hushed_until")),
        away=Away(rules["zone"]["zone"], rules["zone"]["until"]) if "zone" in rules else None,
    )


def text_of(standing: Standing) -> str:
    """The canonical text."""
    given = {
        "lang": standing.language if standing.language != LANGUAGE else None,
        "zone": standing.zone.name,
        "zsrc": standing.zone.source if standing.zone.source != UNKNOWN else None,
        "country": standing.zone.country,
        "blocked": standing.blocked,
        "born": standing.born,
        "perm": [[said.purpose.value, said.channel, int(said.granted)] for said in standing.permissions],
        "reach": [_reach_row(reach) for reach in standing.reach],
        "rules": _rules_by_kind(standing),
        "off": sorted(standing.rules.off),
        "hushed": standing.hushed,
        "hushed_until": _written(standing.hushed_until),
    }
    kept = {name: value for name, value in given.items() if value}
    return json.dumps(kept, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _reach(channel: str, state: str, window_until: str | None = None) -> Reach:
    return Reach(channel, state, _instant(window_until))


def _reach_row(reach: Reach) -> list[str]:
    row = [reach.channel, reach.state]
    return row if reach.window_until is None else [*row, _written(reach.window_until) or ""]


def _rules(given: dict[str, Any], off: frozenset[str], zone: Zone) -> Rules:
    channels = given.get("channels", {})
    return Rules(
        hours=_hours(given.get("hours")),
        days=frozenset(_within("days", given["days"])) if "days" in given else None,
        at_most=_at_most(given.get("at_most")),
        only_channels=tuple(channels.get("only", ())),
        first_channels=tuple(channels.get("first", ())),
        only_occasions=frozenset(given.get("only", {}).get("occasions", ())),
        off=off,
        stage=given.get("stage", {}).get("stage"),
        pull=given.get("style", {}).get("style") == "pull",
        snoozed_until=_snoozed(given.get("snooze"), zone),
        impersonal=bool(given.get("impersonal", {}).get("impersonal")),
    )


def _rules_by_kind(standing: Standing) -> dict[str, Any]:
    rules, away = standing.rules, standing.away
    channels = {"only": list(rules.only_channels), "first": list(rules.first_channels)}
    kinds = {
        "hours": _hours_kept(rules.hours),
        "days": {"days": sorted(rules.days)} if rules.days is not None else None,
        "at_most": {"count": rules.at_most[0], "per": rules.at_most[1]} if rules.at_most else None,
        "channels": {name: names for name, names in channels.items() if names},
        "only": {"occasions": sorted(rules.only_occasions)} if rules.only_occasions else None,
        "stage": {"stage": rules.stage} if rules.stage else None,
        "style": {"style": "pull"} if rules.pull else None,
        "snooze": {"until": _snooze_kept(rules.snoozed_until, standing.zone)} if rules.snoozed_until else None,
        "impersonal": {"impersonal": True} if rules.impersonal else None,
        "zone": {"zone": away.zone, "until": away.until} if away else None,
    }
    return {kind: value for kind, value in kinds.items() if value}


def _hours(given: dict[str, str] | None) -> tuple[str, str] | None:
    return None if given is None else (given.get("from", "00:00"), given.get("to", "24:00"))


def _hours_kept(hours: tuple[str, str] | None) -> dict[str, str] | None:
    if hours is None:
        return None
    kept = {"from": hours[0], "to": hours[1]}
    said = {name: clock for name, clock in kept.items() if (name, clock) not in (("from", "00:00"), ("to", "24:00"))}
    return said or kept


def _within(name: str, given: Any) -> Any:
    return given[name] if isinstance(given, dict) else given


def _at_most(given: dict[str, Any] | None) -> tuple[int, str] | None:
    if given is None:
        return None
    return int(given["count"]), given["per"] if given["per"] in OWN_WINDOWS else "year"


def _snoozed(given: dict[str, str] | None, zone: Zone) -> datetime | None:
    """A day begins at their own midnight."""
    if given is None:
        return None
    if "T" in given["until"]:
        return _instant(given["until"])
    return instant_of(_snooze_zone(zone), date.fromisoformat(given["until"]).toordinal(), 0)


def _snooze_kept(until: datetime, zone: Zone) -> str:
    local = until.astimezone(zone_named(_snooze_zone(zone)))
    begins = instant_of(_snooze_zone(zone), local.toordinal(), 0)
    return local.date().isoformat() if begins == until else _written(until) or ""


def _snooze_zone(zone: Zone) -> str:
    return zone.name if zone_named(zone.name) else "UTC"


def _instant(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def _written(moment: datetime | None) -> str | None:
    return None if moment is None else moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
