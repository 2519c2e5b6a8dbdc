"""Ports and addresses: a free one, a taken one, one that answers."""

import http.client
import socket
from contextlib import closing, suppress

from bot.stack.failures import PortTaken

TIMEOUT = 5.0
"""Seconds for one question."""


def free_port() -> int:
    """A port of loopback that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def require_free(host: str, port: int) -> None:
    """Raises `PortTaken`, which says what to do, before anything slow is begun."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise PortTaken(
                f"CareLoop cannot listen on {host}, port {port}: {error.strerror}.\n"
                f"Choose another with CARELOOP_PORT (or ./careloop up --port {port + 1}), "
                "or stop what listens there."
            ) from error


def answers(host: str, port: int, path: str) -> bool:
    """Whether a GET is answered 200."""
    reachable = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    asking = http.client.HTTPConnection(reachable, port, timeout=TIMEOUT)
    with closing(asking), suppress(OSError, http.client.HTTPException):
        asking.request("GET", path)
        return asking.getresponse().status == http.client.OK
    return False


def shown(base_url: str, is_demo: bool) -> list[tuple[str, str]]:
    """What a newcomer opens first."""
    pages = [("Chat", "/chat"), ("Console", "/console/"), ("API", "/docs")]
    if is_demo:
        pages.append(("Demo mailbox", "/demo/mailbox"))
    return [(name, base_url.replace("//0.0.0.0", "//127.0.0.1") + path) for name, path in pages]
