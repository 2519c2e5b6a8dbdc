"""An action server that speaks Rasa's wire format and says what it was asked."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self


class ActionsEndpoint:
    """Answers action_points and action_ask_back; action_broken and anything without the token gets an error."""

    def __init__(self, token: str) -> None:
        self.asked: list[dict[str, Any]] = []
        self.down = False
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler(f"Bearer {token}"))

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}/actions"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    def answer(self, call: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        self.asked.append(call)
        if self.down:
            return 500, {}
        if call["next_action"] == "action_points":
            card = {"text": "120 points", "buttons": [{"title": "Redeem", "payload": "/redeem", "type": "x"}]}
            return 200, {"events": [], "responses": [card, {"custom": {"code": "points"}}]}
        guesses = [guess["name"] for guess in call["tracker"]["latest_message"]["intent_ranking"]]
        return 200, {"events": [], "responses": [{"text": f"guesses: {','.join(guesses)}"}]}

    def _handler(endpoint, authorization: str) -> type[BaseHTTPRequestHandler]:
        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                call = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                known = self.headers["Authorization"] == authorization
                status, content = endpoint.answer(call) if known else (401, {})
                body = json.dumps(content).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *arguments: object) -> None:
                """Silence: pytest shows what matters."""

        return Handler
