"""Any person, message and policy that could come up; for what has to hold for all of them.

Rolled with dice from one number: thousands a second, and the number brings a failure back.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random

from crm_store.decision.facts import Away, Contact, Facts, Permission, Reach, Rules, Standing, Zone
from crm_store.decision.message import Cap, Late, Message, Policy
from crm_store.people.consent import Purpose
from tests.pure.decision.asking import NOW, POLICY

CHANNELS = ["email", "sms", "telegram", "whatsapp"]
PLACES = ["Asia/Singapore", "America/New_York", "Australia/Lord_Howe", "America/Santiago", "Europe/Berlin"]
CLOCKS = ["00:00", "02:30", "09:00", "11:15", "18:00", "21:00", "23:30"]
OCCASIONS = ["birthday", "christmas", "mothers_day"]
PURPOSES = list(Purpose)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


class Dice(Random):
    """What a person, a message and the rules for them may be."""

    def maybe(self, sides: int = 4) -> bool:
        """Once in so many; mostly not, or hardly any message would get past its gates."""
        return self.randrange(sides) == 0

    def some(self, names: list[str], least: int = 0) -> list[str]:
        return self.sample(names, self.randint(least, len(names)))

    def moment(self) -> datetime:
        return NOW + self.randint(-60, 60 * 24 * 20) * MINUTE

    def day(self) -> str:
        return (NOW + timedelta(days=self.randint(-1, 9))).date().isoformat()

    def window(self) -> tuple[str, str]:
        start, end = self.sample(CLOCKS, 2)
        return start, end

    def rules(self) -> Rules:
        return Rules(
            hours=self.window() if self.maybe() else None,
            days=frozenset(self.sample(range(7), self.randint(1, 6))) if self.maybe() else None,
            at_most=(self.randint(1, 3), self.choice(["day", "week", "month", "year"])) if self.maybe() else None,
            only_channels=tuple(self.some(CHANNELS)) if self.maybe(8) else (),
            first_channels=tuple(self.some(CHANNELS)) if self.maybe() else (),
            only_occasions=frozenset(self.some(OCCASIONS)) if self.maybe(12) else frozenset(),
            off=frozenset(self.some(OCCASIONS)) if self.maybe(8) else frozenset(),
            stage=self.choice(["before", "after"]) if self.maybe(8) else None,
            pull=self.maybe(12),
            snoozed_until=self.moment() if self.maybe() else None,
            impersonal=self.maybe(12),
        )

    def permissions(self) -> tuple[Permission, ...]:
        if not self.maybe():
            return tuple(Permission(purpose, "*", True, place) for place, purpose in enumerate(PURPOSES))
        return tuple(
            Permission(self.choice(PURPOSES), self.choice(["*", *CHANNELS]), self.maybe(2), place)
            for place in range(self.randint(0, 9))
        )

    def standing(self) -> Standing:
        source = self.choice(["said", "said", "shop", "unknown"])
        return Standing(
            language=self.choice(["en", "zh"]),
            zone=Zone(self.choice([*PLACES, ""]), source, self.choice(["", "", "SG", "CA"])),
            blocked=self.choice(["erased", "staff"]) if self.maybe(20) else None,
            born=self.choice(["1990-03-02", "2010-11-30"]) if self.maybe() else None,
            permissions=self.permissions(),
            reach=tuple(
                Reach(name, "ok" if self.randrange(5) else "blocked", self.moment() if self.maybe(2) else None)
                for name in sorted(self.some(CHANNELS, 1))
            ),
            rules=self.rules(),
            hushed=self.maybe(12),
            hushed_until=self.moment() if self.maybe(8) else None,
            away=Away(self.choice(PLACES), self.day()) if self.maybe() else None,
        )

    def message(self) -> Message:
        return Message(
            occurrence=self.randint(1, 9),
            purpose=self.choice(PURPOSES),
            channels=tuple(self.some(CHANNELS, 2)),
            expires_at=NOW + self.randint(1, 24 * 40) * HOUR,
            priority=self.randint(0, 9),
            occasion=self.choice(OCCASIONS) if self.maybe() else None,
            stage=self.choice(["before", "after"]) if self.maybe() else None,
            personal=self.maybe(2),
            not_before=self.moment() if self.maybe() else None,
            day=self.day() if self.maybe() else None,
            at_clock=self.choice(CLOCKS) if self.maybe(2) else None,
            ends_with_day=self.maybe(8),
            late=self.choice(list(Late)),
            templates=frozenset((name, self.choice(["en", "zh"])) for name in self.some(CHANNELS)),
            fired_at=self.moment() - timedelta(days=9) if self.maybe(2) else None,
        )

    def contact(self) -> Contact:
        at = NOW - self.randint(-200, 400) * HOUR
        rank = self.message().rank if at > NOW else None
        return Contact(at, self.choice(PURPOSES), self.choice(CHANNELS), rank)

    def person(self) -> Facts:
        return Facts(
            self.standing(),
            eligible=not self.maybe(20),
            held_out=self.maybe(20),
            taken=self.maybe(20),
            local_date=self.day() if self.maybe(8) else None,
            contacts=tuple(self.contact() for _ in range(self.randint(0, 4))),
        )

    def caps(self, most: int) -> tuple[Cap, ...]:
        return tuple(Cap(self.randint(1, 3), self.randint(1, 300) * HOUR) for _ in range(self.randint(0, most)))

    def policy(self) -> Policy:
        return replace(
            POLICY,
            hours={purpose: self.window() for purpose in PURPOSES} if self.maybe(2) else POLICY.hours,
            overall=self.caps(2),
            by_purpose={Purpose.PROMOTION: self.caps(1)},
            by_channel={"telegram": self.caps(1)},
            gap=self.choice([0, 0, 5, 24]) * HOUR,
            holidays=frozenset(self.day() for _ in range(self.randint(0, 3))),
            quiet_on_holidays=frozenset(self.sample(PURPOSES, self.randint(0, 4))),
            windows=frozenset(self.some(["whatsapp", "sms"])),
        )


def rolled(number: int, times: int = 25) -> Iterator[tuple[Facts, Message, Policy]]:
    dice = Dice(number)
    for _ in range(times):
        yield dice.person(), dice.message(), dice.policy()
