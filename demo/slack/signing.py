"""Slack's request signature, version v0 (https://docs.slack.dev/authentication/verifying-requests-from-slack)."""

import hashlib
import hmac


def signed_headers(secret: str, body: str, at: float) -> dict[str, str]:
    """The two headers that prove a callback; `at` is Unix seconds, so a test can make a stale one."""
    stamp = str(int(at))
    digest = hmac.new(secret.encode(), f"v0:{stamp}:{body}".encode(), hashlib.sha256).hexdigest()
    return {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": f"v0={digest}"}
