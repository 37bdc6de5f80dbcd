"""Whether we live, whether we can work, and figures for those who watch; figures are not public (ASVS 13.4.5)."""

import ipaddress

from fastapi import APIRouter, Request, Response

from api.errors import NotAllowed
from api.guard import House, find_caller

ROUTER = APIRouter(include_in_schema=False)
_FORWARDED = ("forwarded", "x-forwarded-for", "x-real-ip")


@ROUTER.get("/healthz")
def alive() -> dict[str, str]:
    """Say that the process answers."""
    return {"status": "alive"}


@ROUTER.get("/readyz")
def ready(house: House, response: Response) -> dict[str, object]:
    """Say whether work can be done, and which part cannot."""
    report = house.readiness()
    response.status_code = 200 if report.ready else 503
    return {"status": "ready" if report.ready else "not ready", "parts": dict(report.parts)}


@ROUTER.get("/metrics")
def metrics(request: Request, house: House) -> Response:
    """Give Prometheus its figures: to this machine itself, or to an admin's session or token. Raises NotAllowed."""
    if not _is_local(request):
        caller = find_caller(request)
        if caller is None or "admin" not in caller.scopes:
            raise NotAllowed
    return Response(house.metrics_text(), media_type="text/plain; version=0.0.4; charset=utf-8")


def _is_local(request: Request) -> bool:
    """Whether the caller is on this machine itself. What a proxy passes on comes from loopback too, so a forwarded request is not local."""
    if request.client is None or any(name in request.headers for name in _FORWARDED):
        return False
    try:
        return ipaddress.ip_address(request.client.host).is_loopback
    except ValueError:
        return False
