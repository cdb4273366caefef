"""Python's literals as others write them: read without running anything, and written so that equal ones are alike."""

from __future__ import annotations

import ast
import threading
import warnings
from typing import Any, Literal

UNREADABLE = (ValueError, SyntaxError, TypeError, RecursionError, MemoryError, OverflowError)
"""What reading may raise where the text is no literal."""

# One thread at a time: warnings are switched off and on for all of them, and Python 3.11 counts the depth of what it
# parses for all of them together, so that a thread which another interrupts ends in a SystemError.
_ONE_AT_A_TIME = threading.Lock()


def parsed(text: str, mode: Literal["exec", "eval"]) -> Any:
    """The syntax tree of a text; what Python would warn of in it goes to nobody.

    Raises:
        ValueError: Or another of `UNREADABLE`: it is no Python.
    """
    with _ONE_AT_A_TIME, warnings.catch_warnings(action="ignore"):
        return ast.parse(text, mode=mode)


def literal(text: str) -> Any:
    """The value of a literal.

    Raises:
        ValueError: Or another of `UNREADABLE`: it is none.
    """
    return ast.literal_eval(parsed(text.strip(" \t"), "eval"))


def source(value: Any) -> str:
    """The source of a value as `repr` has it, but that the items of a set have one order."""
    match value:
        case set() if value:
            return f"{{{', '.join(sorted(map(source, value)))}}}"
        case list():
            return f"[{', '.join(map(source, value))}]"
        case tuple() if value:
            return f"({', '.join(map(source, value))},)"
        case dict():
            return f"{{{', '.join(f'{source(key)}: {source(item)}' for key, item in value.items())}}}"
    return repr(value)


def spelling(value: Any) -> str:
    """One text for all values that are equal as an assert has it, floating-point numbers to nine digits."""
    match value:
        case int():
            return repr(int(value))
        case float():
            return repr(int(value)) if value.is_integer() and abs(value) < 1e15 else f"{value:.9g}"
        case complex():
            return spelling(value.real) if value.imag == 0 else f"{spelling(value.real)}+{spelling(value.imag)}j"
        case list():
            return f"[{', '.join(map(spelling, value))}]"
        case tuple():
            return f"({', '.join(map(spelling, value))},)"
        case set():
            return f"{{{', '.join(sorted(map(spelling, value)))}}}"
        case dict():
            return f"{{{', '.join(sorted(f'{spelling(key)}: {spelling(item)}' for key, item in value.items()))}}}"
    return repr(value)
