"""The door through which Rasa calls the actions: loopback only, with a token, and with a deadline.

    POST /internal/actions    what rasa-sdk's own server takes and gives

401 without the token, 403 from another machine, 413 and 422 for a body that cannot be a call; 400 when an action
refuses, 404 when it does not exist, 449 when the domain is missing: these three mean what rasa-sdk means by them.
"""

import asyncio
import hmac
import json
import zlib
from collections.abc import Callable
from datetime import datetime
from ipaddress import ip_address
from typing import Any

import structlog
from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from rasa_sdk.executor import ActionExecutor
from rasa_sdk.interfaces import ActionExecutionRejection, ActionMissingDomainException, ActionNotFoundException

from actions.registry import SHOP_ZONE, build_actions
from crm_store.database import Store
from crm_store.errors import StoreUnavailable

LARGEST_CALL = 8_000_000
"""Bytes, before and after inflating: a call carries the conversation, not files."""


log = structlog.get_logger("careloop.actions")


class _Where(BaseModel):
    conversation: int
    interaction: int


class _Said(BaseModel):
    intent: dict[str, Any]
    metadata: _Where


class _Tracker(BaseModel):
    sender_id: str
    slots: dict[str, Any]
    latest_message: _Said
    events: list[dict[str, Any]]


class _Call(BaseModel):
    """What of a call every action relies on; the rest is as Rasa sends it."""

    next_action: str
    tracker: _Tracker


def actions_router(
    store: Store, now: Callable[[], datetime], token: str, timeout: float, zone: str = SHOP_ZONE
) -> APIRouter:
    """`timeout` in seconds for one action: after it the shopper is told that it takes too long."""
    executor = ActionExecutor()
    for action in build_actions(store, now, zone):
        executor.register_action(action)
    door = ActionDoor(executor, token.encode(), timeout)
    router = APIRouter()
    router.add_api_route("/internal/actions", door.call, methods=["POST"], include_in_schema=False)
    return router


class ActionDoor:
    """Lets Rasa in and nobody else."""

    def __init__(self, executor: ActionExecutor, token: bytes, timeout: float) -> None:
        self._executor = executor
        self._token = token
        self._timeout = timeout

    async def call(self, request: Request) -> JSONResponse:
        self._check(request)
        call = _read(await request.body(), request.headers.get("content-encoding", ""))
        try:
            return JSONResponse(await asyncio.wait_for(self._run(call), self._timeout))
        except TimeoutError:
            log.warning("action took too long", action=call["next_action"], seconds=self._timeout)
            return JSONResponse(_only("utter_slow"))
        except StoreUnavailable:
            log.warning("action found no database", action=call["next_action"])
            return JSONResponse(_only("utter_trouble"))
        except ActionExecutionRejection as refused:
            return _sdk_error(400, refused)
        except ActionNotFoundException as unknown:
            return _sdk_error(404, unknown)
        except ActionMissingDomainException as missing:
            return _sdk_error(449, missing)

    async def _run(self, call: dict[str, Any]) -> dict[str, Any]:
        # No action reads the domain; a fixed one spares the executor from keeping the last caller's.
        result = await self._executor.run({**call, "domain": {}})
        return result.model_dump() if result else {"events": [], "responses": []}

    def _check(self, request: Request) -> None:
        """Fails closed: an empty token of ours lets nobody in."""
        if request.client is None or not _is_loopback(request.client.host):
            raise HTTPException(403)
        given = request.headers.get("authorization", "").encode("utf-8", "backslashreplace")
        if not self._token or not hmac.compare_digest(given, b"Bearer " + self._token):
            raise HTTPException(401)


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _read(body: bytes, encoding: str) -> dict[str, Any]:
    try:
        plain = _inflated(body) if encoding == "deflate" else body
        call: dict[str, Any] = json.loads(plain)
        _Call.model_validate(call)
    except (zlib.error, ValueError, RecursionError):
        raise HTTPException(422, "not a call") from None
    return call


def _inflated(body: bytes) -> bytes:
    """At most `LARGEST_CALL` bytes: a small body can hold a very large one."""
    inflater = zlib.decompressobj()
    plain = inflater.decompress(body, LARGEST_CALL)
    if inflater.unconsumed_tail:
        raise HTTPException(413)
    return plain


def _only(response: str) -> dict[str, Any]:
    return {"events": [], "responses": [{"response": response, "buttons": [], "elements": [], "custom": {}}]}


def _sdk_error(
    status: int, error: ActionExecutionRejection | ActionNotFoundException | ActionMissingDomainException
) -> JSONResponse:
    return JSONResponse({"error": error.message, "action_name": error.action_name}, status_code=status)
