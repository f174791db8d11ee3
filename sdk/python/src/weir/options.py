"""How a target runs: retries, cache, limits. Written in Python's terms here, made into those of the protocol."""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass
from typing import Any, Callable, Dict, Iterable, List, Mapping, Optional, Sequence, Union

from .checks import check_text, check_whole
from .errors import WeirError
from .limits import LIMITS

#: Seconds, or a timedelta.
Duration = Union[int, float, datetime.timedelta]

_TAG = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*(=[A-Za-z0-9._:/-]+)?\Z")


@dataclass(frozen=True)
class Retries:
    """Further attempts after a failure.

    Attributes:
        limit: How many after the first attempt; None for as many as it takes.
        min_delay: Wait before the first of them, seconds.
        max_delay: Wait before the last of them, seconds; the same as min_delay when None.
        backoff: `linear`, from the shortest wait to the longest over the limit, or `random`, anything between them.
        when: Called with the error; false means no further attempt.
    """

    limit: Optional[int] = None
    min_delay: Duration = 1
    max_delay: Optional[Duration] = None
    backoff: str = "linear"
    when: Optional[Callable[[BaseException], bool]] = None


@dataclass(frozen=True)
class Cache:
    """Use the result of an earlier execution, in any run of the workspace or of those above it.

    Attributes:
        max_age: How old a result may be, seconds; None for any age.
        namespace: Targets that share one share results; the target itself when None.
        version: Change it to make older results unusable.
        params: Names of the parameters that count; all when None.
        code: Whether an edit of the code makes older results unusable.
    """

    max_age: Optional[Duration] = None
    namespace: Optional[str] = None
    version: Optional[str] = None
    params: Optional[Sequence[str]] = None
    code: bool = True


@dataclass(frozen=True)
class Defer:
    """Wait before it begins; when another call with the same key comes meanwhile, that one runs and this one follows it.

    Attributes:
        delay: Seconds.
        params: Names of the parameters that make the key; all when None.
    """

    delay: Duration
    params: Optional[Sequence[str]] = None


@dataclass(frozen=True)
class Concurrency:
    """At most so many run at once, in all runs of the project.

    Attributes:
        limit: How many.
        params: Calls with the same values of these share the limit; one limit for all when None.
        key: Name of the limit; the target itself when None.
    """

    limit: int
    params: Optional[Sequence[str]] = None
    key: Optional[str] = None


def milliseconds(value: Duration, name: str) -> int:
    """A duration as whole milliseconds. Raises WeirError when it is none, or negative."""
    if isinstance(value, datetime.timedelta):
        seconds = value.total_seconds()
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        seconds = float(value)
    else:
        raise WeirError(f"{name} is {value!r}.", "A duration is a number of seconds, or a timedelta.")
    if not 0 <= seconds < 1e11:
        raise WeirError(f"{name} is {value!r}.", "A duration is not negative, and finite.")
    return round(seconds * 1000)


def encode_options(options: Mapping[str, Any]) -> Dict[str, Any]:
    """Options as `TargetOptions` of the protocol.

    Args:
        options: As they were given to a decorator or to `.options(…)`; None leaves one out.

    Raises:
        WeirError: One of them has a value that it cannot have.
    """
    out: Dict[str, Any] = {}
    for name, value in options.items():
        if value is None or value is False:
            continue
        rule = _RULES.get(name)
        if rule is None:
            raise WeirError(f"There is no option {name}.", f"There are: {', '.join(_RULES)}.")
        rule(out, value)
    return out


def check_parameters(options: Mapping[str, Any], names: Sequence[str], target: str) -> None:
    """Raises WeirError when an option names a parameter that the function does not have."""
    for option in ("cache", "memo", "defer", "concurrency"):
        for name in (options.get(option) or {}).get("parameters", ()):
            if name not in names:
                raise WeirError(
                    f"{target}: {option} names the parameter {name}, which the function does not have.",
                    f"It has: {', '.join(names) or 'none'}.",
                )


def _retries(out: Dict[str, Any], value: Any) -> None:
    rule = value if isinstance(value, Retries) else Retries(limit=check_whole(value, "retries", 0))
    if rule.backoff not in ("linear", "random"):
        raise WeirError(f"retries: backoff is {rule.backoff!r}.", "It is linear or random.")
    entry: Dict[str, Any] = {
        "limit": None if rule.limit is None else check_whole(rule.limit, "retries: limit", 0),
        "minDelayMs": milliseconds(rule.min_delay, "retries: min_delay"),
        "backoff": rule.backoff,
    }
    if rule.max_delay is not None:
        entry["maxDelayMs"] = milliseconds(rule.max_delay, "retries: max_delay")
    out["retries"] = entry


