"""Who may call `/api/v1`: keys with scopes, shown as ``Authorization: Bearer cl_<prefix>_<secret>``."""

import re
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Annotated

from fastapi import Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from bot.api.attempts import FailedAttempts
from bot.api.refusals import KeyMissing, KeyRefused, ScopeMissing, TooManyAttempts
from crm_store.database import Store
from crm_store.keys import ApiKey, KeyScope, digest_of

KEY_SHAPE = re.compile(r"cl_[0-9a-f]{12}_[A-Za-z0-9_-]{43}")
BEARER = HTTPBearer(auto_error=False, scheme_name="API key", description="Made by `./careloop key make`.")
REMEMBERED = 256

type Clock = Callable[[], datetime]
type Check = Callable[..., Awaitable[ApiKey]]


class KeyGate:
    """Checks the key of each request against the store.

    Too many wrong keys from one address and it is refused unseen, but for keys that were good before: colleagues behind
    one proxy do not lock each other out.
    """

    def __init__(self, store: Store, clock: Clock, attempts: FailedAttempts | None = None) -> None:
        self._store = store
        self._clock = clock
        self._attempts = attempts or FailedAttempts()
        self._good: OrderedDict[bytes, None] = OrderedDict()

    def now(self) -> datetime:
        return self._clock()

    def needs(self, scope: KeyScope) -> Check:
        """A FastAPI dependency: passes a live key that has `scope`, and gives it."""

        async def check(
            request: Request, shown: Annotated[HTTPAuthorizationCredentials | None, Security(BEARER)]
        ) -> ApiKey:
            if shown is None:
                raise KeyMissing("show an API key: Authorization: Bearer cl_…")
            key = await self._key(shown.credentials, request.client.host if request.client else "")
            if scope not in key.scopes:
                raise ScopeMissing(f"this key may not do that: it lacks the scope {scope}")
            return key

        return check

    async def _key(self, shown: str, address: str) -> ApiKey:
        now = self._clock()
        if self._attempts.too_many(address, now) and digest_of(shown) not in self._good:
            raise TooManyAttempts("too many wrong keys from this address; wait a minute")
        key = await self._matching(shown, now) if KEY_SHAPE.fullmatch(shown) else None
        if key is None:
            self._attempts.note(address, now)
            raise KeyRefused("the API key is not valid; ask the operator for another one")
        self._remember(key.digest)
        return key

    async def _matching(self, shown: str, now: datetime) -> ApiKey | None:
        async with self._store.transaction() as crm:
            return await crm.api_keys.matching(shown, now)

    def _remember(self, digest: bytes) -> None:
        self._good[digest] = None
        self._good.move_to_end(digest)
        if len(self._good) > REMEMBERED:
            self._good.popitem(last=False)
