"""Is the VK key good? Asked by `otklik doctor`, with the cheapest call there is."""

from crawlers.vk.client import VkClient
from crawlers.vk.pace import SharedPace
from db import health
from domain.errors import AuthExpired
from otklik.build import Services
from otklik.findings import Finding, Level


def probe_vk(services: Services) -> Finding | None:
    """What VK says of our key; None where no VK source is watched. Raises what the client raises."""
    with services.pool.connection() as conn:
        if not any(source.kind == "vk" and source.is_active for source in health.sources(conn)):
            return None
    token = services.settings.vk_token
    if token is None:
        raise AuthExpired("VK: ключа нет; задайте OTKLIK_VK_TOKEN или OTKLIK_VK_TOKEN_FILE")
    secret = token.get_secret_value()
    pace = SharedPace(services.pool, secret, clock=services.clock, sleep=lambda _: None)
    client = VkClient(
        secret, base_url=str(services.settings.vk_url), pace=pace, clock=services.clock, sleep=lambda _: None
    )
    client.fetch("utils.getServerTime")
    return Finding(Level.OK, "Ключ VK", "действует")
