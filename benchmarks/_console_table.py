"""What is printed: percentiles of what was measured, beside its target."""

import statistics
from typing import Any

from benchmarks._crew import AT_THE_TALK
from benchmarks._crowd import STAFF
from benchmarks._shoppers import Said, Sent
from benchmarks._visits import Pages


def cuts(took: list[float]) -> tuple[float, float]:
    """p50 and p95."""
    if len(took) < 2:
        return (took or [float("nan")])[0], (took or [float("nan")])[0]
    return statistics.median(took), statistics.quantiles(took, n=20)[18]


def line(name: str, took: list[float], target: str = "") -> None:
    p50, p95 = cuts(took)
    print(f"  {name:<52}{len(took):>7}{p50:>9.1f}{p95:>9.1f}  {target}")


def head(title: str) -> None:
    print(f"\n{title:<54}{'n':>7}{'p50 ms':>9}{'p95 ms':>9}")


def live_table(said: Said, seen: dict[str, Any]) -> None:
    head("A shopper's message")
    line("POST → stored (202)", said.stored)
    for kind, readers in (("inbox", STAFF), ("thread", AT_THE_TALK)):
        arrived = _arrivals(said.to_person, seen[kind])
        line(f"POST → {kind} of every member of staff", arrived["all"], "at most 100")
        line(f"     posted and shown at the same process, {kind}", arrived["same"])
        line(f"     posted at one, shown at the other, {kind}", arrived["cross"])
        line(f"202  → {kind} of every member of staff", arrived["from stored"])
        shown = said.to_person if kind == "inbox" else [each for each in said.to_person if each.shopper == 0]
        print(f"  {kind}: {len(arrived['all'])} arrivals of {len(shown) * readers}")
    line("POST → bot's reply readable", said.replies)
    per = seen["letters"] / max(1, seen["frames"]) / 1024
    print(f"  frames {seen['frames']}, {per:.1f} KB each on average, the largest {seen['largest'] / 1024:.1f} KB")


def _arrivals(sent: list[Sent], seen: dict[str, dict[str, float]]) -> dict[str, list[float]]:
    found: dict[str, list[float]] = {"all": [], "same": [], "cross": [], "from stored": []}
    for message in sent:
        for number, moment in seen.get(message.mark, {}).items():
            took = (moment - message.posted) * 1000
            found["all"].append(took)
            found["same" if int(number) % 2 == message.place else "cross"].append(took)
            found["from stored"].append((moment - message.stored) * 1000)
    return found


def page_table(quiet: Pages, busy: Pages) -> None:
    for title, pages in (("Pages, nobody else there", quiet), ("Pages, while 200 look and shoppers write", busy)):
        head(title)
        for kind in ("inbox", "search"):
            names = [name for name in pages if name.startswith(kind)]
            line(f"{kind}, together", [each for name in names for each in pages[name]], "p95 at most 150")
            for name in names:
                line(f"   {name}", pages[name])


def process_table(memory: dict[str, dict[str, float]], spent: dict[str, float], seconds: float) -> None:
    print("\nMemory of its own (USS), MB" + "".join(f"{when:>18}" for when in memory))
    for name in next(iter(memory.values())):
        print(f"  {name:<25}" + "".join(f"{figures[name]:>18.0f}" for figures in memory.values()))
    busy = ", ".join(f"{name} {100 * used / seconds:.0f} %" for name, used in spent.items())
    print(f"CPU during the load, of one core: {busy}")


def floor_table(floor: dict[str, list[float]]) -> None:
    head("The bare floor")
    for name, took in floor.items():
        line(name, took)
