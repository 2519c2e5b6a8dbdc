"""A shopper's own rules and dates as sentences in the reader's language."""

from dataclasses import dataclass
from typing import Any

from console.frame.texts import Texts
from console.frame.visible import visible
from crm_store.desk.panel import Wish
from crm_store.people.preferences import Occasion


@dataclass(frozen=True)
class WishTeller:
    """Tells rules in one language; what it cannot read it leaves to the shopper's own words."""

    texts: Texts
    language: str

    def rule(self, wish: Wish) -> str:
        return self.value(wish.kind, wish.value)

    def value(self, kind: str, value: dict[str, Any]) -> str:
        known = {
            "hours": self._hours,
            "days": self._days,
            "at_most": self._at_most,
            "channels": self._channels,
            "snooze": self._snooze,
            "style": self._style,
            "language": self._language,
            "only": self._only,
            "stage": self._stage,
            "impersonal": self._impersonal,
            "zone": self._zone,
        }
        if not value and kind in known:
            return self.say("customer.rule_lifted")
        tell = known.get(kind)
        try:
            return tell(value) if tell else self.say("customer.rule_words")
        except (KeyError, TypeError, ValueError):
            return self.say("customer.rule_words")

    def occasion(self, occasion: Occasion) -> str:
        return self.dated(vars(occasion))

    def dated(self, told: dict[str, Any]) -> str:
        """`told` has `kind` or `name`, `month`, `day`, `off`."""
        name = self.named("occasion", str(told.get("kind") or told.get("name")))
        if told.get("off"):
            return self.say("customer.occasion_off", name=name)
        if told.get("month") and told.get("day"):
            key = "customer.occasion_lunar" if told.get("calendar") == "lunar" else "customer.occasion_on"
            return self.say(key, name=name, month=told["month"], day=told["day"])
        return name

    def named(self, group: str, name: str) -> str:
        keys = (f"customer.{group}_{name}", f"words.{group}_{name}")
        known = next((key for key in keys if self.texts.has(key)), None)
        return self.say(known) if known else visible(name.replace("_", " "))

    def channel(self, name: str) -> str:
        return self.say(f"words.channel_{name}") if self.texts.has(f"words.channel_{name}") else visible(name)

    def say(self, key: str, **values: Any) -> str:
        return self.texts.say(self.language, key, **values)

    def _hours(self, value: dict[str, Any]) -> str:
        first, last = value.get("from", "00:00"), value.get("to", "24:00")
        return self.say("customer.rule_hours", first=visible(str(first)), last=visible(str(last)))

    def _days(self, value: dict[str, Any]) -> str:
        return self.say(
            "customer.rule_days", days=self._list([self.say(f"case.weekday_{day}") for day in value["days"]])
        )

    def _at_most(self, value: dict[str, Any]) -> str:
        return self.say("customer.rule_at_most", count=int(value["count"]), per=self.named("per", str(value["per"])))

    def _channels(self, value: dict[str, Any]) -> str:
        which = "only" if "only" in value else "first"
        return self.say(f"customer.rule_{which}", channels=self._list([self.channel(one) for one in value[which]]))

    def _snooze(self, value: dict[str, Any]) -> str:
        return self.say("customer.rule_snooze", day=visible(str(value["until"])))

    def _style(self, value: dict[str, Any]) -> str:
        return self.say("customer.rule_pull" if value["style"] == "pull" else "customer.rule_push")

    def _language(self, value: dict[str, Any]) -> str:
        return self.say("customer.rule_language", language=self.say(f"talk.language_{value['language']}"))

    def _only(self, value: dict[str, Any]) -> str:
        names = [self.named("occasion", str(name)) for name in value["occasions"]]
        return self.say("customer.rule_occasions", occasions=self._list(names))

    def _stage(self, value: dict[str, Any]) -> str:
        return self.say("customer.rule_before" if value["stage"] == "before" else "customer.rule_after")

    def _impersonal(self, value: dict[str, Any]) -> str:
        return self.say("customer.rule_impersonal" if value["impersonal"] else "customer.rule_personal")

    def _zone(self, value: dict[str, Any]) -> str:
        return self.say("customer.rule_zone", zone=visible(str(value["zone"])), day=visible(str(value["until"])))

    def _list(self, words: list[str]) -> str:
        return visible(self.say("case.comma")).join(words)
