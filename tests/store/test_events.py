"""Names of events: chance alone, carried along in one process, and forgotten."""

import asyncio
import re
import threading

from store.events import Passed, event, following, new_name, present


def test_a_name_is_sixteen_letters_of_chance_and_never_comes_twice() -> None:
    names = {new_name() for _ in range(20_000)}

    assert len(names) == 20_000
    assert [name for name in names if not re.fullmatch("[a-p]{16}", name)] == []
    assert all(len({name[place] for name in names}) == 16 for place in range(16))


def test_what_happens_inside_bears_the_names_of_all_that_is_under_way() -> None:
    with event("webhook"):
        outer = present()
        with event("turn"):
            inner = present()
        after = present()

    assert (set(outer), set(inner), after, dict(present())) == ({"webhook"}, {"webhook", "turn"}, outer, {})
    assert inner["webhook"] == outer["webhook"] != inner["turn"]


def test_the_same_event_of_the_same_person_twice_has_two_names() -> None:
    def happens() -> str:
        with event("webhook"):
            return present()["webhook"]

    assert happens() != happens()


def test_a_name_goes_along_into_a_thread_that_works_for_it_and_into_no_other() -> None:
    seen: list[str] = []
    stranger = threading.Thread(target=lambda: seen.extend(present()))

    async def work() -> tuple[str, str]:
        with event("task"):
            return present()["task"], (await asyncio.to_thread(present))["task"]

    here, there = asyncio.run(work())
    with event("turn"):
        stranger.start()
        stranger.join()

    assert here == there
    assert seen == []


def test_two_tasks_side_by_side_do_not_take_each_others_names() -> None:
    async def happens() -> tuple[str, str]:
        with event("send"):
            before = present()["send"]
            await asyncio.sleep(0)
            return before, present()["send"]

    async def both() -> tuple[tuple[str, str], tuple[str, str]]:
        return await asyncio.gather(happens(), happens())

    first, second = asyncio.run(both())
    assert first[0] == first[1] != second[0] == second[1]


def test_what_an_event_brought_is_followed_and_what_came_long_ago_is_not() -> None:
    passed = Passed()
    passed.keep(("sms", "outside of any event"))
    with event("webhook"):
        brought = present()
        passed.keep(("sms", "first"))
    for number in range(4095):
        with event("webhook"):
            passed.keep(("sms", str(number)))
    remembered = passed.of(("sms", "first"))
    with event("webhook"):
        passed.keep(("sms", "one too many"))
    with event("turn"), following(remembered):
        together = present()

    assert remembered == brought
    assert (dict(passed.of(("sms", "first"))), dict(passed.of(("sms", "outside of any event")))) == ({}, {})
    assert (together["webhook"], set(together)) == (brought["webhook"], {"webhook", "turn"})
