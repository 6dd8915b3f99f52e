"""`appstore`: the feed of an app's reviews in one country, newest first; Apple shows ten pages of fifty."""

from crawlers.sites.site import Options, Site, Turn, address, told_more

_SHOWN = 10


def _page(options: Options, number: int) -> str:
    path = (
        f"/{options['country']}/rss/customerreviews/page={number}/id={options['app']}/sortby=mostrecent/json"
    )
    return address(options["site"], path)


def _following(turn: Turn) -> str | None:
    if turn.number >= _SHOWN or not told_more(turn.parsed):
        return None
    return _page(turn.options, turn.number + 1)


SITE = Site("appstore", lambda options: _page(options, 1), _following)
