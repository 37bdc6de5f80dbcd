"""Ready sentences: what an officer can say at once and honestly in a worker's language, before any translation is there.

Spanish, Bengali and Swahili were written with care and not yet read by native speakers: the desk says so where it shows them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from types import MappingProxyType
from zoneinfo import ZoneInfo

from words.digits import in_script

UNREAD_BY_NATIVES = frozenset({"es", "bn", "sw"})

SENTENCES: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "read": {
            "en": "I have read your words. I write again before {date}.",
            "nl": "Ik heb je woorden gelezen. Ik schrijf weer voor {date}.",
            "es": "He leído sus palabras. Le escribo de nuevo antes del {date}.",
            "bn": "আপনার কথা পড়েছি। {date} তারিখের আগে আবার লিখব।",
            "sw": "Nimesoma maneno yako. Nitakuandikia tena kabla ya {date}.",
        },
        "finding_reader": {
            "en": "Your words came in. I look for a person who reads your language. I write again before {date}.",
            "nl": "Je woorden zijn binnen. Ik zoek iemand die jouw taal leest. Ik schrijf weer voor {date}.",
            "es": "Sus palabras llegaron. Busco a una persona que lea su idioma. Le escribo de nuevo antes del {date}.",
            "bn": "আপনার কথা পেয়েছি। আপনার ভাষা পড়তে পারেন এমন একজনকে খুঁজছি। {date} তারিখের আগে আবার লিখব।",
            "sw": "Maneno yako yamefika. Natafuta mtu anayesoma lugha yako. Nitakuandikia tena kabla ya {date}.",
        },
        "safe": {
            "en": "Are you safe now? 1 Yes 2 No",
            "nl": "Ben je nu veilig? 1 Ja 2 Nee",
            "es": "¿Está a salvo ahora? 1 Sí 2 No",
            "bn": "আপনি কি এখন নিরাপদ? ১ হ্যাঁ ২ না",
            "sw": "Je, uko salama sasa? 1 Ndiyo 2 Hapana",
        },
        "more": {
            "en": "Can you write more? What happened, where and when? Do not send your name.",
            "nl": "Kun je meer schrijven? Wat gebeurde er, waar en wanneer? Stuur je naam niet.",
            "es": "¿Puede escribir más? ¿Qué pasó, dónde y cuándo? No mande su nombre.",
            "bn": "আরও লিখতে পারেন? কী হয়েছে, কোথায়, কখন? নিজের নাম পাঠাবেন না।",
            "sw": "Unaweza kuandika zaidi? Nini kilitokea, wapi na lini? Usitume jina lako.",
        },
        "may_we_talk": {
            "en": "May I talk to the factory about this? I do not say that somebody wrote. They may guess. 1 Yes 2 No",
            "nl": "Mag ik hierover met het bedrijf praten? Ik zeg niet dat iemand schreef. Ze kunnen het raden. 1 Ja 2 Nee",
            "es": "¿Puedo hablar de esto con la empresa? No digo que alguien escribió. Pueden adivinarlo. 1 Sí 2 No",
            "bn": "এ নিয়ে কারখানার সাথে কথা বলতে পারি? কেউ লিখেছে তা বলব না। তারা আন্দাজ করতে পারে। ১ হ্যাঁ ২ না",
            "sw": "Naweza kuzungumza na kampuni kuhusu hili? Sitasema kuwa mtu aliandika. Wanaweza kukisia. 1 Ndiyo 2 Hapana",
        },
        "still_working": {
            "en": "I am still working on it. I write again before {date}.",
            "nl": "Ik ben er nog mee bezig. Ik schrijf weer voor {date}.",
            "es": "Sigo trabajando en esto. Le escribo de nuevo antes del {date}.",
            "bn": "এখনও এ নিয়ে কাজ করছি। {date} তারিখের আগে আবার লিখব।",
            "sw": "Bado ninalifanyia kazi. Nitakuandikia tena kabla ya {date}.",
        },
        "solved": {
            "en": "Is it solved for you? 1 Yes 2 Partly 3 No",
            "nl": "Is het voor jou opgelost? 1 Ja 2 Deels 3 Nee",
            "es": "¿Está resuelto para usted? 1 Sí 2 En parte 3 No",
            "bn": "আপনার জন্য কি সমাধান হয়েছে? ১ হ্যাঁ ২ কিছুটা ৩ না",
            "sw": "Je, limetatuliwa kwako? 1 Ndiyo 2 Kwa kiasi 3 Hapana",
        },
    }
)


@dataclass(frozen=True, slots=True)
class Ready:
    """A sentence in a worker's language with its meaning in the desk's. `proposes`: it asks whether the matter is solved.

    `native` is False until a native speaker has read it.
    """

    id: str
    text: str
    language: str
    meaning: str
    proposes: bool
    native: bool


def sentences(language: str, desk_language: str, date: str) -> tuple[Ready, ...]:
    """List the sentences there are for a worker's language (its script aside), with a date filled in; none when the language has none."""
    base = language.partition("-")[0]
    return tuple(
        Ready(
            key,
            texts[base].replace("{date}", in_script(date, base)),
            base,
            texts.get(desk_language, texts["en"]).replace("{date}", date),
            key == "solved",
            base not in UNREAD_BY_NATIVES,
        )
        for key, texts in SENTENCES.items()
        if base in texts
    )


def day(moment: int, timezone: str) -> str:
    """Write a day as a worker reads it: day-month in digits, where the worker is."""
    return datetime.fromtimestamp(moment / 1000, UTC).astimezone(ZoneInfo(timezone)).strftime("%d-%m")
