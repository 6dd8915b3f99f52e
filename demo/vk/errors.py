"""VK's refusals: the codes we can give, in the words of VK's own `errors.json`."""

from __future__ import annotations

MESSAGES = {
    1: "Unknown error occurred",
    3: "Unknown method passed",
    5: "User authorization failed",
    6: "Too many requests per second",
    7: "Permission to perform this action is denied",
    8: "Invalid request",
    9: "Flood control",
    10: "Internal server error",
    14: "Captcha needed",
    15: "Access denied",
    17: "Validation required",
    18: "User was deleted or banned",
    19: "Content blocked",
    24: "Confirmation required",
    27: "Group authorization failed",
    28: "Application authorization failed",
    29: "Rate limit reached",
    30: "This profile is private",
    100: "One of the parameters specified was missing or invalid",
    104: "Not found",
    113: "Invalid user id",
    125: "Invalid group id",
    211: "Access to wall's comment denied",
    212: "Access to post comments denied",
    213: "Access to status replies denied",
    214: "Access to adding post denied",
    222: "Hyperlinks are forbidden",
    223: "Too many replies",
}


class VkError(Exception):
    """A refusal that VK words as `<message of the code>[: <detail>]`, still with HTTP status 200."""

    def __init__(self, code: int, detail: str = "", **extra: str) -> None:
        self.code = code
        self.message = MESSAGES.get(code, "Unknown error occurred") + (f": {detail}" if detail else "")
        self.extra = extra
        super().__init__(f"{code}: {self.message}")


def bad_parameter(detail: str) -> VkError:
    """Error 100 with VK's own way of naming the culprit, e.g. `owner_id is undefined`."""
    return VkError(100, detail)
