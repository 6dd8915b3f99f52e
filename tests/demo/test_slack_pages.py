"""The page people look at: what it shows, and that no text can break out of it."""

from collections.abc import Iterator

import pytest
import requests
from parsel import Selector
from slack_sdk import WebClient
from starlette.applications import Starlette
from starlette.routing import Mount

from demo.serve import serve
from demo.slack import ANNA, BORIS, OLD, SMM, UNLIMITED, SlackTown, create_app
from demo.slack.mrkdwn import mrkdwn, plain
from demo.slack.stage import Stage


def html(text: str) -> str:
    return str(mrkdwn(text, {"U1": "Анна", "C1": "смм"}.get))


ANNA_AND_BORIS = '<span class="mention">@Анна</span> <span class="mention">@Борис</span>'
#: What it shows -> mrkdwn, HTML.
TEXTS = {
    "marks": ("*жирно* _косо_ ~мимо~ `код`", "<b>жирно</b> <i>косо</i> <s>мимо</s> <code>код</code>"),
    "no marks in words": ("2*3*4, snake_case_name, a * b * c", "2*3*4, snake_case_name, a * b * c"),
    "one mark inside another": ("*_оба_*", "<b><i>оба</i></b>"),
    "no marks in code": ("`*не жирно*`", "<code>*не жирно*</code>"),
    "quotes": ("до\n&gt; раз\n> два\nпосле", "до<blockquote>раз<br>два</blockquote>после"),
    "a quote to the end": ("&gt;&gt;&gt;раз\n\nдва", "<blockquote>раз<br><br>два</blockquote>"),
    "a block of code": ("```a < b\n*c*```", "<pre>a &lt; b\n*c*</pre>"),
    "entities are decoded once": ("&lt;b&gt; &amp;amp; <b>", "&lt;b&gt; &amp;amp; &lt;b&gt;"),
    "mentions of people": ("<@U1> <@U2|Борис>", ANNA_AND_BORIS),
    "mentions of channels": ("<#C1>", '<span class="mention">#смм</span>'),
    "a broadcast is loud": ("<!channel>", '<span class="mention broadcast">@channel</span>'),
    "an escaped broadcast is text": ("&lt;!channel&gt;", "&lt;!channel&gt;"),
    "only links Slack knows": ("<javascript:alert(1)|тут>", "&lt;javascript:alert(1)|тут&gt;"),
    "emoji": (":fire: :нет: 12:30:45 :unknown_one:", "🔥 :нет: 12:30:45 :unknown_one:"),
}


@pytest.mark.parametrize(("text", "shown"), TEXTS.values(), ids=TEXTS)
def test_mrkdwn_is_shown_as_slack_shows_it(text: str, shown: str) -> None:
    assert html(text) == shown


def test_links_lead_where_they_say() -> None:
    linked = Selector(
        html("<https://example.com/?a=1&amp;b=2|сюда> и https://example.com/x, <mailto:a@b.ru>")
    )
    assert linked.css("a::attr(href)").getall() == [
        "https://example.com/?a=1&b=2", "https://example.com/x", "mailto:a@b.ru",
    ]  # fmt: skip
    assert linked.css("a::text").getall() == ["сюда", "https://example.com/x", "a@b.ru"]
    quoted = Selector(html('<https://a/" onclick="x|t>'))
    assert quoted.css("a").attrib.keys() == {"href", "rel", "target"}


def test_forged_placeholders_are_dropped_and_plain_text_stays_plain() -> None:
    assert html("\ue0000\ue001 `а`") == "0 <code>а</code>"
    assert str(plain("*а* <!channel> &amp; :fire:")) == "*а* &lt;!channel&gt; &amp; 🔥"


@pytest.fixture(scope="module")
def stage() -> Iterator[tuple[Stage, str]]:
    stage = Stage()
    with serve(stage) as url:
        yield stage, url


@pytest.fixture
def town() -> SlackTown:
    return SlackTown(rates=UNLIMITED)


@pytest.fixture
def url(stage: tuple[Stage, str], town: SlackTown) -> str:
    stage[0].put_on(town)
    return stage[1]


@pytest.fixture
def slack(url: str, town: SlackTown) -> WebClient:
    return WebClient(town.app.bot_token, base_url=f"{url}/api/", timeout=5)


def page(url: str, path: str = f"/c/{SMM}") -> Selector:
    answer = requests.get(url + path, timeout=5)
    answer.raise_for_status()
    return Selector(answer.text)


def words(found: Selector, css: str) -> list[str]:
    return [" ".join("".join(item.css("::text").getall()).split()) for item in found.css(css)]


def test_the_first_page_lists_the_channels(url: str) -> None:
    assert words(page(url, "/"), ".cards b") == [
        "# отклики-смм", "# поддержка", "# руководство", "# общий", "# архив-2023",
    ]  # fmt: skip


