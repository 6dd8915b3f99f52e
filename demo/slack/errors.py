"""How the Web API says no."""

from .records import Json


class SlackError(Exception):
    """An answer with HTTP 200 and `"ok": false`: Slack's way to refuse."""

    def __init__(self, code: str, **details: object) -> None:
        super().__init__(code)
        self.code = code
        self.details = details

    def body(self) -> Json:
        return {"ok": False, "error": self.code, **self.details}


def invalid_blocks(problems: list[str]) -> SlackError:
    """Slack repeats the problems twice: bare, and marked [ERROR] under response_metadata."""
    marked = [f"[ERROR] {problem}" for problem in problems]
    return SlackError("invalid_blocks", errors=problems, response_metadata={"messages": marked})
