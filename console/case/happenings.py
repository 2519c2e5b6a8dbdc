"""The events of a case as sentences, one for each kind of event."""

from typing import Any

from console.case.speaking import Speaker
from console.frame.visible import visible
from crm_store.model import in_language


class Happenings(Speaker):
    """Each takes who did it and the detail of the event."""

    def _told_opened(self, who: str, detail: dict[str, Any]) -> str:
        return self.say("case.event_opened", who=who)

    def _told_state(self, who: str, detail: dict[str, Any]) -> str:
        was, now = (self.value("state", detail.get(end, "")) for end in ("from", "to"))
        return self.say("case.event_state", who=who, was=was, now=now)

    def _told_paused(self, who: str, detail: dict[str, Any]) -> str:
        return self.say("case.event_paused", who=who, reason=self.reason(str(detail.get("reason", ""))))

    def _told_resumed(self, who: str, detail: dict[str, Any]) -> str:
        return self.say("case.event_resumed", who=who)

    def _told_reopened(self, who: str, detail: dict[str, Any]) -> str:
        return self.say("case.event_reopened", who=who, count=detail.get("count", 1))

    def _told_assigned(self, who: str, detail: dict[str, Any]) -> str:
        if detail.get("to") is None:
            return self.say("case.event_unassigned", who=who)
        name = self.known.staff.get(detail["to"], "")
        return self.say("case.event_taken" if name == who else "case.event_assigned", who=who, name=name)

    def _told_team(self, who: str, detail: dict[str, Any]) -> str:
        team = self.known.teams.get(detail.get("to") or 0)
        return self.say("case.event_team", who=who, team=in_language(team, self.language) if team else self.no_team)

    def _told_merged(self, who: str, detail: dict[str, Any]) -> str:
        return self.say("case.event_merged", who=who, number=detail.get("into", ""))

    def _told_split(self, who: str, detail: dict[str, Any]) -> str:
        return self.say("case.event_split", who=who, number=detail.get("from", ""))

    def _told_absorbed(self, who: str, detail: dict[str, Any]) -> str:
        return self.say("case.event_absorbed", who=who, number=detail.get("from", ""))

    def _told_released(self, who: str, detail: dict[str, Any]) -> str:
        return self.say("case.event_released", who=who, number=detail.get("to", ""))

    def _told_talked(self, who: str, detail: dict[str, Any]) -> str:
        return self.say("case.event_talked", who=who)

    def _told_incident(self, who: str, detail: dict[str, Any]) -> str:
        step = "left" if detail.get("step") == "left" else "joined"
        return self.say(f"case.event_incident_{step}", who=who)

    def _told_apologised(self, who: str, detail: dict[str, Any]) -> str:
        return self.say("case.event_apologised")

    def _told_changed(self, who: str, detail: dict[str, Any]) -> str:
        for tagged in ("tagged", "untagged"):
            if tagged in detail:
                return self.say(f"case.event_{tagged}", who=who, tag=visible(str(detail[tagged])))
        if "names" not in detail:
            return self._told_otherwise(who, detail)
        return self.say("case.event_changed", who=who, what=self._changes(detail))

    def _told_targeted(self, who: str, detail: dict[str, Any]) -> str:
        if "names" not in detail:
            return self.say("case.event_retargeted", who=who)
        return self._told_changed(who, detail)

    def _told_otherwise(self, who: str, detail: dict[str, Any]) -> str:
        return self.say("case.event_other", who=who)

    def _changes(self, detail: dict[str, Any]) -> str:
        """Each name with what it was and is; a story is read with the facts."""
        told = visible("")
        for name in detail["names"]:
            label = self.say(f"case.fact_{name}") if self.texts.has(f"case.fact_{name}") else visible(name)
            was, now = (self.value(name, detail.get(end, {}).get(name)) for end in ("from", "to"))
            piece = label if name == "story" else self.say("case.change", name=label, was=visible("") + was, now=now)
            told += (visible("") + self.say("case.comma") if told else visible("")) + piece
        return told
