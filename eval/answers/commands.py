"""Reading what a LaTeX command or a named function writes: \\frac, \\sqrt[3]{x}, \\sin^2 x, |x|, a sum over a range."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from .tokens import ACCENTS, FONTS, FUNCTIONS, GREEK, INVERSE, SPELLINGS, Node, Unreadable

if TYPE_CHECKING:
    from .reader import Reader


def command(reader: Reader, name: str) -> Node:
    """What a command writes, with its arguments; the command itself is read already.

    Raises:
        Unreadable: The command is not known, or its arguments cannot be read.
    """
    if name in ("frac", "dfrac", "tfrac", "cfrac"):
        top = reader.argument()
        return ("div", top, reader.argument())
    if name in ("binom", "dbinom", "tbinom"):
        top = reader.argument()
        return ("binom", top, reader.argument())
    if name in ("sqrt", "cbrt"):
        return _root(reader, name)
    name = SPELLINGS.get(name, name)
    if name in ("operatorname", "mathrm", "text", "textrm") and reader.peek() == ("sym", "{"):
        inner = "".join(text for _, text in reader.argument_tokens())
        inner = SPELLINGS.get(inner, inner)
        if inner in FUNCTIONS:
            return _function(reader, inner)
        if len(inner) <= 3 and inner.isalpha():  # \\mathrm{gb}: a product, set upright
            node = reader.letter(inner[-1])
            for letter in reversed(inner[:-1]):
                node = ("mul", ("var", letter), node)
            return node
        raise Unreadable(f"the text {inner!r}")
    if name in FUNCTIONS:
        return _function(reader, name)
    if name in FONTS:
        inner_tokens = reader.argument_tokens()
        if len(inner_tokens) == 1 and inner_tokens[0][0] == "let":
            return reader.letter(inner_tokens[0][1])
        return reader.sub_read(inner_tokens)
    if name in GREEK or name in ("imath", "jmath"):
        return reader.letter("i" if name == "imath" else name.removeprefix("var"))
    if name == "pi":
        return ("var", "pi") if reader.peek() != ("sym", "_") else reader.letter("pi")
    if name in ("infty", "inf"):
        return ("var", "∞")
    if name in ACCENTS:
        inner = "".join(text for _, text in reader.argument_tokens())
        return reader.letter(f"{ACCENTS[name]} {inner}")
    if name in ("lfloor", "lceil", "lvert", "vert", "|", "lVert"):
        close = {"lfloor": "rfloor", "lceil": "rceil", "lvert": "rvert", "lVert": "rVert"}.get(name, name)
        node = reader.sum()
        reader.expect(close)
        return ("call", {"lfloor": "floor", "lceil": "ceil"}.get(name, "abs"), node)
    if name in ("ldots", "cdots", "dots", "dotsb"):
        return ("var", "…")
    if name in ("sum", "prod"):
        return _series(reader, name)
    raise Unreadable(f"cannot read \\{name}")


def _root(reader: Reader, name: str) -> Node:
    degree: Node = ("num", Fraction(3 if name == "cbrt" else 2), None)
    if reader.peek() == ("sym", "["):
        reader.take()
        degree = reader.sum()
        reader.expect("]")
    return ("root", reader.argument(), degree)


def _function(reader: Reader, name: str) -> Node:
    base: Node | None = None
    power: Node | None = None
    while reader.peek() in (("sym", "_"), ("sym", "^")):
        if reader.take()[1] == "_":
            base = reader.sub_read(reader.argument_tokens())
        else:
            power = reader.sub_read(reader.argument_tokens())
    if power == ("neg", ("num", Fraction(1), None)) and name in INVERSE:
        name, power = INVERSE[name], None
    node = _function_of(reader, name, base)
    return node if power is None else ("pow", node, power)


def _function_of(reader: Reader, name: str, base: Node | None) -> Node:
    if name in ("max", "min", "gcd", "lcm"):
        return _applied_list(reader, name)
    argument = _function_argument(reader)
    if name in ("ln", "log", "lg"):
        if base is not None:
            return ("log", argument, base)
        return ("call", "ln" if name == "ln" else "log", argument)
    return ("call", name, argument)


def _applied_list(reader: Reader, name: str) -> Node:
    close = {"(": ")", "{": "}"}.get(reader.take()[1])
    if close is None:
        raise Unreadable(f"{name} without its arguments")
    arguments = [reader.sum()]
    while reader.peek() == ("sym", ","):
        reader.take()
        arguments.append(reader.sum())
    if reader.take()[1] != close:
        raise Unreadable(f"the arguments of {name} have no end")
    return ("opaque", name, *arguments)


def _function_argument(reader: Reader) -> Node:
    """(2x) alone, or the factors up to the next sign or function: \\sin 2 x \\cos x."""
    kind, text = reader.peek()
    if (kind == "sym" and text in "({[|") or (kind == "cmd" and text in ("lvert", "vert", "|")):
        node = reader.atom()
        return _postfix_only(reader, node)
    if kind == "sym" and text in "+-":
        reader.take()
        inner = reader.power()
        return ("neg", inner) if text == "-" else inner
    node = reader.power()
    while reader.starts_factor() and not _starts_function(reader):
        right = reader.power()
        node = ("mul", node, right)
    return node


def _postfix_only(reader: Reader, node: Node) -> Node:
    while reader.peek() == ("sym", "!"):
        reader.take()
        node = ("fact", node)
    return node


def _starts_function(reader: Reader) -> bool:
    kind, text = reader.peek()
    if kind == "sym" and text == "(":
        return True
    return kind == "cmd" and (SPELLINGS.get(text, text) in FUNCTIONS - {"sqrt"} or text in ("operatorname", "sum"))


def _series(reader: Reader, name: str) -> Node:
    low: list[tuple[str, str]] = []
    high: list[tuple[str, str]] = []
    while reader.peek() in (("sym", "_"), ("sym", "^")):
        if reader.take()[1] == "_":
            low = reader.argument_tokens()
        else:
            high = reader.argument_tokens()
    if len(low) < 3 or low[0][0] not in ("let", "cmd") or low[1] != ("sym", "=") or not high:
        raise Unreadable(f"\\{name} without its range")
    body = reader.product()
    return ("sum", name, low[0][1], reader.sub_read(low[2:]), reader.sub_read(high), body)
