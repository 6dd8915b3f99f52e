"""`[[source]]` of `otklik.toml`: one table for each kind of source, with what that kind needs and no more."""

import re
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from cssselect import HTMLTranslator, SelectorError
from pydantic import BaseModel, ConfigDict, Field, field_validator

Name = Annotated[str, Field(min_length=1, max_length=100)]
#: What stands in an address as one step or one parameter: a code or an id.
Code = Annotated[str, Field(pattern=r"^[\w.-]{1,100}$")]


class SourceBase(BaseModel):
    """What every source has. Kinds add their own fields, which become `settings`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Name
    calendar: str | None = None
    channels: list[str] | None = None
    #: how far back the first look goes
    history_days: Annotated[int, Field(ge=1, le=20_000)] = 30

    @property
    def accounts(self) -> list[str]:
        """Ids of accounts that answer for the company, as the source gives them."""
        return []

    @property
    def settings(self) -> dict[str, Any]:
        """What the crawl of this kind needs, as stored in source.settings."""
        return self.model_dump(mode="json", exclude={"name", "kind", "calendar", "channels"})


class VkSection(SourceBase):
    kind: Literal["vk"]
    #: short name, "club123" or the number of the community
    community: str
    #: accounts that answer for the company beside the community itself: ids as numbers or "id123"
    staff: list[str] = []
    every_minutes: Annotated[int, Field(ge=1)] = 5

    @field_validator("staff")
    @classmethod
    def _ids_are_numbers(cls, staff: list[str]) -> list[str]:
        for account in staff:
            if not re.fullmatch(r"(id|club|-)?\d+", account):
                raise ValueError(f"«{account}» не похоже на id; пишите как «id123» или «club45»")
        return [account.removeprefix("id").replace("club", "-") for account in staff]

    @property
    def accounts(self) -> list[str]:
        return self.staff

    @property
    def settings(self) -> dict[str, Any]:
        return self.model_dump(mode="json", include={"community", "every_minutes", "history_days"})


class SiteSection(SourceBase):
    """A site read page by page. It is asked seldom: nobody answers a review within minutes."""

    every_minutes: Annotated[int, Field(ge=5)] = 60
    #: pages a look reads at most
    pages: Annotated[int, Field(ge=1, le=500)] = 40
    #: "http://host:port" to read this site through
    proxy: str | None = None

    @field_validator("url", "site", "proxy", check_fields=False)
    @classmethod
    def _is_an_address(cls, address: str | None) -> str | None:
        if address is None:
            return None
        try:
            parts = urlsplit(address)
            has_secret, is_good = "@" in parts.netloc, bool(parts.hostname) and parts.port != 0
        except ValueError:
            has_secret = is_good = False
        if has_secret:
            raise ValueError("в адресе не должно быть пароля: секреты в этот файл не пишут")
        if not is_good or parts.scheme not in {"http", "https"}:
            raise ValueError(f"«{address}» не адрес; пишите как «https://example.org/otzyvy»")
        return address


class BankiSection(SiteSection):
    """Reviews of a bank at banki.ru."""

    kind: Literal["banki"]
    #: the bank's code: what stands in the address of its page
    company: Code
    site: str = "https://www.banki.ru"


class SravniSection(SiteSection):
    kind: Literal["sravni"]
    #: the organisation's id at sravni.ru
    organisation: Code
    type: Literal["bank", "insuranceCompany", "mfo"] = "bank"
    site: str = "https://www.sravni.ru"


class PageSection(SiteSection):
    """A page, or a list over several pages, whose reviews are marked up by schema.org."""

    kind: Literal["page"]
    url: str
    #: CSS selector of the link to the next page; without it there is one page
    next: str | None = None
    #: names under which the company answers on this page
    staff: list[str] = []

    @field_validator("next")
    @classmethod
    def _is_a_selector(cls, next_: str | None) -> str | None:
        try:
            if next_ is not None:
                HTMLTranslator().css_to_xpath(next_)
        except SelectorError as error:
            raise ValueError(f"«{next_}» не селектор CSS; пишите как «a.next» или «[rel=next]»") from error
        return next_


class RssSection(SiteSection):
    """A feed of news or a forum: only entries that mention the company are kept."""

    kind: Literal["rss"]
    url: str
    #: how the company is called, beside [brand] name; any case and ending will do
    words: list[Annotated[str, Field(min_length=2)]] = []


class AppStoreSection(SiteSection):
    kind: Literal["appstore"]
    #: the number in the app's address: …/id123456789
    app: Annotated[str, Field(pattern=r"^\d{1,15}$")]
    country: Annotated[str, Field(pattern="^[a-z]{2}$")] = "ru"
    site: str = "https://itunes.apple.com"


SourceSection = Annotated[
    VkSection | BankiSection | SravniSection | PageSection | RssSection | AppStoreSection,
    Field(discriminator="kind"),
]
KINDS = ("vk", "banki", "sravni", "page", "rss", "appstore")