def _cache(out: Dict[str, Any], value: Any) -> None:
    rule = value if isinstance(value, Cache) else _true(value, "cache", Cache)
    if not isinstance(rule.code, bool):
        raise WeirError(f"cache: code is {rule.code!r}.", "It is True or False.")
    entry: Dict[str, Any] = {"code": rule.code}
    if rule.params is not None:
        entry["parameters"] = _names(rule.params, "cache: params")
    if rule.max_age is not None:
        entry["maxAgeMs"] = milliseconds(rule.max_age, "cache: max_age")
    if rule.namespace is not None:
        entry["namespace"] = check_text(rule.namespace, "cache: namespace", "cacheNamespace")
    if rule.version is not None:
        entry["version"] = check_text(str(rule.version), "cache: version", "cacheVersion")
    out["cache"] = entry


def _memo(out: Dict[str, Any], value: Any) -> None:
    out["memo"] = {} if value is True else {"parameters": _names(value, "memo")}


def _timeout(out: Dict[str, Any], value: Any) -> None:
    out["timeoutMs"] = max(1, milliseconds(value, "timeout"))


def _delay(out: Dict[str, Any], value: Any) -> None:
    out["delayMs"] = milliseconds(value, "delay")


def _defer(out: Dict[str, Any], value: Any) -> None:
    rule = value if isinstance(value, Defer) else Defer(value)
    entry: Dict[str, Any] = {"delayMs": milliseconds(rule.delay, "defer: delay")}
    if rule.params is not None:
        entry["parameters"] = _names(rule.params, "defer: params")
    out["defer"] = entry


def _recurrent(out: Dict[str, Any], value: Any) -> None:
    out["recurrent"] = {"delayMs": 0 if value is True else milliseconds(value, "recurrent")}


def _requires(out: Dict[str, Any], value: Any) -> None:
    tags = _names(value, "requires", "tag", "tags")
    for tag in tags:
        if _TAG.match(tag) is None:
            raise WeirError(f"requires: {tag!r} is no tag.", "A tag looks like gpu or region=eu.")
    out["requires"] = tags


def _priority(out: Dict[str, Any], value: Any) -> None:
    out["priority"] = check_whole(value, "priority", -LIMITS["priority"], LIMITS["priority"])


def _concurrency(out: Dict[str, Any], value: Any) -> None:
    rule = value if isinstance(value, Concurrency) else Concurrency(value)
    entry: Dict[str, Any] = {"limit": check_whole(rule.limit, "concurrency: limit", 1)}
    if rule.params is not None:
        entry["parameters"] = _names(rule.params, "concurrency: params")
    if rule.key is not None:
        entry["key"] = check_text(rule.key, "concurrency: key", "concurrencyKey")
    out["concurrency"] = entry


def _isolation(out: Dict[str, Any], value: Any) -> None:
    if value not in ("process", "shared"):
        raise WeirError(f"isolation is {value!r}.", "It is process or shared.")
    out["isolation"] = value


_RULES: Dict[str, Callable[[Dict[str, Any], Any], None]] = {
    "retries": _retries,
    "timeout": _timeout,
    "cache": _cache,
    "memo": _memo,
    "defer": _defer,
    "delay": _delay,
    "recurrent": _recurrent,
    "requires": _requires,
    "priority": _priority,
    "concurrency": _concurrency,
    "isolation": _isolation,
}


def _true(value: Any, name: str, made: Callable[[], Any]) -> Any:
    if value is not True:
        raise WeirError(f"{name} is {value!r}.", f"It is True, or weir.{made.__name__}(…).")
    return made()


def _names(value: Any, name: str, limit: str = "parameter", most: str = "parameters") -> List[str]:
    if isinstance(value, str) or not isinstance(value, Iterable):
        raise WeirError(f"{name} is {value!r}.", "It is a list of names.")
    names = [check_text(item, name, limit) for item in value]
    if len(names) > LIMITS[most]:
        raise WeirError(f"{name} has {len(names)} names.", f"It may have {LIMITS[most]}.")
    return names
