"""The reference page of the flow format, made from the code: nodes with their own examples, fields, texts, languages and checks."""

import inspect
import re
import textwrap
from collections.abc import Iterable, Mapping
from typing import Any, Final

from pydantic import BaseModel

from flows.check import EVERY_CHECK
from flows.checks.reading import REASONS
from flows.match import BEGINNING_MIN, OFFER_DIGITS
from flows.model import LANGUAGE, NODES_MAX, Accepted, FlowFile, Overlay
from flows.nodes import KINDS
from flows.nodes.base import Option, Spoken
from flows.template import FACTS
from flows.template import __doc__ as about_texts
from flows.wording import CHANNELS, Label, PerChannel, Words
from flows.yaml_text import DEPTH_MAX, LETTERS_MAX, PIECES_MAX

EXAMPLE: Final = """\
# yaml-language-server: $schema=../flow.schema.json
flow: tea
language: en
about: Asks what somebody drinks, and where.
nodes:
  tea:
    kind: choose
    text: "Do you want tea? {options}. 0 = a person 7 = language 9 = hide"
    options:
      hot: {text: Hot tea, also: [warm], go: where}
      cold: {text: Iced tea, go: where}
  where:
    kind: ask
    text: "Where do you drink it?"
    go: keep
  keep:
    kind: open_case
    go: thanks
  thanks: {kind: say, text: "Saved.[code: Your code: {code}.]"}
"""
OVERLAY: Final = """\
# yaml-language-server: $schema=../overlay.schema.json
flow: tea
language: nl
nodes:
  tea:
    text: "Wil je thee? {options}. 0 = een mens 7 = taal 9 = verberg"
    options:
      hot: {text: Hete thee, also: [warm]}
      cold: IJsthee
  where: {text: "Waar drink je die?"}
  thanks: {text: "Bewaard.[code: Je code: {code}.]"}
"""
_HEAD: Final = """\
# The flow format

Made from the code by `python -m flows.papers`; what stands here is what the code does. Change the code, not this page.

A flow is one file, `NAME.yaml`, in its source language, and beside it one file a language, `NAME.nl.yaml`. It reads as a dialogue:

```yaml
{example}```

Every scalar is text: `no`, `on`, `1` and `19:30` stay as they are written. The first node is where the talk begins. A file has at most
{nodes} nodes, {letters} letters, {pieces} pieces (an alias counts each time) and {depth} levels. A mistake refuses the file whole, with a
list of all of them: file, line, place, what is wrong and the mend.

**Editors.** `flows/flow.schema.json` and `flows/overlay.schema.json` are JSON Schemas of these files. With the first line of the examples
on this page, an editor with a YAML language server completes keys, shows what they mean, and underlines what is wrong while you write.

**Commands.** `weerklank flows check PATH...` finds everything below under *Checks*; `flows cost` tells what texts cost; `flows test` runs
transcripts; `flows texts` takes texts to translators and back.
"""
_OWN: Final = """\
Every node that speaks has the keys below. It may say something else on a channel: under {channels} stand `text`, `again`, `offers` and
`options` as they hold there, and what is absent is taken from the node. Another channel takes the words of the one it is like (a gateway
for text messages those of `sms`)."""
_FOUND: Final = """\
An answer is an id. It is found by a tap on its button; by its digit in any script; by its words (`text`, `button`, `also`) whatever their
case, accents, spaces and form; and by a beginning of them, {letters} letters or a whole word of two. Words that could mean two answers are
kept, and the question is put again with those two. Open everywhere: {outs}."""
_CHECKED: Final = """\
An *error* refuses the flow (exit code 1). A *warning* should be mended, or let stand with a reason (`accepted`). A *note* is good to know.
With `--format json` a finding is an object of `file`, `line`, `node`, `where`, `code`, `severity`, `what`, `reason`, `mend`, `language`,
`channel` and `accepted`; the number `format` (1) changes when one of these does. `--format github` writes the annotations of a pull
request."""
# What stands in a pattern, in words.
_SHAPES: Final[Mapping[str, str]] = {
    r"^[a-z][a-z0-9_]{0,39}$": "an id: `a-z`, `0-9` and `_`, at most 40, a letter first",
    r"^[a-z][a-z0-9-]{0,39}$": "a name: `a-z`, `0-9` and `-`, at most 40, a letter first",
    LANGUAGE: "a language tag, such as `bn` or `es-PE`",
    r"^[0-9]$": "one digit",
}


def page() -> str:
    """The whole page."""
    parts = (_head(), _file(), _texts(), _answers(), _nodes(), _languages(), _checks())
    return "\n".join(parts)


def example(kind: type[BaseModel]) -> str:
    """The example in a node's own description, as it stands in a file."""
    return textwrap.dedent(_cut(kind)[1])


