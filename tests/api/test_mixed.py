"""Words of several languages on the desk: which sentence is in which, by what models it came over, and what nobody has read yet."""

from cases import desk, timeline
from cases.timeline import Annotation, Sentence
from store.casekeys import load_data_key
from tests.api.town import CHIEF, Town
from tests.cases.house import KEYRING

ES, BN, MY = "No pagaron el salario.", "তিন মাস বেতন পাইনি।", "လစာ မရသေးဘူး။"
SPANISH = Sentence(ES, "Zij betaalden het loon niet.", "good", (), "es", "es-nl 1.0")
BENGALI = Sentence(BN, "Drie maanden geen loon.", "unsure", ("weak",), "bn", "bn-nl 1.0")
BURMESE = Sentence(MY, MY, "not_translated", ("unread",), "my")


def _page(town: Town, confidence: str, *sentences: Sentence, said: str | None = None) -> str:
    """The page of a case to which a worker added words, translated sentence by sentence, and of which an officer said a language."""
    town.cases.worker_writes(CHIEF, " ".join(each.source for each in sentences), town.house.clock())
    with town.cases.desk("sanne") as at:
        case = town.cases.row(at.connection, CHIEF)
        seq = max(entry.seq for entry in desk.view(at, CHIEF).entries if entry.kind == "words")
        text, models = " ".join(each.text for each in sentences), ", ".join(each.by for each in sentences if each.by)
        place = (seq, "nl", "argos", models, confidence, at.now, text)
        note = Annotation(*place, source=sentences[0].language, sentences=sentences)
        data_key = load_data_key(at.connection, KEYRING, case["id"])
        timeline.annotate(at.connection, case, data_key, note)
        if said is not None:
            timeline.annotate(at.connection, case, data_key, Annotation(seq, said, "heard", "officer:sanne", "good", at.now, ""))
    page = town.signed_in("sanne").get(f"/desk/cases/{CHIEF}").text
    return page[page.index(f'id="e{seq}"') :].partition('<li class="entry')[0]


def test_each_sentence_stands_with_its_language_and_its_models(town: Town) -> None:
    page = _page(town, "unsure", SPANISH, BENGALI)

    assert "As written, in Spanish, Bangla" in page
    assert f'<p class="said" dir="auto">{ES} {BN}</p>' in page
    assert f'Spanish (es-nl 1.0): <q lang="es" dir="ltr">{ES}</q>, <q lang="nl" dir="ltr">{SPANISH.text}</q>' in page
    assert f'Bangla (bn-nl 1.0): <q lang="bn" dir="ltr">{BN}</q>, <q lang="nl" dir="ltr">{BENGALI.text}</q>' in page
    assert "The model was not sure of its words." in page
    assert "Not translated" not in page
    assert "Not all translated" not in page


def test_a_sentence_without_a_model_is_named_and_a_person_is_asked_for_it(town: Town) -> None:
    page = _page(town, "partly", SPANISH, BURMESE)

    assert "in part: what no model here reads stands as it was written" in page
    assert "Not translated, in Burmese:" in page
    assert "No model here reads its language." in page
    assert f'Burmese: <q lang="my" dir="ltr">{MY}</q>, not translated' in page
    assert "Not all translated" in page
    assert "Keep this translation" in page


def test_what_an_officer_says_is_said_of_the_whole_message(town: Town) -> None:
    page = _page(town, "unsure", SPANISH, BENGALI, said="es")

    assert "As written, in Spanish, as a colleague says" in page
