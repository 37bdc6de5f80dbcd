"""How many models a process holds is seen by those who watch it."""

from pathlib import Path

from tests.line import Line
from translations.engine import Argos
from translations.translator import Careful
from weerklank.measures import Measures
from weerklank.wiring import Service


def test_models_are_counted_in_the_folder_and_in_memory(sqlite_url: str, tmp_path: Path, tiny_folder: Path) -> None:
    line = Line(sqlite_url, tmp_path)
    service = Service(line.settings.model_copy(update={"models_dir": tiny_folder}))
    try:
        measures, translator = Measures(service), service.translator
        assert isinstance(translator, Careful)
        assert isinstance(translator.engine, Argos)
        hops = translator.engine.hops()
        before = [measures.registry.get_sample_value(f"weerklank_models_{name}") for name in ("installed", "loaded")]
        translator.engine.warm_up(hops[:1])
        after = [measures.registry.get_sample_value(f"weerklank_models_{name}") for name in ("installed", "loaded")]
        translator.engine.close()
    finally:
        service.database.close()
        line.close()

    assert (before, after) == ([len(hops), 0], [len(hops), 1])
