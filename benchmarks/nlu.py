"""How well the bot understands: held-out lines per intent and language, real lines per group, latency of one parse.

./careloop bench nlu [--model FILE] [--real FOLDER] [--errors]

Held-out lines are never trained on. Real lines (text, group, source) come from published collections and are left out
where the folder is not there. Beside the latency stands the same arithmetic without Rasa around it, from the same run.
"""

import argparse
import csv
import json
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import mean, quantiles

from bot.settings import read_settings
from bot.stack.folders import ROOT, Folders
from bot.stack.model import ensure_model
from bot.stack.rasa import PYTHON, rasa_environment

HELD_OUT = ROOT / "benchmarks" / "held_out"
REAL = ROOT.parent / "shared" / "data" / "nlu_dev"
NOT_ACTED_ON = {"out_of_scope", "nlu_fallback"}
GROUPS = {
    "member": (
        "ask_points redeem_points ask_tier ask_coupons ask_membership link_account update_profile account_problem"
    ),
    "order_status": "ask_order_status",
    "order_change": "place_order change_order cancel_order",
    "return_refund": "ask_return ask_refund",
    "delivery": "ask_delivery change_delivery",
    "payment_invoice": "ask_payment ask_invoice",
    "product_price": "ask_product ask_price ask_promotion",
    "store": "ask_store",
    "complaint": "make_complaint complaint_status",
    "human": "ask_human",
    "subscription": "change_consent stop_all set_preference ask_preferences why_message",
    "feedback": "give_feedback rate",
    "thanks": "thank",
    "smalltalk": "greet goodbye bot_challenge ask_capabilities set_language",
    "answer": "affirm deny inform",
}
GROUP = {intent: group for group, intents in GROUPS.items() for intent in intents.split()}


@dataclass(frozen=True)
class Line:
    """`meant` is an intent for held-out lines and a group for real ones."""

    text: str
    meant: str
    kind: str


@dataclass(frozen=True)
class Parse:
    """What came of a line. `guess` is the likeliest intent, also where the bot was too unsure to act on it."""

    intent: str
    guess: str
    milliseconds: float
    bare: float

    @property
    def acted(self) -> bool:
        return self.intent not in NOT_ACTED_ON


Judged = tuple[Line, Parse]


def main() -> int:
    options = argparse.ArgumentParser(prog="./careloop bench nlu", description=(__doc__ or "").partition("\n")[0])
    options.add_argument("--model", type=Path, help="a trained model; by default the current one")
    options.add_argument("--real", type=Path, default=REAL, help="folder of real lines with their groups")
    options.add_argument("--errors", action="store_true", help="also print every line that was understood wrongly")
    given = options.parse_args()
    model = given.model or ensure_model(read_settings(), print)
    held_out, real = list(_lines(HELD_OUT, "intent", "kind")), list(_lines(given.real, "group"))
    parses = _parse(model, [line.text for line in held_out + real])
    judged = list(zip(held_out + real, parses, strict=True))
    _report_held_out(judged[: len(held_out)])
    if real:
        _report_real(judged[len(held_out) :])
    _report_latency(parses)
    if given.errors:
        _report_errors(judged[: len(held_out)])
    return 0


def _lines(folder: Path, meant: str, kind: str | None = None) -> Iterator[Line]:
    for path in sorted(folder.glob("??.tsv")):
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
                named = row[kind] if kind else "plain"
                yield Line(row["text"], row[meant], _kind(path.stem, named))


def _kind(language: str, named: str) -> str:
    """`later` lines were written when the training lines were done: nothing was tuned or added because of them."""
    return {"plain": language, "later": f"{language}, later"}.get(named, named)


