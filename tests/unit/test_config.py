"""`otklik.toml`: an error names the line, what is wrong and what to write instead."""

import re
from pathlib import Path

import pytest

from domain.errors import BadConfig
from otklik.company import company
from otklik.config import load
from otklik.starter import STARTER

GOOD = """\
[brand]
name = "Ромашка Банк"

[[channel]]
name = "smm"
target = "C1"

[[source]]
name = "ВКонтакте"
kind = "vk"
community = "romashka"
channels = ["smm"]
"""


def write(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "otklik.toml"
    path.write_text(text, "utf-8")
    return path


def test_the_starter_file_is_right_as_it_is(tmp_path: Path) -> None:
    found = company(load(write(tmp_path, STARTER)), version=1)
    assert found.brand == "Ромашка Банк"
    assert found.channels[0].kind == "console"


def test_the_starter_file_is_right_with_every_line_uncommented(tmp_path: Path) -> None:
    lines = []
    for line in STARTER.splitlines():
        is_setting = re.match(r'# (\[\[|[a-z_]+ = |")', line)
        lines.append(line.removeprefix("# ") if is_setting else line)
    found = load(write(tmp_path, "\n".join(lines)))
    kinds = [source.kind for source in found.source]
    assert kinds == ["vk", "banki", "sravni", "page", "rss", "appstore"]


@pytest.mark.parametrize(
    ("change", "line", "words"),
    [
        pytest.param(('kind = "vk"', 'kind = "ok"'), 10, "'vk'", id="unknown kind"),
        pytest.param(('kind = "vk"\n', ""), 8, "kind: не хватает", id="no kind"),
        pytest.param(('community = "romashka"', "community = 7"), 11, "source.1.community: ", id="in a kind"),
        pytest.param(
            ('kind = "vk"\ncommunity = "romashka"', 'kind = "banki"\ncompany = "romashka"'),
            1,
            "contact",
            id="a site must know who asks",
        ),
        pytest.param(
            ('kind = "vk"\ncommunity = "romashka"', 'kind = "banki"\ncompany = "a&b=c"'),
            11,
            "так не пишут",
            id="a code that would change the address",
        ),
        pytest.param(
            ('kind = "vk"\ncommunity = "romashka"', 'kind = "page"\nurl = "file:///etc/passwd"'),
            11,
            "не адрес",
            id="not of the web",
        ),
        pytest.param(
            ('kind = "vk"\ncommunity = "romashka"', 'kind = "page"\nurl = "https://a.ru"\nnext = "a["'),
            12,
            "не селектор",
            id="selector",
        ),
        pytest.param(('name = "Ромашка Банк"', 'name = "Р"\ncontact = "пиар"'), 3, "почта", id="contact"),
        pytest.param(('community = "romashka"\n', ""), 8, "community: не хватает", id="missing field"),
        pytest.param(('target = "C1"', 'target = ""'), 4, "нужен target", id="Slack without address"),
        pytest.param(
            ('channels = ["smm"]', 'channels = ["pr"]'), 12, "нет такого имени «pr»", id="unknown channel"
        ),
        pytest.param(('community = "romashka"', "comunity = 1"), 8, "не хватает", id="misspelt field"),
        pytest.param(('name = "smm"', "name = smm"), 5, "не TOML", id="no quotes"),
        pytest.param(
            ("[[channel]]", '[policy]\nwarn_after_minutes = "скоро"\n[[channel]]'),
            5,
            "целое число",
            id="type",
        ),
        pytest.param(
            ("[[channel]]", '[[calendar]]\nzone = "Москва"\n[[channel]]'), 5, "Europe/Moscow", id="zone"
        ),
        pytest.param(
            (
                "[[channel]]",
                '[[calendar]]\n[calendar.hours]\n[[calendar]]\nname = "б"\nzone = "Москва"\n[[channel]]',
            ),
            8,
            "Europe/Moscow",
            id="zone of the second calendar",
        ),
        pytest.param(
            ("[[channel]]", '[[calendar]]\n[calendar.hours]\n"пн-пт" = ["9-18"]\n[[channel]]'),
            5,
            "9:00-18:00",
            id="hours",
        ),
    ],
)
def test_an_error_names_line_and_remedy(
    tmp_path: Path, change: tuple[str, str], line: int, words: str
) -> None:
    assert change[0] in GOOD
    path = write(tmp_path, GOOD.replace(*change))
    with pytest.raises(BadConfig) as caught:
        load(path)
    first = str(caught.value).splitlines()[0]
    assert first.startswith(f"{path}:{line}:")
    assert words in str(caught.value)


def test_a_missing_file_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(BadConfig, match="otklik init"):
        load(tmp_path / "otklik.toml")


def test_all_errors_are_told_at_once(tmp_path: Path) -> None:
    path = write(tmp_path, GOOD.replace('kind = "vk"', 'kind = "ok"').replace('name = "smm"', 'name = ""'))
    with pytest.raises(BadConfig) as caught:
        load(path)
    assert len(str(caught.value).splitlines()) == 2


def test_a_site_is_told_who_asks(tmp_path: Path) -> None:
    site = '\n[[source]]\nname = "Банки"\nkind = "banki"\ncompany = "romashka"\n'
    text = GOOD.replace("[[channel]]", 'contact = "pr@example.org"\n[[channel]]', 1) + site
    found = load(write(tmp_path, text))
    settings = found.settings_of(found.source[1])
    assert settings["contact"] == "pr@example.org"
    assert settings["company"] == "romashka"
    assert "contact" not in found.settings_of(found.source[0])
