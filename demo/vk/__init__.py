"""The town's VK: api.vk.com on a loopback port, with plain state that a story or a test can change."""

from demo.vk.faults import Faults
from demo.vk.limits import Limits, TokenKind
from demo.vk.server import create_app
from demo.vk.state import VkTown

__all__ = ["Faults", "Limits", "TokenKind", "VkTown", "create_app"]
