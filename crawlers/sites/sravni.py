"""`sravni`: the list of an organisation's reviews at sravni.ru, newest first."""

from crawlers.sites.site import Options, Site, Turn, address, has_more

_PAGE = 100
#: The site numbers its pages from here; no trailing slash in the path, it answers 301 there.
_FIRST = 0


def _page(options: Options, number: int) -> str:
    return address(
        options["site"],
        "/proxy-reviews/reviews",
        reviewObjectType=options["type"],
        reviewObjectId=options["organisation"],
        pageIndex=number - 1 + _FIRST,
        pageSize=_PAGE,
        orderBy="byDate",
        filterBy="withRates",
        isClient="False",
        newIds="True",
        withVotes="True",
    )


def _following(turn: Turn) -> str | None:
    return _page(turn.options, turn.number + 1) if has_more(turn) else None


SITE = Site("sravni", lambda options: _page(options, 1), _following)
