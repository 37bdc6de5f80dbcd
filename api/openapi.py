"""The API's description of itself: OpenAPI 3.1, with what a caller hears when something is refused."""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

PREFIX = "/api/"
_PROBLEM = {
    "type": "object",
    "title": "Problem",
    "description": "What went wrong (RFC 9457). `type` is a short name for programs, `detail` a sentence for people.",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "errors": {"type": "array", "items": {"type": "object"}, "description": "What is wrong, part by part."},
    },
}
_ALWAYS = {
    400: "A filter, date or header cannot be read.",
    401: "Nobody is signed in.",
    403: "Your role, or your token's scopes, do not reach this.",
    404: "There is nothing here for you; absent and forbidden look the same.",
    413: "The request is larger than what this address takes.",
    422: "The request is not in the form this address takes.",
    429: "Too many at this moment; come again after `Retry-After`.",
    503: "The database cannot be reached now, and nothing was written; come again after `Retry-After`.",
}
_ON_WRITING = {
    409: "It cannot be done with the case, or the flow, as it stands.",
    412: "The case or draft changed: `If-Match` named the ETag of an older version.",
}
_SECURITY = {
    "token": {"type": "http", "scheme": "bearer", "description": "An API token with scopes."},
    "session": {"type": "apiKey", "in": "cookie", "name": "__Host-weerklank", "description": "A session begun with POST /api/v1/sessions."},
}


def _refusals(*, writes: bool) -> dict[str, Any]:
    said = _ALWAYS | (_ON_WRITING if writes else {})
    content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {str(status): {"description": words, "content": content} for status, words in sorted(said.items())}


def document(app: FastAPI) -> dict[str, Any]:
    """Describe every address under /api/."""
    routes = [route for route in app.routes if str(getattr(route, "path", "")).startswith(PREFIX)]
    described = get_openapi(title=app.title, version=app.version, summary=app.summary, routes=routes)
    for operations in described["paths"].values():
        for method, operation in operations.items():
            operation["responses"] |= _refusals(writes=method != "get")
            operation["security"] = [{"token": []}, {"session": []}]
    parts = described.setdefault("components", {})
    parts["securitySchemes"] = _SECURITY
    parts["schemas"] = {name: each for name, each in parts["schemas"].items() if "ValidationError" not in name} | {"Problem": _PROBLEM}
    return described