def test_every_kind_of_block_is_shown(url: str, slack: WebClient) -> None:
    slack.chat_postMessage(
        channel=SMM,
        text="Только для уведомления",
        blocks=[
            {"type": "header", "text": {"type": "plain_text", "text": "Жалоба"}},
            {"type": "section", "fields": [{"type": "mrkdwn", "text": "*Срок*\n2 часа"}]},
            {"type": "divider"},
            {"type": "context", "elements": [{"type": "mrkdwn", "text": "увидели в _9:42_"}]},
            {
                "type": "actions",
                "elements": [
                    {"type": "button", "text": {"type": "plain_text", "text": "Беру"}, "style": "primary"},
                    {"type": "button", "text": {"type": "plain_text", "text": "Нет"}, "style": "danger"},
                    {"type": "button", "text": {"type": "plain_text", "text": "Сайт"}, "url": "https://a.ru"},
                ],
            },
            {
                "type": "rich_text",
                "elements": [
                    {
                        "type": "rich_text_section",
                        "elements": [{"type": "text", "text": "<жирно>", "style": {"bold": True}}],
                    }
                ],
            },
        ],
        attachments=[{"color": "danger", "fallback": "-", "title": "Проблема", "text": "растёт"}],
    )
    shown = page(url)
    assert words(shown, ".b-header") == ["Жалоба"]
    assert shown.css(".fields b::text").get() == "Срок"
    assert words(shown, ".b-context") == ["увидели в 9:42"]
    assert words(shown, "button.btn.primary") == ["Беру"]
    assert words(shown, "button.btn.danger") == ["Нет"]
    assert shown.css("a.btn::attr(href)").get() == "https://a.ru"
    assert "<b>&lt;жирно&gt;</b>" in shown.get()
    assert shown.css(".attachment .bar::attr(style)").get() == "background:#e01e5a"
    assert "Только для уведомления" not in shown.get()


def test_a_thread_stands_under_its_parent_with_its_count(url: str, slack: WebClient, town: SlackTown) -> None:
    ts = slack.chat_postMessage(channel=SMM, text="Жалоба")["ts"]
    slack.chat_postMessage(channel=SMM, text="Первый", thread_ts=ts)
    town.say(SMM, "Второй", user=BORIS, thread_ts=ts)
    shown = page(url)
    assert words(shown, ".thread summary b") == ["2 ответа"]
    assert words(shown, ".thread .text") == ["Первый", "Второй"]
    assert len(shown.css("#feed > article")) == 1


def test_an_edited_message_says_so(url: str, slack: WebClient) -> None:
    ts = slack.chat_postMessage(channel=SMM, text="Было")["ts"]
    assert words(page(url), ".edited") == []
    slack.chat_update(channel=SMM, ts=ts, text="Стало")
    assert words(page(url), ".text") == ["Стало (изменено)"]


def test_an_ephemeral_message_is_shown_to_its_reader_only(url: str, slack: WebClient) -> None:
    slack.chat_postEphemeral(channel=SMM, user=ANNA, text="Только Анне")
    assert words(page(url, f"/c/{SMM}?as={ANNA}"), ".whisper .text") == ["Только Анне"]
    assert words(page(url, f"/c/{SMM}?as={BORIS}"), ".whisper") == []


def test_hostile_text_stays_text(url: str, slack: WebClient) -> None:
    hostile = '<script>alert(1)</script><img src=x onerror=alert(1)> "><b>'
    slack.chat_postMessage(
        channel=SMM,
        text=hostile,
        attachments=[{"fallback": "-", "text": hostile, "title": hostile, "color": "red;x:url(//a)",
                      "title_link": "javascript:alert(1)", "footer": hostile}],
    )  # fmt: skip
    shown = page(url)
    assert len(shown.css("script")) == 1  # our own
    assert (
        shown.css(".msg img, .msg script, .msg b b, .msg [onerror], .msg a[href^=javascript]").getall() == []
    )
    assert shown.css(".bar::attr(style)").get() == "background:#dddddd"
    headers = requests.get(f"{url}/c/{SMM}", timeout=5).headers
    assert "default-src 'none'" in headers["Content-Security-Policy"]


def test_a_press_from_the_page_needs_no_script_and_returns_to_the_message(url: str, slack: WebClient) -> None:
    blocks = [
        {"type": "actions", "elements": [{"type": "button", "text": {"type": "plain_text", "text": "Беру"}}]}
    ]
    ts = slack.chat_postMessage(channel=SMM, text="Жалоба", blocks=blocks)["ts"]
    form = page(url, f"/c/{SMM}?as={BORIS}").css(".b-actions form")
    fields = {i.attrib["name"]: i.attrib["value"] for i in form.css("input")}
    assert fields["user"] == BORIS
    answer = requests.post(url + form.attrib["action"], data=fields, allow_redirects=False, timeout=5)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/c/{SMM}?as={BORIS}#m{ts}")
    assert words(page(url), ".failure")[0].startswith("⚠ Операция не выполнена")


def test_the_whole_works_when_mounted_under_a_path(town: SlackTown) -> None:
    blocks = [
        {"type": "actions", "elements": [{"type": "button", "text": {"type": "plain_text", "text": "Беру"}}]}
    ]
    with serve(Starlette(routes=[Mount("/slack", create_app(town))])) as host:
        slack = WebClient(town.app.bot_token, base_url=f"{host}/slack/api/", timeout=5)
        ts = slack.chat_postMessage(channel=SMM, text="Жалоба", blocks=blocks)["ts"]
        shown = page(host, f"/slack/c/{SMM}")
        form = shown.css(".b-actions form")
        fields = {i.attrib["name"]: i.attrib["value"] for i in form.css("input")}
        assert requests.post(host + form.attrib["action"], data=fields, timeout=5).status_code == 200
        links = shown.css(".side a::attr(href)").getall()
        assert all(link.startswith(("/slack/", "?as=")) for link in links)
        permalink = slack.chat_getPermalink(channel=SMM, message_ts=ts)["permalink"]
        assert requests.get(permalink, timeout=5).status_code == 200
        opened = slack.apps_connections_open(app_token=town.app.app_token)["url"]
        assert opened.startswith(host.replace("http", "ws") + "/slack/socket?")


def test_an_empty_an_archived_and_a_missing_channel_say_so(url: str) -> None:
    assert words(page(url), ".empty b") == ["Здесь пока тихо"]
    assert words(page(url, f"/c/{OLD}"), ".closed") == ["Канал в архиве: писать сюда нельзя."]
    assert requests.get(f"{url}/c/C0NOWHERE1", timeout=5).status_code == 404
