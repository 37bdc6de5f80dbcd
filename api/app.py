"""The whole web: the carriers' door in front, everything for people behind it."""

from api.deps import Services
from api.webhooks import PREFIX, Receive, Scope, Send, Webhooks


class Web:
    """The ASGI application: a carrier's request never meets the framework that serves people."""

    def __init__(self, services: Services) -> None:
        self._webhooks = Webhooks(services)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "http" and scope["path"].startswith(PREFIX):
            await self._webhooks(scope, receive, send)


def build_app(services: Services) -> Web:
    """Build the application that a web server runs."""
    return Web(services)
