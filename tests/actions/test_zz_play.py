from tests.actions.conftest import *


async def play(t, L):
    r = None
    for l in L:
        if l.startswith(">"):
            r = await t.press(r, l[1:])
        elif l.startswith("@"):
            await t.prove(l[1:])
            continue
        elif l.startswith("/"):
            r = await t.send(l)
        else:
            r = await t.say(l)
        print(f"\n>> {l}   [{r.intent}]")
        print(r.text)
        r.buttons and print("   B:", r.buttons)
        r.wishes and print("   W:", r.wishes)
    return r


async def test_play(talker):
    t = await talker("en")
    r = await play(
        t,
        [
            "qqq",
            "zzx",
            "qqwq",
            "my plate arrived cracked in order WM100001",
            ">Make it a complaint",
            "WM100001",
            "some money back please",
            "how do i earn points",
            "unsubscribe from the newsletter",
            "@emma.tan@example.com",
            "what do you know about me",
            "my points",
            "redeem my points",
            "my tier",
            "snooze until March",
            "today is my birthday",
            "what is the time",
            "I'd like to buy an air fryer",
            "do you have it in red",
            "price match?",
            "is it open now in orchard",
            "hours at bugis on christmas",
            "do you deliver to sentosa",
            "paynow failed",
            "gift card",
            "delete my account",
            "you charged me twice!!",
            "none",
            "refund",
            "thanks a lot",
            "great service at tampines",
            "parking was bad",
            "suggestion: more vegan food",
            "can i cancel",
            "yes",
            "no",
        ],
    )
    t = await talker("zh")
    r = await play(
        t,
        [
            "@xiaomei.lin@example.com",
            "积分",
            "店员很热情",
            "收到的碗碎了，订单WM100002",
            ">查订单到哪了",
            "怎么联系你们",
            "你们老板是谁",
            "帮我写作业",
            "下周三前别找我",
            "只发邮件",
            "别再打电话推销了",
            "晚上八点后可以打电话",
            "我女儿六月一号生日，母亲节别发",
            "切换语言",
            ">English",
        ],
    )
