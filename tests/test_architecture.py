"""What the import contracts cannot say. Each failure says what to do instead."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
OURS = ("actions", "bot", "console", "crm_store", "scheduler")
HAN = re.compile(r"[一-鿿]")
ROOTS = {"bot/main.py", "bot/launch.py", "bot/keys.py", "bot/privacy.py", "bot/staff.py", "bot/sending.py"}
FORBIDDEN_NAMES = {"utils", "helpers", "common", "core", "misc", "service", "services", "manager", "managers"}


def sources(*packages: str) -> Iterator[tuple[str, str]]:
    for package in packages:
        for path in sorted((ROOT / package).rglob("*.py")):
            yield path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")


def calls(text: str, name: str) -> list[ast.Call]:
    return [
        node
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == name
    ]


def functions(text: str) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def test_only_the_store_commits() -> None:
    guilty = [name for name, text in sources(*OURS) if calls(text, "commit") and "migrations" not in name]
    assert guilty == ["crm_store/database.py"], "open `store.transaction()` instead; it commits when the block ends"


def test_only_the_dispatcher_sends() -> None:
    def sends(text: str) -> bool:
        return any(ast.unparse(call.func).endswith("channel.send") for call in calls(text, "send"))

    guilty = [name for name, text in sources(*OURS) if sends(text)]
    assert guilty == ["scheduler/dispatcher.py"], "put a row into the outbox; everything leaves through one door"


def test_only_decide_says_whether_we_may_write() -> None:
    told = re.compile(r"\bDecision\(|replace\(decision\b")
    guilty = {name for name, text in sources(*OURS) if told.search(text)}
    assert guilty == {"crm_store/decision/decide.py"}, "ask `decide`; nobody else makes or changes a Decision"


def test_only_the_roots_read_settings_and_the_environment() -> None:
    told = re.compile(r"\bread_settings\b|\bos\.environ\b|\bos\.getenv\b")
    guilty = {name for name, text in sources(*OURS) if told.search(text)}
    allowed = ROOTS | {"bot/settings.py"}
    outside = {name for name in guilty - allowed if not name.startswith(("bot/stack/", "bot/workshop/"))}
    assert outside == set(), "take the value as an argument; bot/main.py hands it on"


def test_the_clock_is_asked_in_the_roots_only() -> None:
    told = re.compile(r"datetime\.now\(|date\.today\(|time\.time\(")
    guilty = {name for name, text in sources(*OURS) if told.search(text)}
    outside = {name for name in guilty - ROOTS if not name.startswith(("bot/stack/", "bot/workshop/"))}
    assert outside == set(), "time is an argument: take `now`"


def test_no_sentence_for_shoppers_stands_in_code() -> None:
    """Chinese in a string of Python code is a sentence or a word list that belongs into YAML."""
    guilty = []
    for name, text in sources(*OURS):
        tree = ast.parse(text)
        documented = {
            id(node.body[0].value)
            for node in ast.walk(tree)
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
            and node.body
            and isinstance(node.body[0], ast.Expr)
        }
        guilty += [
            f"{name}:{node.lineno}"
            for node in ast.walk(tree)
            if isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and id(node) not in documented
            and len(HAN.findall(node.value)) > 6
        ]
    assert guilty == [], "put it into sentences.yml, nlu/domain or a word list beside the code"


@pytest.mark.parametrize("package", [*OURS, "benchmarks", "bootstrap", "docs", "nlu"])
def test_files_and_functions_stay_small(package: str) -> None:
    long_files = [f"{name} ({text.count(chr(10))})" for name, text in sources(package) if text.count("\n") > 250]
    long_functions = [
        f"{name}:{node.lineno} {node.name}"
        for name, text in sources(package)
        if "migrations" not in name
        for node in functions(text)
        if (node.end_lineno or 0) - node.lineno >= 40
    ]
    assert [name for name in long_files if "migrations" not in name] == [], "split the file by noun"
    assert long_functions == [], "name the steps and make each a function"


def test_names_say_what_things_are() -> None:
    guilty = [name for name, _ in sources(*OURS) if FORBIDDEN_NAMES & set(Path(name).with_suffix("").parts)]
    assert guilty == [], "name the file after a noun of the shop"


def test_templates_never_switch_escaping_off() -> None:
    pages = [path for package in ("bot", "console") for path in (ROOT / package).rglob("*.html")]
    guilty = [path.name for path in pages if re.search(r"\|\s*safe|autoescape\s+false", path.read_text("utf-8"))]
    assert guilty == [], "customer text is data: let Jinja escape it"


def test_the_locks_name_no_host() -> None:
    guilty = [path.name for path in (ROOT / "requirements").iterdir() if "://" in path.read_text("utf-8")]
    assert guilty == [], "compile the locks again with ./careloop lock"


def test_the_five_named_packages_are_named() -> None:
    project = (ROOT / "pyproject.toml").read_text("utf-8")
    for package in ("fastapi", "python-telegram-bot", "rasa", "sqlalchemy", "apscheduler"):
        assert re.search(rf'"{package}[\[=]', project), f"{package} must be named in pyproject.toml"
