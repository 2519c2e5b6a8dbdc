"""What everybody can see of the shop: stores, tiers, products, articles, promotions."""

import re
from datetime import date
from typing import Any

from crm_store.crm import Crm
from crm_store.demo.calendar import TIME_ZONE, days, moment
from crm_store.demo.pages import page, table
from crm_store.loyalty.tiers import Tier
from crm_store.model import Words
from crm_store.shop.knowledge import Article
from crm_store.shop.products import Product
from crm_store.shop.promotions import Promotion
from crm_store.shop.stores import RetailStore

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class Shelves:
    """The shop's rows, with their ids once they are stored."""

    def __init__(self, today: date) -> None:
        self.stores = [_store(entry) for entry in page("stores")]
        self.tiers = [_tier(rank, entry) for rank, entry in enumerate(page("tiers"))]
        self.products = _products()
        self.articles = [_article(topic, entry, today) for topic, entry in page("articles").items()]
        self.promotions = [_promotion(entry, today) for entry in page("promotions")]

    async def put_up(self, crm: Crm) -> None:
        """Store them all; ids follow the order of the files."""
        crm.session.add_all([*self.stores, *self.tiers, *self.articles, *self.promotions])
        await crm.products.add(self.products)

    def store(self, code: str) -> RetailStore:
        return next(store for store in self.stores if store.code == code)

    def tier_of(self, spent_cents: int) -> str:
        """The code of the highest tier that spending in twelve months earns."""
        return [tier.code for tier in self.tiers if tier.threshold_cents <= spent_cents][-1]


def _store(entry: dict[str, Any]) -> RetailStore:
    return RetailStore(**{**entry, "time_zone": TIME_ZONE, "hours": hours_by_weekday(entry["hours"])})


def hours_by_weekday(spans: dict[str, list[str]]) -> dict[str, list[list[str]]]:
    """``{"mon-tue": ["10:00-22:00"]}`` as ``{"0": [["10:00", "22:00"]], "1": ...}``."""
    hours: dict[str, list[list[str]]] = {}
    for weekdays, times in spans.items():
        first, _, last = weekdays.partition("-")
        for day in range(DAYS.index(first), DAYS.index(last or first) + 1):
            hours[str(day)] = [span.split("-") for span in times]
    return hours


def _tier(rank: int, entry: dict[str, Any]) -> Tier:
    return Tier(
        code=entry["code"],
        rank=rank,
        name=entry["name"],
        threshold_cents=entry["threshold"] * 100,
        benefits=entry["benefits"],
    )


def _products() -> list[Product]:
    categories: dict[str, Words] = page("categories")
    return [_product(row, categories[row["sku"][:2]]) for row in table("products")]


def _product(row: dict[str, str], category: Words) -> Product:
    found_by = [row["en"], row["zh"], row["brand"], *category.values(), row["also"]]
    return Product(
        sku=row["sku"],
        name={"en": row["en"], "zh": row["zh"]},
        category=category,
        brand=row["brand"],
        description={"en": row["en_line"], "zh": row["zh_line"]},
        price_cents=round(float(row["price"]) * 100),
        stock=int(row["stock"]),
        search=", ".join(filter(None, found_by)).lower(),
    )


def _article(topic: str, entry: dict[str, Any], today: date) -> Article:
    # YAML folds lines with a space, which Chinese does not want after its full-width punctuation
    words = {"en": entry["en"], "zh": re.sub("(?<=[，。；：]) ", "", entry["zh"])}
    changed = moment(today - days(entry["age"]), 11 * 60)
    return Article(topic=topic, text=words, keywords=entry["keywords"], changed_at=changed)


def _promotion(entry: dict[str, Any], today: date) -> Promotion:
    return Promotion(
        title=entry["title"],
        text=entry["text"],
        starts_on=today + days(entry["starts"]),
        ends_on=today + days(entry["ends"]),
        skus=entry.get("skus", []),
    )
