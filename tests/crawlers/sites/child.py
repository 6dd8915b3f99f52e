"""`python -m tests.crawlers.sites.child NAME MANNERS`: a look as by crawlers.run, with quicker manners."""

import json
import sys
from functools import partial

from crawlers import run
from crawlers.sites.crawl import crawl
from crawlers.sites.manners import Manners

if __name__ == "__main__":
    name, manners = sys.argv[1:]
    quick = partial(crawl, manners=Manners(**json.loads(manners)))
    run.CRAWLS |= dict.fromkeys(("banki", "sravni", "page", "rss", "appstore"), quick)
    sys.exit(run.main(["--source", name]))
