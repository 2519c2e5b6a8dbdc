"""What is written down holds: links lead somewhere, tables have a word, named tests exist, proof is as in the code."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from actions.base import Answer
from actions.registry import build_actions
from crm_store.database import open_store
from crm_store.people.proof import ProofLevel
from crm_store.tables import metadata

ROOT = Path(__file__).parent.parent
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
DECISIONS = sorted((ROOT / "docs" / "decisions").glob("*.md"))
HEADINGS = ["Context", "Decision", "Consequences", "Alternatives"]
LINK = re.compile(r"(?<!`)\[[^\]\n]*\]\(([^)\s]+)\)")
FENCED = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
NAMED_TEST = re.compile(r"\b(tests/[\w/]+\.py)(?:::(\w+))?")
README_LINES = 110


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def read(path: str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


def anchors(path: Path) -> set[str]:
    """What a link may name behind a #: headings as they are shown on the web."""
    headings = re.findall(r"^#+ (.+)$", FENCED.sub("", path.read_text(encoding="utf-8")), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def leads_somewhere(document: Path, link: str) -> bool:
    place, _, anchor = link.partition("#")
    target = (document.parent / place).resolve() if place else document
    return target.exists() and (not anchor or anchor in anchors(target))


@pytest.mark.parametrize("document", DOCUMENTS, ids=named)
def test_every_link_within_the_project_leads_somewhere(document: Path) -> None:
    links = LINK.findall(FENCED.sub("", document.read_text(encoding="utf-8")))
    within = [link for link in links if "://" not in link]
    assert [link for link in within if not leads_somewhere(document, link)] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=named)
def test_every_test_that_is_named_exists(document: Path) -> None:
    told = NAMED_TEST.findall(FENCED.sub("", document.read_text(encoding="utf-8")))
    missing = [
        f"{path}::{test}"
        for path, test in told
        if "NAME" not in path and "NOUN" not in path
        if not (ROOT / path).is_file() or (test and f"def {test}(" not in read(path))
    ]
    assert missing == []


def test_the_readme_fits_two_screens() -> None:
    assert len(read("README.md").splitlines()) <= README_LINES


def test_the_tree_in_the_readme_names_what_is_there() -> None:
    tree = read("README.md").split("## The tree")[1]
    captions = re.findall(r"^( *)([\w./]+)  +\S", tree, re.MULTILINE)
    folder, missing = "", []
    for indent, name in captions:
        folder = folder if indent else name
        path = f"{folder}{name}" if indent else name
        missing += [] if (ROOT / path).exists() else [path]
    assert captions
    assert missing == []


@pytest.mark.parametrize("decision", DECISIONS, ids=named)
def test_a_decision_says_why_what_with_which_consequences_and_instead_of_what(decision: Path) -> None:
    text = decision.read_text(encoding="utf-8")
    found = re.findall(r"^## (.+)$", text, re.MULTILINE)
    assert [heading for heading in found if heading in HEADINGS] == HEADINGS
    assert text.startswith(f"# {int(decision.name[:4])}. "), "the title begins with the number of the file"


def test_no_two_decisions_share_a_number() -> None:
    numbers = [decision.name[:4] for decision in DECISIONS]
    assert sorted(set(numbers)) == numbers


def test_every_table_has_a_word_in_the_glossary() -> None:
    words, tables = read("docs/glossary.md").split("## Tables")
    told = dict(re.findall(r"^\| `(\w+)` \| (.+?) \|$", tables, re.MULTILINE))
    explained = {
        word.strip() for cell in re.findall(r"^\| ([^|]+) \|", words, re.MULTILINE) for word in cell.split(",")
    }
    assert set(told) == set(metadata.tables)
    assert [word for word in told.values() if word not in explained] == []


def test_the_proof_that_answers_need_is_written_as_the_code_has_it() -> None:
    nowhere = open_store("postgresql+psycopg://nobody@127.0.0.1:1/none", pool=2)
    actions = build_actions(nowhere, lambda: datetime.now(UTC))
    needed = {each.name(): each.needs.name for each in actions if isinstance(each, Answer) if each.needs}
    told = re.findall(r"^\| `(action_\w+)` \| [^|]+ \| ([A-Z]+) \|$", read("docs/security.md"), re.MULTILINE)
    assert {level.name for level in ProofLevel} >= set(needed.values())
    assert dict(told) == needed


def test_every_action_that_is_named_exists() -> None:
    nowhere = open_store("postgresql+psycopg://nobody@127.0.0.1:1/none", pool=2)
    names = {action.name() for action in build_actions(nowhere, lambda: datetime.now(UTC))}
    assert set(re.findall(r"`(action_\w+)`", read("docs/security.md"))) <= names
