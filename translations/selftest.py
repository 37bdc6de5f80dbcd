"""What a package has to show before it is taken: that it says something, and which marks it carries through unharmed.

Whether `[[1]]` or `XQ1X` comes out as it went in is a matter of each model's vocabulary; of some forms not one survives. So each is tried,
in sentences of the kind it will stand in.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from translations.base import Rendered

TEMPLATES: Final = ("[[{n}]]", "[{n}]", "XQ{n}X", "K{n}K", "({n})")
"""Forms of a placeholder, the least likely to stand in a message first."""

_ENOUGH = 0.8
"""The share of its tries that a form has to survive; what is lost at times is found by the check after every translation."""

_CARRIERS: Final = {
    "ar": ("أعمل في {a} منذ {b}.", "لم يدفعوا لي {a}، الرقم هو {b}."),
    "bn": ("আমি {a} থেকে {b} এ কাজ করি।", "আমাকে {a} টাকা দেয়নি, নম্বর {b}।"),
    "de": ("Ich arbeite seit {b} bei {a}.", "Sie haben mir {a} nicht bezahlt, die Nummer ist {b}."),
    "en": ("I have worked at {a} since {b}.", "They did not pay me {a}, the number is {b}."),
    "es": ("Trabajo en {a} desde {b}.", "No me pagaron {a}, el número es {b}."),
    "fr": ("Je travaille à {a} depuis {b}.", "On ne m'a pas payé {a}, le numéro est {b}."),
    "hi": ("मैं {b} से {a} में काम करता हूँ।", "मुझे {a} नहीं दिए गए, नंबर {b} है।"),
    "id": ("Saya bekerja di {a} sejak {b}.", "Mereka tidak membayar saya {a}, nomornya {b}."),
    "ms": ("Saya bekerja di {a} sejak {b}.", "Mereka tidak membayar saya {a}, nombornya {b}."),
    "nl": ("Ik werk bij {a} sinds {b}.", "Ze hebben mij {a} niet betaald, het nummer is {b}."),
    "pt": ("Trabalho em {a} desde {b}.", "Não me pagaram {a}, o número é {b}."),
    "th": ("ฉันทำงานที่ {a} ตั้งแต่ {b}", "พวกเขาไม่จ่าย {a} ให้ฉัน หมายเลขคือ {b}"),
    "tl": ("Nagtatrabaho ako sa {a} mula {b}.", "Hindi nila ako binayaran ng {a}, ang numero ay {b}."),
    "tr": ("{b} tarihinden beri {a} için çalışıyorum.", "Bana {a} ödemediler, numara {b}."),
    "ur": ("میں {b} سے {a} میں کام کرتا ہوں۔", "انہوں نے مجھے {a} نہیں دیے، نمبر {b} ہے۔"),
    "zh": ("我从{b}开始在{a}工作。", "他们没有付给我{a}，号码是{b}。"),
}
_ANY: Final = ("{a}, {b}.", "{a}: {b}")


class Renders(Protocol):
    """Anything that carries sentences over."""

    def render(self, sentences: Sequence[str]) -> list[Rendered]:
        """Carry sentences over, one result each, in order."""
        ...


@dataclass(frozen=True, slots=True)
class Shown:
    """What a model showed: whether it says anything at all, and the forms of placeholders it keeps, best first."""

    speaks: bool
    placeholders: tuple[str, ...]


def examine(model: Renders, source: str) -> Shown:
    """Let a model translate a few sentences with every form of placeholder in them; one batch, whose words are ours alone."""
    carriers = _CARRIERS.get(source, _ANY)
    tries = [
        (template, marks, carrier.format(a=marks[0], b=marks[1]))
        for template in TEMPLATES
        for carrier in carriers
        for marks in ((template.format(n=1), template.format(n=2)), (template.format(n=7), template.format(n=12)))
    ]
    said = model.render([sentence for _, _, sentence in tries])
    kept: dict[str, list[bool]] = {template: [] for template in TEMPLATES}
    for (template, marks, _), rendered in zip(tries, said, strict=True):
        kept[template] += [rendered.text.count(mark) == 1 for mark in marks]
    shares = {template: sum(each) / len(each) for template, each in kept.items()}
    best = sorted((template for template in TEMPLATES if shares[template] >= _ENOUGH), key=lambda template: -shares[template])
    return Shown(any(rendered.text for rendered in said), tuple(best))
