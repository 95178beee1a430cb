"""Personal data in made-up comments: none may be left, and nothing else may go."""

import re

import pytest

from moments.masking import mask

# (comment, what must not be left of it); the numbers are invented or reserved for fiction
PERSONAL = [
    # mobile and landline, Chinese
    ("请回电13800138000谢谢", "13800138000"),
    ("手机：138-0013-8000", "0013"),
    ("手机 138 0013 8000，随时", "8000"),
    ("联系+86 139 1234 5678", "5678"),
    ("联系 0086-13912345678", "13912345678"),
    ("联系8613912345678。", "13912345678"),
    ("全角１３９１２３４５６７８", "１３９１２３４５６７８"),
    ("打我电话一三八零零一三八零零零", "一三八零零一三八"),
    ("幺三九 幺二三四 五六七八 是我的号", "五六七八"),
    ("1 3 9 1 2 3 4 5 6 7 8", "5 6 7"),
    ("139.1234.5678", "1234"),
    ("tel.13912345678", "13912345678"),
    ("电话是1391-234-5678", "5678"),
    ("其一13912345678", "13912345678"),
    ("座机010-62345678", "62345678"),
    ("座机（0571）8765 4321转802", "8765"),
    ("0755 2345678", "2345678"),
    ("02887654321", "87654321"),
    ("客服400-820-8820没人接", "8820"),
    ("拨打 4008208820", "4008208820"),
    ("800 810 1234", "1234"),
    ("办公室电话62345678", "62345678"),
    ("电话号码：6234 5678", "5678"),
    ("热线 2345678 打不通", "2345678"),
    # phone, English
    ("Call me on (617) 555-0147 please", "0147"),
    ("617-555-0147", "555"),
    ("617.555.0147 is my number.", "0147"),
    ("+1 617 555 0147", "0147"),
    ("1-800-555-0199", "0199"),
    ("ring 07700 900123 after six", "900123"),
    ("+44 20 7946 0958", "0958"),
    ("my landline 020 7946 0958", "7946"),
    ("0161 496 0000", "496"),
    ("+852 9123 4567", "4567"),
    ("phone: 555-0147", "0147"),
    ("+49 (30) 901820", "901820"),
    # identity cards
    ("身份证110101199003071234", "110101199003071234"),
    ("身份证11010119900307123X", "11010119900307123"),
    ("身份证号码：110101 19900307 123x", "19900307"),
    ("证件110101-19900307-1234", "19900307"),
    ("全角身份证１１０１０１１９９００３０７１２３４", "１９９００３０７"),
    ("旧身份证110101900307123", "110101900307123"),
    ("香港身份证A123456(7)", "123456"),
    ("my SSN is 078-05-1120", "1120"),
    # bank cards
    ("卡号6222020200001234567", "6222020200001234567"),
    ("卡号6222 0202 0000 1234 567没到账", "1234"),
    ("卡号6222-0202-0000-1234", "0202"),
    ("My card 4111 1111 1111 1111.", "1111"),
    ("card 4111111111111111 was charged twice", "4111111111111111"),
    ("amex 3782 822463 10005", "822463"),
    ("622202 0200001234567", "0200001234567"),
    ("６２２２０２０２００００１２３４５６７", "６２２２"),
    # e-mail
    ("邮箱zhang.san@example.com", "zhang"),
    ("发到wang_wu@163.com吧", "wang_wu"),
    ("Mail ME: Jane.Doe+bank@Example.co.uk!", "Jane"),
    ("jane＠example．com", "jane"),
    ("jane @ example.com", "jane"),
    ("jane [at] example [dot] com", "jane"),
    ("write to jane at example dot org", "jane"),
    ("李四123456@qq.com", "123456"),
    # messengers
    ("QQ：123456789", "123456789"),
    ("微信号：zhang_san88", "zhang_san88"),
    ("wechat id: jane_doe_99", "jane_doe_99"),
]

# texts that must come back as they are
PLAIN = [
    "等了45分钟，扣了1,234,567.89元",
    "转账20000000元，手续费0.5%",
    "2024-03-05 14:30:25 去的网点",
    "2024年3月5日下午2点30分",
    "20240305办的，20240305143025到账",
    "从2024-03-05到2024-03-10，又2024.03.12",
    "2019 2020 2021 2022 每年都涨",
    "评分10分，满分10分，给8.5分",
    "年利率3.85%，30年，每月5321.46元",
    "排队A012号，前面还有128人",
    "打了95588三次，12345也打了",
    "二〇二四年三月，一楼二楼三楼",
    "10.1.2.3 和 3.14159265358979",
    "I waited 45 minutes and paid $1,250.00 on 03/05/2024",
    "between 9-10 am, 100-200 people, 24/7",
    "Order 1234567 arrived 2018-04-11 20:09",
    "ratio 0.123456789012345, total 1 234 567",
    "It was at 10.30 on the dot, came 2 days late",
    "the year 2018 was bad; 2017-2018 too",
    "24-hour hotline, 0 to 10, 5G, 4K",
    "look @ this, rated 5 @ best",
    "",
]


def test_there_are_enough_examples():
    assert len(PERSONAL) >= 60


@pytest.mark.parametrize(("comment", "secret"), PERSONAL)
def test_nothing_personal_is_left(comment, secret):
    masked = mask(comment)
    assert secret not in masked
    assert "***" in masked
    assert not re.search(r"[\d０-９]{5,}|@|＠", masked)


@pytest.mark.parametrize("comment", PLAIN)
def test_plain_numbers_stay(comment):
    assert mask(comment) == comment


def test_the_rest_of_the_comment_stays():
    assert mask("请回电１３８００１３８０００，等了45分钟！") == "请回电***，等了45分钟！"
    assert mask("Mail jane@example.com or +1 617 555 0147, thanks.") == "Mail *** or ***, thanks."


def test_nothing_and_what_is_masked_already():
    assert mask(None) is None
    masked = mask("卡号6222 0202 0000 1234，手机13912345678，zhang@example.com")
    assert mask(masked) == masked


def test_a_long_text_takes_no_long_time():
    import time

    start = time.perf_counter()
    for text in ("1 " * 50_000, "a.a" * 50_000, "1-" * 50_000, "a@" * 20_000, "138 " * 30_000, "电话 " * 20_000):
        mask(text)
    assert time.perf_counter() - start < 5
