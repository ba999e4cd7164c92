"""Names sort by pinyin and are found by initials; a surname alone gets its title."""

import pytest
from django.utils import translation

from dealership.names import initials, pinyin, sort_key
from tests import make


def test_a_name_has_pinyin_and_initials():
    assert pinyin("王建国") == "wangjianguo"
    assert initials("王建国") == "wjg"
    assert pinyin("Anna 李") == "annali"


def test_names_sort_by_pinyin():
    assert sorted(["赵磊", "陈静", "安娜"], key=sort_key) == ["安娜", "陈静", "赵磊"]


@pytest.mark.parametrize(
    ("name", "salutation", "zh", "en"),
    [
        ("王", "mr", "王先生", "Mr 王"),
        ("欧阳", "ms", "欧阳女士", "Ms 欧阳"),
        ("王建国", "mr", "王建国", "王建国"),
        ("王", "", "王", "王"),
    ],
)
def test_the_floor_speaks_of_somebody_by_what_is_known(name, salutation, zh, en):
    customer = make.customer(name=name, salutation=salutation)

    with translation.override("en"):
        assert customer.display_name == en
    with translation.override("zh-hans"):
        assert customer.display_name == zh
