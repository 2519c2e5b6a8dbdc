"""When a campaign fires, in words: its trigger, and the next firings of it."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from console.frame.texts import Texts
from console.frame.times import DAYS, date_words
from console.plans.when import simply
from crm_store.plans.festivals import PERSONAL, festivals
from crm_store.plans.plan import Anniversary, Once, OnEvent, Plan, Repeating
from crm_store.plans.triggers import Firing, timing_of


class Moments:
    """In one language, by the shop's clock."""

    def __init__(self, texts: Texts, language: str, zone: ZoneInfo) -> None:
        self._texts = texts
        self._language = language
        self._zone = zone

    def trigger(self, plan: Plan) -> str:
        """Such as "Every Monday and Thursday, 10:00 on everybody's own clock"."""
        trigger = plan.trigger
        if isinstance(trigger, Once):
            return self._once(trigger)
        if isinstance(trigger, Repeating):
            return self._repeating(trigger)
        return self._anniversary(trigger) if isinstance(trigger, Anniversary) else self._event(trigger)

    def firing(self, firing: Firing, plan: Plan) -> str:
        """On which day and at what hour, by whose clock."""
        clock = timing_of(plan.trigger, plan.expires_after).at_clock
        if firing.day is None or clock is None:
            return self._say("firing_shop", at=date_words(firing.due_at, self._zone, self._language))
        return self._say("firing_local", day=self.day(date.fromisoformat(firing.day)), at=clock)

    def day(self, day: date) -> str:
        return datetime.combine(day, time()).strftime(DAYS[self._language])

    def occasion(self, name: str) -> str:
        known = name in PERSONAL or name in festivals()
        return self._texts.say(self._language, f"words.occasion_{name}") if known else name

    def event(self, name: str) -> str:
        key = f"words.event_{name}"
        return self._texts.say(self._language, key) if self._texts.has(key) else name

    def _once(self, trigger: Once) -> str:
        if trigger.at is None:
            return self._say("when_open")
        day = self.day(trigger.at.date())
        return self._say(f"when_once_{trigger.clock}", day=day, at=f"{trigger.at:%H:%M}")

    def _repeating(self, trigger: Repeating) -> str:
        simple = simply(trigger.cron)
        if not trigger.cron:
            return self._say("when_open")
        if simple is None:
            told = self._say("when_cron", cron=trigger.cron)
        else:
            listed = self._say("and").join(self._say(f"day_{day}") for day in simple.days)
            told = self._say(f"when_{simple.every}", days=listed, day=str(simple.month_day))
        at = trigger.at_clock or (simple.at if simple else "")
        clock = self._say("clock_local" if trigger.at_clock else "clock_shop", at=at) if at else ""
        until = self._say("until", day=self.day(trigger.until.date())) if trigger.until else ""
        return f"{told}{clock}{until}"

    def _anniversary(self, trigger: Anniversary) -> str:
        side = "on" if not trigger.days else "before" if trigger.days < 0 else "after"
        occasion = self.occasion(trigger.of)
        told = self._say(f"when_{side}", occasion=occasion, n=abs(trigger.days))
        return told + self._say("clock_local", at=trigger.at_clock)

    def _event(self, trigger: OnEvent) -> str:
        event = self.event(trigger.of)
        if not trigger.hours:
            told = self._say("when_event_at_once", event=event)
        elif trigger.hours % 24:
            told = self._say("when_event_hours", event=event, n=trigger.hours)
        else:
            told = self._say("when_event_days", event=event, n=trigger.hours // 24)
        return told + (self._say("clock_next", at=trigger.at_clock) if trigger.at_clock else "")

    def _say(self, key: str, **values: object) -> str:
        return self._texts.say(self._language, f"plans.{key}", **values)
