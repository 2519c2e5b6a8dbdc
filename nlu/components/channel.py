"""The door of Rasa: one turn in, its answers and the new state out. Between two turns Rasa knows nothing.

    POST /webhooks/careloop/turn    the fields of `turn.Turn` → {"messages", "state", "intent", "confidence"}
    GET  /webhooks/careloop/health  reads one line for real → {"ok": true, "model": name}

Both want `Authorization: Bearer <token>`: 401 without; 400 names the wrong field; 503 while there is no model.
"""

import hmac
import json
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from rasa.core.agent import Agent
from rasa.core.channels.channel import InputChannel, OutputChannel, UserMessage
from rasa.shared.core.events import Event, SlotSet
from rasa.shared.core.trackers import DialogueStateTracker
from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse

from nlu.components.state import opening, trim
from nlu.components.turn import BadTurn, Turn, read

CANARY = "how many points do I have"
LANGUAGE_SLOT = "lang"

logger = logging.getLogger(__name__)


class CollectedMessages(OutputChannel):
    """Keeps what the bot says in this turn, in order, one entry per message."""

    def __init__(self) -> None:
        self.messages: list[dict[str, Any]] = []

    @classmethod
    def name(cls) -> str:
        return CareLoopChannel.name()

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        buttons = [
            {"title": each.get("title"), "payload": each.get("payload")} for each in message.get("buttons") or []
        ]
        said = {"text": message.get("text") or None, "buttons": buttons, "custom": message.get("custom") or None}
        if any(said.values()):
            self.messages.append(said)


class CareLoopChannel(InputChannel):
    def __init__(self, token: str) -> None:
        self._token = token.encode()

    @classmethod
    def name(cls) -> str:
        return "careloop"

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> "CareLoopChannel":
        return cls(str((credentials or {}).get("token") or ""))

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """Turns do not go through `on_new_message`: its lock polls once a second, and nothing is shared here."""
        routes = Blueprint("careloop", __name__)
        routes.add_route(self._guarded(_take_turn), "/turn", methods=["POST"], name="turn")
        routes.add_route(self._guarded(_health), "/health", methods=["GET"], name="health")
        return routes

    def _guarded(self, answer: Callable[[Request], Awaitable[HTTPResponse]]) -> Callable[..., Awaitable[HTTPResponse]]:
        async def guarded(request: Request) -> HTTPResponse:
            if not self._knows(request.headers.get("authorization", "")):
                return _reply(401, {"error": "unauthorized"})
            try:
                return await answer(request)
            except BadTurn as bad:
                return _reply(400, {"error": "bad_turn", "field": bad.field, "why": bad.why})
            except Exception as error:
                # The text of an error may quote the shopper.
                logger.error("A turn failed with %s", type(error).__name__)
                return _reply(500, {"error": "turn_failed"})

        return guarded

    def _knows(self, header: str) -> bool:
        """Never without a token of our own: an empty one would let everybody in."""
        given = header.encode("utf-8", "backslashreplace")
        return bool(self._token) and hmac.compare_digest(given, b"Bearer " + self._token)


async def _take_turn(request: Request) -> HTTPResponse:
    turn = read(request.body)
    agent = _agent(request)
    if agent is None:
        return _reply(503, {"error": "no_model"})
    tracker = _rebuild(turn, agent)
    said = CollectedMessages()
    await agent.tracker_store.save(tracker)
    await agent.processor.handle_message(
        UserMessage(turn.text, said, turn.sender, input_channel=CareLoopChannel.name(), metadata=turn.metadata)
    )
    understood = tracker.latest_message.intent if tracker.latest_message else {}
    return _reply(200, {
        "messages": said.messages,
        "state": trim(_dump(tracker)),
        "intent": understood.get("name"),
        "confidence": understood.get("confidence"),
    })  # fmt: skip


async def _health(request: Request) -> HTTPResponse:
    agent = _agent(request)
    if agent is None:
        return _reply(503, {"ok": False})
    try:
        found = await agent.parse_message(CANARY)
    except Exception as error:
        logger.error("The canary failed with %s", type(error).__name__)
        return _reply(503, {"ok": False})
    return _reply(
        200 if found["intent"]["name"] else 503, {"ok": bool(found["intent"]["name"]), "model": agent.model_name}
    )


def _agent(request: Request) -> Agent | None:
    agent = getattr(request.app.ctx, "agent", None)
    return agent if agent is not None and agent.is_ready() else None


def _rebuild(turn: Turn, agent: Agent) -> DialogueStateTracker:
    """Raises `BadTurn` for events that Rasa does not take, whatever they do to it."""
    try:
        events = [Event.from_parameters(event) for event in turn.state or opening() if _is_of_today(event, agent)]
        tracker = DialogueStateTracker.from_events(turn.sender, [each for each in events if each], agent.domain.slots)
    except Exception as error:
        raise BadTurn("state", f"cannot be replayed ({type(error).__name__})") from None
    known = tracker.slots.get(LANGUAGE_SLOT)
    if known is not None and known.value != turn.language:
        tracker.update(SlotSet(LANGUAGE_SLOT, turn.language))
    return tracker


def _is_of_today(event: dict[str, Any], agent: Agent) -> bool:
    """A state may be older than the model; a form that is gone would stop the conversation for good."""
    name = event.get("name")
    return event["event"] != "active_loop" or name is None or name in agent.domain.form_names


def _dump(tracker: DialogueStateTracker) -> list[dict[str, Any]]:
    return [event.as_dict() for event in tracker.events]


def _reply(status: int, content: dict[str, Any]) -> HTTPResponse:
    """As ASCII, which any text fits into."""
    return HTTPResponse(json.dumps(content), status=status, content_type="application/json")
