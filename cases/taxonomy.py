"""What a concern can be about: groups in a worker's words, finer codes for an officer, and how grave each is by itself.

The grouping follows the eleven indicators of forced labour (ILO), the ETI base code, amfori BSCI and Fair Wear; `scale` follows UNGP 14:
one of scale, scope or irremediability is enough to make an impact severe.
"""

from collections.abc import Iterable
from types import MappingProxyType
from typing import Final

# Each group: how grave it is when nothing finer is known, its name on the desk, and its codes with how grave each is
# (1 comfort, 2 benefits, 3 wages, 4 injury or punishment, 5 life, limb, or freedom).
_GROUPS: Final[dict[str, tuple[int, str, str]]] = {
    "wages": (
        3,
        "Wages",
        "unpaid:3 late:3 below_minimum:3 overtime_unpaid:3 illegal_deduction:3 benefits_social_security:2 severance:3 payslip_records:2",
    ),
    "hours": (3, "Working hours", "excessive_overtime:3 forced_overtime:4 no_rest_day:3 breaks_toilet:2 leave_denied:2"),
    "safety": (
        3,
        "Safety and health",
        """fire_exit:5 building_structure:5 boiler_electrical:5 machine:4 chemical:4 ppe:3 heat_ventilation:3 injury_untreated:4
        water_sanitation:3 transport:3""",
    ),
    "harassment": (4, "Violence and harassment", "verbal:3 physical:4 sexual:5 threat:4"),
    "forced_labour": (
        5,
        "Not free to leave",
        """document_retention:5 debt_bondage:4 movement_restriction:5 deception:4 isolation:4 threat_denunciation:4 cannot_resign:4
        prison_or_state:5""",
    ),
    "recruitment": (3, "Recruitment", "fees:3 contract_substitution:3 agent_abuse:4"),
    "child": (5, "Children", "under_age:5 hazardous_work:5 night_work:5"),
    "discrimination": (
        3,
        "Discrimination",
        "gender:3 pregnancy_maternity:4 migrant_nationality:3 religion_caste:3 disability_health:3 age:3 union:3",
    ),
    "foa": (3, "Union and committee", "union_dismissal:4 blacklist:4 no_committee:2 bargaining_refused:3 strike_repression:4"),
    "employment": (
        3,
        "Contract and dismissal",
        "no_contract:3 unfair_dismissal:3 forced_resignation:3 unauthorised_subcontracting:3 closure:3",
    ),
    "housing": (3, "Housing", "overcrowded:2 unsafe:4 food_water:3 curfew:4 tied_eviction:4"),
    "welfare": (2, "Welfare", "childcare:2 sick_leave:3 canteen:1 mental_health:3"),
    "community": (
        3,
        "Neighbours of the site",
        """land:4 water:4 air_noise:3 waste_chemicals:4 security_forces:5 livelihood_compensation:3 indigenous_fpic:4 resettlement:4
        traffic_damage:3 cultural_sites:3 defender_threat:5""",
    ),
    "ethics": (2, "Ethics", "bribery:2 falsified_records:3 audit_coaching:2"),
    "retaliation": (4, "Punished for speaking", "dismissal:4 threat:4 reassignment:4 identity_hunt:4 blacklist:4"),
    "mechanism": (2, "About this line", "no_reply:2 privacy:4 wrong_translation:2 appeal:2"),
    "other": (2, "Something else", "test_greeting:1 rights_question:1 suggestion:1 praise:1 not_understood:2 out_of_scope:1"),
}


def _scales() -> dict[str, int]:
    found: dict[str, int] = {}
    for group, (scale, _, codes) in _GROUPS.items():
        found[group] = scale
        for code in codes.split():
            name, _, own = code.partition(":")
            found[f"{group}.{name}"] = int(own)
    return found


SCALES = MappingProxyType(_scales())
GROUPS = tuple(_GROUPS)
OTHER = "other"


def known(code: str) -> str:
    """Give a group or code of this list; anything else is kept as `other`, so that a slip never makes a concern vanish."""
    return code if code in SCALES else OTHER


def label(code: str) -> str:
    """Name a group or code for the desk, as in `Wages: overtime unpaid`."""
    group, _, fine = known(code).partition(".")
    name = _GROUPS[group][1]
    return f"{name}: {fine.replace('_', ' ')}" if fine else name


def scale(codes: Iterable[str]) -> int:
    """Say how grave the gravest of some codes is, 1 to 5; 0 for none."""
    return max((SCALES[known(code)] for code in codes), default=0)