def _parse(model: Path, texts: Sequence[str]) -> list[Parse]:
    with tempfile.TemporaryDirectory() as place:
        command = [str(PYTHON), "-m", "benchmarks._parses", str(model)]
        environment = rasa_environment(Folders(Path(place)).made(), {})
        ran = subprocess.run(
            command, cwd=ROOT, env=environment, input=json.dumps(texts), capture_output=True, text=True, check=False
        )
    if ran.returncode:
        raise SystemExit(ran.stderr[-3000:])
    found = json.loads(ran.stdout.splitlines()[-1])
    return [Parse(each["name"], (each["ranking"] or [each["name"]])[0], each["parse"], each["bare"]) for each in found]


def _report_held_out(judged: Sequence[Judged]) -> None:
    inside = [each for each in judged if each[0].kind != "outside"]
    _table("Held-out lines", inside, lambda line: line.kind, lambda line, intent: line.meant == intent)
    outside = [parse for line, parse in judged if line.kind == "outside"]
    print(f"{'outside, not acted on':24}{len(outside):6}{_share(not parse.acted for parse in outside):>9}\n")
    weak = [
        (mean(line.meant == parse.guess for line, parse in group), intent, group)
        for intent, group in _grouped(inside, lambda line: line.meant)
    ]
    print("Weakest intents, with what they are taken for")
    for right, intent, group in sorted(weak, key=lambda each: each[0])[:8]:
        taken = sorted({parse.guess for line, parse in group if line.meant != parse.guess})
        print(f"  {intent:22}{len(group):6}{right:>9.0%}   {', '.join(taken)}")
    print()


def _report_real(judged: Sequence[Judged]) -> None:
    known = [each for each in judged if each[0].meant not in {"oos", "not_confident"}]
    _table("Real lines", known, lambda line: line.meant, lambda line, intent: line.meant == GROUP.get(intent))
    for kind in ("oos", "not_confident"):
        rest = [parse for line, parse in judged if line.meant == kind]
        print(f"{kind + ', not acted on':24}{len(rest):6}{_share(not parse.acted for parse in rest):>9}")
    print()


def _table(title: str, judged: Sequence[Judged], key: Callable[[Line], str], fits: Callable[[Line, str], bool]) -> None:
    print(f"{title:24}{'lines':>6}{'top 1':>9}{'acted on':>10}{'of these right':>16}{'wrong in all':>14}")
    for name, group in [*_grouped(judged, key), ("all", judged)]:
        acted = [fits(line, parse.intent) for line, parse in group if parse.acted]
        row = [
            _share(fits(line, parse.guess) for line, parse in group),
            _share(parse.acted for _, parse in group),
            _share(acted),
        ]
        wrong = f"{acted.count(False) / len(group):.1%}"
        print(f"{name:24}{len(group):6}{row[0]:>9}{row[1]:>10}{row[2]:>16}{wrong:>14}")
    print()


def _report_latency(parses: Sequence[Parse]) -> None:
    print(f"{'Milliseconds':24}{'p50':>9}{'p95':>9}")
    spent = {"one parse": [each.milliseconds for each in parses], "bare arithmetic": [each.bare for each in parses]}
    for name, values in spent.items():
        cuts = quantiles(values, n=20)
        print(f"{name:24}{cuts[9]:>9.2f}{cuts[18]:>9.2f}")
    medians = [quantiles(values, n=2)[0] for values in spent.values()]
    print(f"{'ratio':24}{medians[0] / medians[1]:>9.1f}\n")


def _report_errors(judged: Sequence[Judged]) -> None:
    for line, parse in judged:
        if line.meant != parse.guess and (line.kind != "outside" or parse.acted):
            print(f"{line.kind:12} {line.text}  [{line.meant}] {parse.guess}{'' if parse.acted else ', asked back'}")


def _grouped(judged: Iterable[Judged], key: Callable[[Line], str]) -> list[tuple[str, list[Judged]]]:
    found: dict[str, list[Judged]] = defaultdict(list)
    for line, parse in judged:
        found[key(line)].append((line, parse))
    return sorted(found.items())


def _share(values: Iterable[bool]) -> str:
    listed = list(values)
    return f"{mean(listed):.1%}" if listed else "-"


if __name__ == "__main__":
    sys.exit(main())
