"""Speaks to Rasa's channel as the app does, and as somebody who means harm."""

import http.client
import json
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class RasaClient:
    port: int
    token: str

    def turn(self, text: object, **changed: object) -> dict[str, Any]:
        """One turn that has to be answered with 200."""
        status, answer = self.post(
            {"sender": "12", "text": text, "language": "en", "state": [], "metadata": {}} | changed
        )
        assert status == 200, answer
        return answer

    def post(self, body: object) -> tuple[int, dict[str, Any]]:
        return self.send("POST", "/webhooks/careloop/turn", json.dumps(body).encode(), f"Bearer {self.token}")

    def send(self, method: str, path: str, body: bytes, authorization: str | None) -> tuple[int, dict[str, Any]]:
        """Status and answer, which is JSON whatever happens."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        headers = {} if authorization is None else {"Authorization": authorization}
        try:
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            content: dict[str, Any] = json.loads(response.read())
            return response.status, content
        finally:
            connection.close()


@dataclass
class Talk:
    """A conversation whose state travels along."""

    client: RasaClient
    language: str = "en"
    state: list[dict[str, Any]] = field(default_factory=list)

    def say(self, text: str, **changed: object) -> list[str | None]:
        answer = self.client.turn(text, language=self.language, state=self.state, **changed)
        self.state = answer["state"]
        return [message["text"] for message in answer["messages"]]
