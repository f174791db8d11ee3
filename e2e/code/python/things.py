"""Values, files, what is said while it runs, questions and secrets."""

import datetime
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Dict, List

import weir
from marks import mark


@dataclass
class Score:
    name: str
    at: datetime.date
    parts: List[float]


@weir.task
def echo(value: Any) -> Any:
    return value


@weir.workflow
def passes(value: Any) -> Any:
    return echo(value)


@weir.workflow
def parses(text: str) -> Any:
    return echo(json.loads(text))


@weir.task
def improves(score: Score) -> Score:
    return Score(score.name + "!", score.at, [*score.parts, 0.5])


@weir.workflow
def scores() -> Score:
    return improves(Score("first", datetime.date(2026, 11, 21), [1.25]))


@weir.task
def measures(numbers: List[int], data: bytes) -> List[int]:
    return [len(numbers), len(data), data[-1]]


@weir.workflow
def large() -> List[int]:
    return measures(list(range(200_000)), b"\x07" * 20_000_000)


@weir.task
def makes_large() -> str:
    return "x" * (65 * 1024 * 1024)


@weir.workflow
def too_large() -> None:
    makes_large()


@weir.task
def makes_odd() -> Any:
    return {"scores": [1, {"deep": lambda: 1}]}


@weir.workflow
def odd() -> None:
    makes_odd()


@weir.task
def writes(text: str) -> weir.Asset:
    Path("out").mkdir()
    Path("out", "größe.txt").write_text(text, "utf-8")
    Path("plain.txt").write_text("plain", "utf-8")
    return weir.asset("out", "plain.txt", name="files")


@weir.task
def reads(files: weir.Asset) -> str:
    files.restore("back")
    return Path("back", "out", "größe.txt").read_text("utf-8")


@weir.workflow
def files(text: str) -> List[Any]:
    made = writes(text)
    return [made, reads(made)]


@weir.task
def leaves(n: int) -> weir.Asset:
    Path("part.txt").write_text(str(n), "utf-8")
    return weir.asset("part.txt", name=f"part-{n}")


@weir.task
def numbered(n: int, part: weir.Asset) -> List[Any]:
    return [weir.context().step, n, part.read_text("part.txt")]


@weir.workflow
def many_files(n: int) -> List[Any]:
    parts = weir.gather(leaves.submit(x) for x in range(n))
    return weir.gather(numbered.submit(x, part) for x, part in enumerate(parts))


@weir.workflow
def listing(given: weir.Asset) -> List[List[str]]:
    return [[file.path, given.read_text(file.path)] for file in given.files]


@weir.task
def blob_size(body: weir.Blob) -> int:
    return len(body.read())


@weir.workflow
def blobs() -> List[Any]:
    body = weir.blob(b"\x00" * 100_000, "image/x-zero")
    return [body, blob_size(body)]


@weir.task
def talks() -> None:
    print("plainly")
    weir.log.warning("fold done", fold=3, name="größe")
    for epoch in range(3):
        weir.metric("loss", 1 / (epoch + 1), epoch)
    weir.progress(1, 4, "a quarter")


@weir.workflow
def says() -> None:
    talks()


@weir.workflow
def floods(lines: int) -> int:
    for i in range(lines):
        print(f"line {i}")
    return lines


@weir.workflow
def asks(name: str) -> List[Any]:
    mark(name)
    schema = {
        "type": "object",
        "properties": {"ok": {"type": "boolean"}, "why": {"type": "string", "minLength": 3}},
        "required": ["ok", "why"],
    }
    first = weir.input("Release it?", schema, key="release")
    again = weir.input("Release it, once more?", schema, key="release")
    return [first, again]


@weir.task
def spills() -> Dict[str, int]:
    token = weir.secret("token")
    print("it is", token)
    weir.log.info("in a field", token=token)
    return {"length": len(token)}


@weir.task
def spills_badly() -> None:
    raise ValueError("it is " + weir.secret("token"))


@weir.workflow
def no_secret() -> str:
    try:
        return weir.secret("nothing")
    except weir.RefusedError as error:
        return str(error)


@weir.workflow
def beyond() -> List[str]:
    calls = [
        lambda: echo.options(concurrency=weir.Concurrency(10**30)).submit(1),
        lambda: echo.options(requires=["a" * 101]).submit(1),
        lambda: weir.target("a b/c")(1),
        lambda: weir.secret("s" * 101),
        lambda: weir.input("sure?", bool, key="k" * 201),
    ]
    said = []
    for call in calls:
        try:
            call()
        except weir.WeirError as error:
            said.append(str(error))
    return said


@weir.workflow
def misspeaks() -> Any:
    # Past all checks of the SDK: as a fault of the SDK would.
    from weir.runtime import current

    runtime = current("misspeaks")
    return runtime.wait(runtime.submit({"target": "things/echo", "args": [1], "options": {"requires": ["a b"]}}))
