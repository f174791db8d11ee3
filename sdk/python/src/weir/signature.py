"""Parameters of a target: arguments on their way out by position, and back in made to fit."""

from __future__ import annotations

import inspect
from typing import Any, Callable, Dict, List, Mapping, Optional, Sequence, Tuple

from .coerce import apply, converter
from .coerce_classes import Converter, hints_of
from .errors import ArgumentError

_POSITIONAL = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)


class Signature:
    """Parameters of a target in the order of the protocol: positional, keyword-only, `*args`, `**kwargs`."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self.signature = inspect.signature(function)
        every = list(self.signature.parameters.values())
        self.fixed = [p for p in every if p.kind in _POSITIONAL]
        self.fixed += [p for p in every if p.kind is inspect.Parameter.KEYWORD_ONLY]
        self.variadic = next((p for p in every if p.kind is inspect.Parameter.VAR_POSITIONAL), None)
        self.named = next((p for p in every if p.kind is inspect.Parameter.VAR_KEYWORD), None)
        self.ordered = self.fixed + [p for p in (self.variadic, self.named) if p is not None]
        self._is_plain = self.variadic is None and all(p.kind in _POSITIONAL for p in self.fixed)
        self._function = function
        self._converters: Optional[Dict[str, Optional[Converter]]] = None

    @property
    def hints(self) -> Dict[str, Any]:
        """Resolved annotations; what cannot be resolved is left out."""
        return hints_of(self._function)

    def split(self, args: Tuple[Any, ...], kwargs: Mapping[str, Any]) -> Tuple[List[Any], Dict[str, Any]]:
        """Arguments of a call as `args` by position and `named`. Raises TypeError as the function itself would."""
        bound = self.signature.bind(*args, **kwargs).arguments
        places = [bound.get(p.name, ABSENT) for p in self.fixed]
        rest = list(bound.get(self.variadic.name, ())) if self.variadic is not None else []
        if not rest:
            while places and places[-1] is ABSENT:
                places.pop()
        return places + rest, dict(bound.get(self.named.name, {})) if self.named is not None else {}

    def join(self, args: Sequence[Any], named: Mapping[str, Any]) -> Tuple[List[Any], Dict[str, Any]]:
        """Arguments for the function from what came, made to fit the types. Raises ArgumentError naming the parameter."""
        converters = self._made_converters()
        is_full = len(args) == len(self.fixed) and not named and all(value is not ABSENT for value in args)
        if self._is_plain and is_full:  # the usual call, without further looks
            return [apply(converters[p.name], value, p.name) for p, value in zip(self.fixed, args)], {}
        return self._join_slowly(args, dict(named), converters)

    def _join_slowly(
        self, args: Sequence[Any], named: Dict[str, Any], converters: Mapping[str, Optional[Converter]]
    ) -> Tuple[List[Any], Dict[str, Any]]:
        values: Dict[str, Any] = {}
        for index, parameter in enumerate(self.fixed):
            value = args[index] if index < len(args) else ABSENT
            if parameter.name in named and parameter.kind is not inspect.Parameter.POSITIONAL_ONLY:
                if value is not ABSENT:
                    raise ArgumentError(f"The argument {parameter.name} came twice: by position and by name.")
                value = named.pop(parameter.name)
            if value is not ABSENT:
                values[parameter.name] = apply(converters[parameter.name], value, parameter.name)
            elif parameter.default is inspect.Parameter.empty:
                raise ArgumentError(f"The argument {parameter.name} is missing.")
        rest = list(args[len(self.fixed) :])
        if rest and self.variadic is None:
            raise ArgumentError(f"{len(args)} arguments came, and there are {len(self.fixed)} parameters.")
        if named and self.named is None:
            raise ArgumentError(f"There is no parameter {', '.join(named)}.")
        return self._laid_out(values, rest, named, converters)

    def _laid_out(
        self, values: Dict[str, Any], rest: List[Any], named: Dict[str, Any], converters: Mapping[str, Optional[Converter]]
    ) -> Tuple[List[Any], Dict[str, Any]]:
        before: List[Any] = []
        keywords: Dict[str, Any] = {}
        gap = False
        for parameter in self.fixed:
            given = parameter.name in values
            by_place = parameter.kind is inspect.Parameter.POSITIONAL_ONLY or (rest and parameter.kind in _POSITIONAL)
            if by_place and (given or rest) and not gap:
                before.append(values[parameter.name] if given else parameter.default)
            elif given:
                keywords[parameter.name] = values[parameter.name]
            else:
                gap = parameter.kind is inspect.Parameter.POSITIONAL_ONLY
        if self.variadic is not None:
            one = converters[self.variadic.name]
            before += [apply(one, value, f"{self.variadic.name}[{index}]") for index, value in enumerate(rest)]
        if self.named is not None:
            one = converters[self.named.name]
            keywords.update({name: apply(one, value, name) for name, value in named.items()})
        return before, keywords

    def prepare(self) -> None:
        """Makes at once what the first call would make."""
        self._made_converters()

    def _made_converters(self) -> Dict[str, Optional[Converter]]:
        if self._converters is None:
            hints = self.hints
            self._converters = {p.name: _for_parameter(p, hints) for p in self.ordered}
        return self._converters


class _AbsentType:
    """Stands where an argument was left out."""

    def __repr__(self) -> str:
        return "<absent>"


ABSENT = _AbsentType()


def absent() -> Any:
    """The mark for an argument that was left out."""
    return ABSENT


def _for_parameter(parameter: inspect.Parameter, hints: Mapping[str, Any]) -> Optional[Converter]:
    convert = converter(hints.get(parameter.name, Any))
    if convert is None or parameter.default is not None:
        return convert
    # `x: int = None` means that it may be None.
    return lambda value: None if value is None else convert(value)
