"""Products are found by whole sentences, in English and Chinese."""

from crm_store.crm import Crm


async def test_a_sentence_finds_what_it_names(demo: Crm) -> None:
    for sentence, name in (
        ("do you have an air fryer?", "Air Fryer 4 L"),
        ("is the airfryer in stock", "Air Fryer 4 L"),
        ("有没有空气炸锅", "Air Fryer 4 L"),
        ("有沒有空氣炸鍋", "Air Fryer 4 L"),
        ("how much is the down jacket", "Women's Down Jacket"),
        ("羽绒服多少钱", "Women's Down Jacket"),
        ("口红多少钱", "Velvet Matte Lipstick"),
        ("do you sell lipsticks", "Velvet Matte Lipstick"),
        ("lipstik?", "Velvet Matte Lipstick"),
        ("running shoes for men please", "Men's Running Shoes"),
        ("电饭煲还有货吗", "Rice Cooker 1.8 L"),
        ("I want to buy a laptop", "14-inch Laptop"),
        ("pram", "Baby Stroller"),
        ("有裤子吗", "Stretch Chino Trousers"),
        ("toys for a 3 year old", "City Building Blocks, 500 Pieces"),
    ):
        found = await demo.products.matching(sentence)
        assert [product.name["en"] for product in found][:1] == [name], sentence


async def test_a_sentence_that_names_nothing_we_sell_finds_nothing(demo: Crm) -> None:
    for sentence in (
        "do you have a unicorn",
        "what time do you open",
        "你们几点开门",
        "帮我查一下我的积分",
        "",
        "???",
        "12",
    ):
        assert await demo.products.matching(sentence) == [], sentence


async def test_what_is_in_stock_comes_before_its_like_that_is_sold_out(demo: Crm) -> None:
    found = await demo.products.matching("umbrella")
    assert [product.stock > 0 for product in found] == [True, False]
