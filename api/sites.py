"""REST: the programme's sites, suppliers, companies and people, as far as the caller's company works with them."""

from collections.abc import Iterable

from fastapi import APIRouter

from api.deps import Services
from api.guard import CaseReader, House, programme_in_force
from api.sessions import Caller
from api.shapes import CompanyOut, OfficerOut, SiteOut, SupplierOut
from cases.model import Place, Programme

ROUTER = APIRouter(prefix="/api/v1", tags=["programme"])


def _programme(house: Services) -> Programme:
    with house.database.read() as connection:
        return programme_in_force(connection)


def _places(programme: Programme, caller: Caller) -> Iterable[Place]:
    """Whom a company buys from is its own affair (ASVS 8.4.1): only an admin of the programme sees every site."""
    everything = "admin" in caller.scopes
    return (place for place in programme.places.values() if everything or caller.officer.company_id in place.buyers)


@ROUTER.get("/sites")
def sites(house: House, caller: CaseReader) -> tuple[SiteOut, ...]:
    """List the sites your company buys from, and the areas beside them."""
    return tuple(SiteOut.model_validate(place) for place in _places(_programme(house), caller))


@ROUTER.get("/suppliers")
def suppliers(house: House, caller: CaseReader) -> tuple[SupplierOut, ...]:
    """List the suppliers of those sites."""
    programme = _programme(house)
    mine = {place.supplier_id for place in _places(programme, caller)}
    everything = "admin" in caller.scopes
    return tuple(SupplierOut.model_validate(each) for each in programme.suppliers.values() if everything or each.id in mine)


@ROUTER.get("/companies")
def companies(house: House, caller: CaseReader) -> tuple[CompanyOut, ...]:
    """List the buying companies: your own, or all for an admin of the programme."""
    known = _programme(house).companies.values()
    return tuple(CompanyOut.model_validate(each) for each in known if "admin" in caller.scopes or each.id == caller.officer.company_id)


@ROUTER.get("/officers")
def officers(house: House, caller: CaseReader) -> tuple[OfficerOut, ...]:
    """List who signs in: your own colleagues, or everybody for an admin of the programme."""
    known = _programme(house).officers.values()
    mine = caller.officer.company_id
    return tuple(OfficerOut.model_validate(each) for each in known if "admin" in caller.scopes or each.company_id == mine)
