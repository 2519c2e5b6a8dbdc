"""Questions find the article and the store they ask for."""

from crm_store.crm import Crm
from crm_store.shop.stores import named_in

DELIVERY = ("delivery_ways", "delivery_times", "delivery_fees", "delivery_areas", "pickup")
PAYMENT = ("payment_ways", "instalments", "payment_failed", "gift_cards")
ACCOUNT = ("account_help", "privacy")


async def test_a_question_is_told_the_article_it_asks_for(demo: Crm) -> None:
    for topics, question, topic in (
        (DELIVERY, "how do you deliver?", "delivery_ways"),
        (DELIVERY, "how much is delivery?", "delivery_fees"),
        (DELIVERY, "how long does delivery take", "delivery_times"),
        (DELIVERY, "do you deliver to Malaysia", "delivery_areas"),
        (DELIVERY, "can I pick up in store", "pickup"),
        (DELIVERY, "送货要多少钱", "delivery_fees"),
        (DELIVERY, "几天能送到", "delivery_times"),
        (DELIVERY, "能到店自取吗", "pickup"),
        (PAYMENT, "how can I pay", "payment_ways"),
        (PAYMENT, "my payment failed", "payment_failed"),
        (PAYMENT, "can I pay monthly", "instalments"),
        (PAYMENT, "信用卡可以分期付款吗", "instalments"),
        (PAYMENT, "信用卡付款一直不成功", "payment_failed"),
        (PAYMENT, "有礼品卡吗", "gift_cards"),
        (ACCOUNT, "忘记密码了", "account_help"),
        (ACCOUNT, "删除我的个人资料", "privacy"),
    ):
        article = await demo.knowledge.nearest(topics, question)
        assert article is not None
        assert article.topic == topic, question


async def test_a_store_is_found_by_what_people_call_it(demo: Crm) -> None:
    stores = await demo.stores.all()
    for question, codes in (
        ("is vivo open today", ["vivocity"]),
        ("怡丰城店几点关门", ["vivocity"]),
        ("opening hours at Jurong East", ["jurong_east"]),
        ("淡滨尼有没有你们的店", ["tampines"]),
        ("乌节路", ["orchard"]),
        ("how do I get there", []),
    ):
        assert [store.code for store in named_in(question, stores)] == codes, question
