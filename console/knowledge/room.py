"""GET /knowledge, GET and POST /knowledge/{topic}: what the bot says about returns, delivery and the like."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response
from pydantic import BaseModel, Field

from console.frame.frame import Frame
from console.frame.room import LEADERS, Room
from console.frame.visit import Here, NotThere, Visit
from crm_store.model import Languages
from crm_store.shop.knowledge import Article, ArticleChanged, Edition
from crm_store.staff.audit import Deed
from crm_store.staff.members import Role

LONGEST = 2000
HOME = "/console/knowledge"


class Written(BaseModel):
    """The form; keywords stand one a line, `seen` is the version that was read."""

    en: str = Field("", max_length=LONGEST)
    zh: str = Field("", max_length=LONGEST)
    keywords_en: str = Field("", max_length=LONGEST)
    keywords_zh: str = Field("", max_length=LONGEST)
    seen: datetime

    @property
    def text(self) -> dict[str, str]:
        return dict(zip(Languages, (self.en.strip(), self.zh.strip()), strict=True))

    @property
    def keywords(self) -> dict[str, list[str]]:
        listed = (self.keywords_en.splitlines(), self.keywords_zh.splitlines())
        return {
            language: [word.strip() for word in words if word.strip()]
            for language, words in zip(Languages, listed, strict=True)
        }


def knowledge_room(frame: Frame) -> Room:
    router = APIRouter()

    @router.get("/knowledge")
    async def knowledge(request: Request, visit: Here) -> Response:
        async with frame.store.reading() as crm:
            articles = await crm.knowledge.all()
        return frame.page(request, "knowledge/articles.html", articles=articles)

    @router.get("/knowledge/{topic}")
    async def article(request: Request, visit: Here, topic: str) -> Response:
        return _shown(frame, request, await _read(frame, topic))

    @router.post("/knowledge/{topic}")
    async def save(request: Request, visit: Here, topic: str, written: Annotated[Written, Form()]) -> Response:
        visit.require(Role.ADMIN)
        return await _save(frame, request, visit, topic, written)

    return Room("knowledge", router, LEADERS)


async def _save(frame: Frame, request: Request, visit: Visit, topic: str, written: Written) -> Response:
    before = await _read(frame, topic)
    if not all(written.text.values()):
        return _shown(frame, request, before, 422, written=written, problem="knowledge.needs_both")
    if (before.text, before.keywords) == (written.text, written.keywords):
        return frame.go(f"{HOME}/{topic}", "knowledge.saved")
    detail = {
        "from": {"text": before.text, "keywords": before.keywords},
        "to": {"text": written.text, "keywords": written.keywords},
    }
    try:
        async with frame.store.transaction() as crm:
            await crm.knowledge.save(Edition(topic, written.text, written.keywords, written.seen), visit.now)
            crm.audit.note(Deed(visit.staff.id, "changed", "article", topic, detail), visit.now)
    except ArticleChanged:
        theirs = await _read(frame, topic)
        kept = written.model_copy(update={"seen": theirs.changed_at})
        known = {"problem": "knowledge.changed_meanwhile", "theirs": theirs}
        return _shown(frame, request, theirs, 409, written=kept, **known)
    return frame.go(f"{HOME}/{topic}", "knowledge.saved")


async def _read(frame: Frame, topic: str) -> Article:
    async with frame.store.reading() as crm:
        found = await crm.knowledge.article(topic)
    if found is None:
        raise NotThere
    return found


def _shown(frame: Frame, request: Request, article: Article, status: int = 200, **more: Any) -> Response:
    """What was typed stays in the fields when it could not be saved."""
    written = more.pop("written", None) or Written(
        en=article.text.get("en", ""),
        zh=article.text.get("zh", ""),
        keywords_en="\n".join(article.keywords.get("en", [])),
        keywords_zh="\n".join(article.keywords.get("zh", [])),
        seen=article.changed_at,
    )
    known = {"article": article, "written": written, "problem": "", "theirs": None, "longest": LONGEST, **more}
    return frame.page(request, "knowledge/article.html", status, **known)
