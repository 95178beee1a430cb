"""Words of comments: what is kept, what is left out, and what must not be turned into its opposite."""

import pytest

from moments.words import LISTS, tokens


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("柜员很热情耐心，讲解清楚", ["柜员", "热情", "耐心", "讲解", "清楚"]),
        ("手机银行APP老闪退，叫号机坏了", ["手机银行", "app", "闪退", "叫号机"]),
        ("不满意，不太方便", ["不满意", "不太方便"]),
        ("不是很好", ["不是好"]),
        ("没有充电宝", ["没有充电宝"]),
        ("太慢 慢", ["太慢", "慢"]),
        ("Staff weren’t helpful; the bank's Wi-Fi is slow, SLOW!", ["staff", "helpful", "bank", "wi-fi", "slow"]),
        ("ＷｉＦｉ 5G 12345 1-2 x", ["wifi", "5g"]),
        ("*** called ***", ["called"]),
        ("고객 서비스", ["고객", "서비스"]),
        ("<img src=x onerror=alert(1)>", ["img", "src", "onerror", "alert"]),
        ("", []),
        (None, []),
        ("的了 and 12 !!", []),
    ],
)
def test_words_of_a_comment(text, words):
    assert tokens(text) == words


def test_each_word_once_and_always_the_same():
    text = "等候时间太长，等候时间太长，服务好"
    assert tokens(text) == tokens(text)
    assert len(set(tokens(text))) == len(tokens(text))


def test_no_word_is_both_left_out_and_kept():
    lines = [line for line in LISTS.read_text("utf-8").splitlines() if not line.startswith("#")]
    words = " ".join(lines).split()
    stop = {w for w in words if w[0] not in "+-="}
    marked = {w[1:] for w in words if w[0] in "+-="}
    assert not stop & {w for w in marked if "+" + w in words or "=" + w in words}