def _head() -> str:
    return _HEAD.format(example=EXAMPLE, nodes=NODES_MAX, letters=f"{LETTERS_MAX:,}", pieces=f"{PIECES_MAX:,}", depth=DEPTH_MAX)


def _file() -> str:
    return (
        f"## The file\n\n{_about(FlowFile)}\n\n{_fields(FlowFile)}\n\nAn entry of `accepted`: {_about(Accepted)}\n\n{_fields(Accepted)}\n"
    )


def _texts() -> str:
    facts = _table(("fact", "is"), ((f"`{name}`", what) for name, what in FACTS.items()))
    about = inspect.cleandoc(about_texts or "")
    channels = ", ".join(f"`{channel}`" for channel in CHANNELS)
    return f"## Texts\n\n{about}\n\n{_OWN.format(channels=channels)}\n\n{_fields(PerChannel)}\n\n{facts}\n"


def _answers() -> str:
    outs = ", ".join(f"{digit} `{command}`" for command, digit in OFFER_DIGITS.items())
    return f"## Answers\n\n{_FOUND.format(letters=BEGINNING_MIN, outs=outs)}\n\n{_fields(Option)}\n"


def _nodes() -> str:
    return "## Nodes\n\n" + "\n".join(_node(name, kind) for name, kind in sorted(KINDS.items()))


def _node(name: str, kind: type[BaseModel]) -> str:
    speaks = "It speaks: its texts are as under *Texts*.\n\n" if issubclass(kind, Spoken) else ""
    own = _fields(kind, but=PerChannel.model_fields if speaks else ())
    return f"### `{name}`\n\n{_cut(kind)[0]}\n\n```yaml\n{example(kind)}\n```\n\n{speaks}{own}\n"


def _languages() -> str:
    shorthand = f"An answer may be written as its bare text. {_about(Label)}"
    head = f"## Languages\n\n{_about(Overlay)} Only what is said is written again; the shape of the flow is not.\n\n```yaml\n{OVERLAY}```\n"
    return f"{head}\n{_fields(Overlay)}\n\n{_about(Words)} {shorthand}\n\n{_fields(Words)}\n"


def _checks() -> str:
    known = sorted(EVERY_CHECK, key=lambda each: each.code)
    rows = ((f"`{each.code}`", each.severity, each.about, each.reason, each.mend) for each in known)
    every = _table(("code", "is", "finds", "because", "mend"), rows)
    unread = _table(("code", "because"), ((f"`{code}`", why) for code, why in sorted(REASONS.items())))
    return f"## Checks\n\n{_CHECKED}\n\n{every}\n\nWhat keeps a flow from being read at all is an error too:\n\n{unread}\n"


def _about(model: type[BaseModel]) -> str:
    return " ".join(_cut(model)[0].split())


def _cut(model: type[BaseModel]) -> tuple[str, str]:
    """A description, and the example at its end."""
    whole = inspect.getdoc(model) or ""
    found = re.search(r"\n\n( *[a-z_]+:\n.*)\Z", whole, re.DOTALL)
    return (whole[: found.start()], found[1]) if found else (whole, "")


def _fields(model: type[BaseModel], but: Iterable[str] = ()) -> str:
    schema = model.model_json_schema()
    needed = schema.get("required", [])
    parts = {name: part for name, part in schema["properties"].items() if name not in but}
    rows = ((f"`{name}`", _type(part), "yes" if name in needed else "") for name, part in parts.items())
    return _table(("key", "is", "must"), rows)


def _type(part: Mapping[str, Any]) -> str:
    """What may stand there, in words."""
    if "$ref" in part:
        name = str(part["$ref"]).rpartition("/")[2].lower()
        return f"{'an' if name[0] in 'aeiou' else 'a'} {name}"
    if "anyOf" in part:
        return _type(next(each for each in part["anyOf"] if each.get("type") != "null"))
    if "const" in part or "enum" in part:
        return " or ".join(f"`{each}`" for each in part.get("enum", [part.get("const")]))
    return _plain(part)


def _plain(part: Mapping[str, Any]) -> str:
    match part.get("type"):
        case "array":
            return f"a list, each {_type(part.get('items', {}))}"
        case "object":
            inner = next(iter(part.get("patternProperties", {}).values()), part.get("additionalProperties", {}))
            keys = part.get("propertyNames", {}).get("enum")
            named = f" under {', '.join(f'`{key}`' for key in keys)}" if keys else " by name"
            return f"{_type(inner)} each,{named}" if "oneOf" not in inner else "the nodes, by name"
        case "boolean":
            return "`true` or `false`"
        case _:
            most = f", at most {part['maxLength']} letters" if "maxLength" in part else ""
            pattern = str(part.get("pattern", ""))
            return _SHAPES.get(pattern, f"a text like `{pattern}`") if pattern else f"a text{most}"


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *(tuple(cell.replace("|", "\\|") for cell in row) for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
