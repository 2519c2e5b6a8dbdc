"""The bare floor: a FastAPI socket that hands a ready string to everybody, and a page that is one select.

`python -m benchmarks._floor PORT DATABASE_URL`
"""

import sys
from typing import Any

import psycopg
import uvicorn
from fastapi import FastAPI, WebSocket, WebSocketDisconnect
from psycopg.rows import dict_row

SELECT = """select p.number, p.state, p.next_due_at::text, u.name from complaints p left join customers u
             on u.id = p.customer_id where p.closed_at is null order by p.next_due_at, p.id limit 50"""


def bare(url: str) -> FastAPI:
    app = FastAPI()
    sockets: set[WebSocket] = set()
    held: dict[str, psycopg.AsyncConnection[dict[str, Any]]] = {}

    @app.websocket("/live")
    async def live(socket: WebSocket) -> None:
        await socket.accept()
        sockets.add(socket)
        try:
            while True:
                await socket.receive_text()
        except WebSocketDisconnect:
            sockets.discard(socket)

    @app.post("/say")
    async def say(mark: str, size: int) -> dict[str, int]:
        words = mark + "x" * size
        for socket in tuple(sockets):
            await socket.send_text(words)
        return {"sent": len(sockets)}

    @app.get("/page")
    async def page() -> list[dict[str, Any]]:
        if not held:
            held["one"] = await psycopg.AsyncConnection.connect(url, autocommit=True, row_factory=dict_row)
        return await (await held["one"].execute(SELECT)).fetchall()

    return app


if __name__ == "__main__":
    uvicorn.run(bare(sys.argv[2]), host="127.0.0.1", port=int(sys.argv[1]), log_level="warning")
