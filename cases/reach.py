"""Whether workers can write back where they are: a first talk asks questions, and a question nobody can answer is worse than none."""

from typing import Final

from cases.programme_form import Form
from words.carriers import one_way

_YES: Final = ("true", "yes")
_NO: Final = ("false", "no")
_MEND: Final = (
    "Take sms out, use `http_sms` through a gateway there, or write `sms_two_way: true` under the country if your carrier hears it"
)


def check_answers_arrive(root: Form) -> None:
    """Note every place on `sms` in a country where nobody can text back over the carrier's route.

    What the programme says of its own country (`sms_two_way: true` or `false`) comes before the table of carriers.
    """
    countries = root.form("countries") if "countries" in root.fields else None
    for part in ("sites", "areas"):
        for place in root.forms(part, needed=False):
            if "sms" in place.words("channels"):
                _check_country(place, countries)


def _check_country(place: Form, countries: Form | None) -> None:
    code = place.optional("country")
    said = countries.form(code).optional("sms_two_way").lower() if countries is not None and code in countries.fields else ""
    known = one_way("sms", code)
    if said in _NO or (known is not None and said not in _YES):
        source = "the programme says so" if said in _NO or known is None else known.source
        place.wrong("channels", f"nobody can text back on sms in {code} ({source})", _MEND)
