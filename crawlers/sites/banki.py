"""`banki`: the JSON list of a bank's reviews at banki.ru, newest first, 25 a page."""

from crawlers.sites.site import Options, Site, Turn, address, has_more


def _page(options: Options, number: int) -> str:
    return address(
        options["site"],
        "/services/responses/list/ajax/",
        page=number,
        bank=options["company"],
        type="all",  # also what the site has not counted yet: somebody waits there, too
    )


def _following(turn: Turn) -> str | None:
    return _page(turn.options, turn.number + 1) if has_more(turn) else None


SITE = Site("banki.json", lambda options: _page(options, 1), _following)
