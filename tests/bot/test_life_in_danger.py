"""Whoever wants to die reads no code and no menu first; the code comes with the next answer, and then opens the case."""

import re

from tests.line import Line


def test_the_code_comes_with_the_next_answer_to_whoever_wants_to_die(line: Line) -> None:
    phone = line.phone()
    phone.send("77305 en")
    (first,) = phone.send("i dont want to live anymore")
    (second,) = phone.send("1")

    assert "I am glad you wrote" in first
    assert not re.search(r"\d{4} \d{4}", first)
    code = re.search(r"Your code: (\d{4} \d{4})", second)
    assert code is not None, second
    assert any("Code is right" in text for text in line.phone("whatsapp", "+447700900201").send(code[1]))
