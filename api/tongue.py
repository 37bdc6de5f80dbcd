"""In which language a page is: the reader's own choice, else the officer's first, else what the browser asks for, else English."""

from collections.abc import Iterator

from fastapi import Request
from starlette.responses import Response

from api.deps import Services
from cases.model import Officer
from translations.texts import SOURCE, Texts

_A_YEAR = 365 * 86_400
_LONGEST_HEADER = 500


def cookie_name(services: Services) -> str:
    """Name the cookie that keeps a reader's choice. Only over TLS may it carry the prefix that binds it to this one host."""
    return "__Host-weerklank-language" if services.secure else "weerklank-language"


def keep_choice(response: Response, services: Services, language: str) -> None:
    """Keep a reader's choice in their browser: it says nothing of who they are, and outlives the session."""
    response.set_cookie(
        cookie_name(services), language, max_age=_A_YEAR, path="/", secure=services.secure, httponly=True, samesite="strict"
    )


def seat(request: Request, officer: Officer) -> None:
    """Remember for this request who is signed in, so that every page of it, also one about an error, is in their language."""
    request.state.officer = officer


def texts_for(request: Request) -> Texts:
    """Find the texts of the language that this reader's page is in."""
    services: Services = request.app.state.services
    officer: Officer | None = getattr(request.state, "officer", None)
    wanted = (
        (request.cookies.get(cookie_name(services), ""),),
        officer.languages if officer is not None else (),
        tuple(_asked_for(request.headers.get("accept-language", ""))),
    )
    found = next((fitting for each in wanted if (fitting := services.texts.fitting(each)) is not None), SOURCE)
    return services.texts.of(found)


def _asked_for(header: str) -> Iterator[str]:
    """Read an Accept-Language header (RFC 9110, 12.5.4), the most wanted language first; what cannot be read is left out."""
    found: list[tuple[float, str]] = []
    for part in header[:_LONGEST_HEADER].split(","):
        tag, _, weight = part.partition(";")
        try:
            found.append((float(weight.strip().removeprefix("q=") or 1), tag.strip()))
        except ValueError:
            continue
    yield from (tag for weight, tag in sorted(found, key=lambda each: -each[0]) if weight > 0)
