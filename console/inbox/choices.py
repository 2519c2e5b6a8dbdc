"""What the filters of the inbox can be set to, in the reader's language."""

from dataclasses import dataclass

from console.frame.frame import Frame
from console.inbox.wanted import CATEGORIES, CHANNELS, SEVERITIES
from crm_store.cases.labels import Tag
from crm_store.crm import Crm
from crm_store.model import in_language
from crm_store.staff.members import Role, StaffMember

Choice = tuple[str | int, str]


@dataclass(frozen=True)
class Choices:
    """Values with their words."""

    channels: list[Choice]
    categories: list[Choice]
    severities: list[Choice]
    tags: list[Tag]
    tag_words: list[Choice]
    handlers: list[Choice]


async def choices_of(frame: Frame, crm: Crm, language: str, colleagues: list[StaffMember]) -> Choices:
    def worded(prefix: str, values: tuple[str, ...]) -> list[Choice]:
        return [(value, frame.say(language, f"words.{prefix}_{value}")) for value in values]

    tags = await crm.labels.tags()
    return Choices(
        channels=worded("channel", CHANNELS),
        categories=worded("category", CATEGORIES),
        severities=worded("severity", SEVERITIES),
        tags=tags,
        tag_words=[(tag.code, in_language(tag.name, language)) for tag in tags],
        handlers=[(one.id, one.name) for one in colleagues],
    )


async def colleagues_of(crm: Crm) -> list[StaffMember]:
    """Everybody who handles cases here."""
    return [one for one in await crm.staff.all() if one.is_active and one.role != Role.MARKETER]
