"""Reading a mathematical expression, in LaTeX or plain text, and comparing two by value.

Two expressions are compared without computer algebra: rational constants exactly, everything else by evaluating both at
the same pseudo-random points. Where the functions are analytic, agreement at a handful of generic points is agreement
(Schwartz 1980, for polynomials); expressions with |x|, floor or ceiling are tried at negative points too. This decides
in microseconds, in any thread, and cannot hang: sizes of powers, factorials and sums are bounded, and what is beyond
the bounds raises `Unreadable`.

A node is a tuple whose first item names the operation:

    ("num", Fraction, places)   places: digits after the decimal point, None for an integer
    ("var", name)  ("call", name, node)  ("opaque", name, node...)   the last: an unknown function, such as f(x)
    ("add", a, b) ("mul", a, b) ("div", a, b) ("pow", a, b) ("neg", a) ("pm", a, b)
    ("fact", a) ("binom", a, b) ("root", a, n) ("log", a, base) ("deg", a) ("sum", "sum" | "prod", name, low, high, body)
"""

from __future__ import annotations

import cmath
import math
import re
import zlib
from collections.abc import Iterator
from fractions import Fraction
from functools import lru_cache
from typing import Any

Node = tuple[Any, ...]
Value = Fraction | complex

MAX_CHARS = 4_000
MAX_DEPTH = 60
MAX_BITS = 40_000  # of an exact power or factorial
MAX_TERMS = 2_000  # of a finite sum
SAME = 1e-9  # relative; for values that are exact but irrational
DECIMAL_TOLERANCE = 1e-4  # relative; where one side is written as a decimal


class Unreadable(ValueError):
    """Not an expression that this module can read or evaluate."""


FUNCTIONS = {
    "sin", "cos", "tan", "cot", "sec", "csc", "sinh", "cosh", "tanh", "coth", "sech", "csch",
    "arcsin", "arccos", "arctan", "arccot", "arcsec", "arccsc", "arcsinh", "arccosh", "arctanh",
    "ln", "log", "lg", "exp", "sqrt", "abs", "floor", "ceil", "sgn", "erf", "gcd", "lcm", "max", "min",
}  # fmt: skip
INVERSE = {name: "arc" + name for name in ("sin", "cos", "tan", "cot", "sec", "csc", "sinh", "cosh", "tanh")}
SPELLINGS = {
    "asin": "arcsin", "acos": "arccos", "atan": "arctan", "acot": "arccot", "arsinh": "arcsinh", "cosec": "csc",
    "ceiling": "ceil", "tg": "tan", "ctg": "cot", "arctg": "arctan", "sign": "sgn", "cbrt": "cbrt",
}  # fmt: skip
GREEK = {
    "alpha", "beta", "gamma", "delta", "epsilon", "varepsilon", "zeta", "eta", "theta", "vartheta", "iota", "kappa",
    "lambda", "mu", "nu", "xi", "rho", "sigma", "tau", "upsilon", "phi", "varphi", "chi", "psi", "omega", "Gamma",
    "Delta", "Theta", "Lambda", "Xi", "Pi", "Sigma", "Phi", "Psi", "Omega", "hbar", "ell", "aleph", "partial", "nabla",
    "mho",
}  # fmt: skip
ACCENTS = {
    "bar", "hat", "vec", "dot", "ddot", "tilde", "overline", "overrightarrow", "widehat", "widetilde", "mathcal",
    "mathbb", "underline", "boldsymbol",
}  # fmt: skip
FONTS = {
    "mathrm",
    "mathbf",
    "mathit",
    "mathsf",
    "text",
    "textbf",
    "textit",
    "textrm",
    "operatorname",
    "mbox",
    "rm",
    "bf",
}
CONSTANTS = {"pi": math.pi, "e": math.e}
IGNORED = {"left", "right", "displaystyle", "textstyle", "limits", "big", "Big", "bigg", "Bigg", "bigl", "bigr", "Bigl",
           "Bigr", "quad", "qquad", "cr", "nolimits", "scriptstyle", "!", ",", ";", ":", " "}  # fmt: skip

_WORDS = sorted(FUNCTIONS | set(SPELLINGS) | GREEK | {"pi", "infty", "inf"}, key=len, reverse=True)
_TOKEN = re.compile(
    r"\s*(?:(?P<num>\d+(?:\.\d*)?(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?)"
    r"|\\(?P<cmd>[a-zA-Z]+|.)"
    r"|(?P<word>[a-zA-Z]+)"
    r"|(?P<sym>\*\*|.))",
    re.DOTALL,
)
_PLAIN_WORD = re.compile("|".join(_WORDS))


def _tokens(text: str) -> list[tuple[str, str]]:
    """(kind, text) pairs; kinds are num, cmd, let (one letter) and sym."""
    out: list[tuple[str, str]] = []
    text = re.sub(r"\bnp\.|\bmath\.", "", text)
    for match in _TOKEN.finditer(text):
        if (number := match["num"]) is not None:
            out.append(("num", number))
        elif (command := match["cmd"]) is not None:
            if command not in IGNORED:
                out.append(("cmd", command))
        elif (word := match["word"]) is not None:
            at = unknown = 0
            while at < len(word):
                known = _PLAIN_WORD.match(word, at)
                if known and (len(known[0]) > 2 or known[0] in ("ln", "pi", "lg", "tg", "mu", "nu", "xi")):
                    out.append(("cmd", known[0]))
                    at = known.end()
                else:
                    out.append(("let", word[at]))
                    at += 1
                    unknown += 1
            if unknown > 4:
                raise Unreadable(f"the word {word!r}")
        elif not match["sym"].isspace():
            out.append(("sym", "^" if match["sym"] == "**" else match["sym"]))
    return out


class _Reader:
    """Recursive descent over the tokens. `tight`: a product without a sign binds before `/`, so 1/2x is 1/(2x)."""

    def __init__(self, text: str, tight: bool) -> None:
        if len(text) > MAX_CHARS:
            raise Unreadable(f"{len(text)} characters; at most {MAX_CHARS} are read")
        self.tokens = _tokens(text)
        self.at = 0
        self.depth = 0
        self.tight = tight
        self.ambiguous = False
        self.bars = 0  # how many | are open

    def peek(self, ahead: int = 0) -> tuple[str, str]:
        index = self.at + ahead
        return self.tokens[index] if index < len(self.tokens) else ("end", "")

    def take(self) -> tuple[str, str]:
        token = self.peek()
        self.at += 1
        return token

    def expect(self, symbol: str) -> None:
        kind, text = self.take()
        if text != symbol or kind not in ("sym", "cmd"):
            raise Unreadable(f"expected {symbol!r}, found {text!r}")

    def all(self) -> Node:
        node = self.sum()
        if self.peek()[0] != "end":
            raise Unreadable(f"cannot read from {self.peek()[1]!r}")
        return node

    def sum(self) -> Node:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise Unreadable(f"nested more than {MAX_DEPTH} deep")
        node: Node | None = None
        while True:
            kind, text = self.peek()
            if kind == "sym" and text in "+-":
                self.take()
                right = self.product()
                right = ("neg", right) if text == "-" else right
                node = right if node is None else ("add", node, right)
            elif kind == "cmd" and text in ("pm", "mp"):
                self.take()
                node = ("pm", ("num", Fraction(0), None) if node is None else node, self.product())
            elif node is None:
                node = self.product()
            else:
                self.depth -= 1
                return node

    def product(self) -> Node:
        kind, text = self.peek()
        if kind == "sym" and text in "+-":  # as in 3 * -2
            self.take()
            inner = self.product()
            return ("neg", inner) if text == "-" else inner
        node = self.run()
        while True:
            kind, text = self.peek()
            if (kind == "sym" and text in "*·×") or (kind == "cmd" and text in ("cdot", "times", "ast", "bullet")):
                self.take()
                node = ("mul", node, self.signed_run())
            elif (kind == "sym" and text in "/÷") or (kind == "cmd" and text == "div"):
                self.take()
                if self.tight:
                    node = ("div", node, self.signed_run())
                else:
                    node = ("div", node, self.signed_power())
                    while self.starts_factor():
                        self.ambiguous = True
                        node = ("mul", node, self.power())
            else:
                return node

    def signed_run(self) -> Node:
        return self._signed(self.run)

    def signed_power(self) -> Node:
        return self._signed(self.power)

    def _signed(self, read: Any) -> Node:
        if self.peek() in (("sym", "-"), ("sym", "+")):
            sign = self.take()[1]
            inner: Node = read()
            return ("neg", inner) if sign == "-" else inner
        result: Node = read()
        return result

    def run(self) -> Node:
        """Factors that stand beside each other: a product, or a mixed number."""
        node = self.power()
        first = True
        while self.starts_factor():
            previous = node
            whole = first and node[0] == "num" and node[2] is None
            if whole and self.peek()[0] == "num":
                node = self.mixed_in_line(previous)
                first = False
                continue
            right = self.power()
            proper = right[0] == "div" and right[1][0] == right[2][0] == "num" and right[1][1] < right[2][1]
            if whole and proper and right[1][2] is None and right[2][2] is None:
                node = ("add", previous, right)  # 2\frac{5}{8}
            else:
                node = ("mul", previous, right)
            first = False
        return node

    def mixed_in_line(self, whole: Node) -> Node:
        """2 5/8 in plain text."""
        top, slash, bottom = self.peek(), self.peek(1), self.peek(2)
        if slash[1] != "/" or bottom[0] != "num" or not (top[1].isdigit() and bottom[1].isdigit()):
            raise Unreadable("two numbers beside each other")
        if int(bottom[1]) <= int(top[1]):
            raise Unreadable("two numbers beside each other")
        self.at += 3
        return ("add", whole, ("num", Fraction(int(top[1]), int(bottom[1])), None))

    def starts_factor(self) -> bool:
        kind, text = self.peek()
        if kind in ("num", "let"):
            return True
        if kind == "sym":
            return text in "({[√π∞" or (text == "|" and not self.bars)
        if kind == "cmd":
            return text not in ("cdot", "times", "ast", "bullet", "div", "pm", "mp", "}", "rfloor", "rceil", "rangle",
                                "mid", "rvert", "vert", "|", "rVert", "%", "$", "end", "\\")  # fmt: skip
        return False

    def power(self) -> Node:
        node = self.atom()
        while True:
            kind, text = self.peek()
            if kind == "sym" and text == "!":
                self.take()
                node = ("fact", node)
            elif kind == "sym" and text == "'":
                self.take()
                node = _primed(node)
            elif (kind == "sym" and text == "°") or (kind == "cmd" and text in ("degree", "circ")):
                self.take()
                node = ("deg", node)
            elif (kind == "cmd" and text == "%") or (kind == "sym" and text == "%"):
                self.take()
                node = ("div", node, ("num", Fraction(100), None))
            elif kind == "sym" and text == "^":
                self.take()
                node = self.raised(node)
            elif kind == "sym" and text == "_" and node[0] == "num":
                raise Unreadable("a number in another base")
            else:
                return node

    def raised(self, base: Node) -> Node:
        inner = self.argument_tokens()
        words = [text for _, text in inner]
        if words and all(word in ("circ", "degree", "°") for word in words):
            return ("deg", base)
        if words and all(word in ("prime", "'") for word in words):
            for _ in words:
                base = _primed(base)
            return base
        if words in (["T"], ["top"], ["*"], ["+"], ["-"]):
            return ("opaque", "^" + words[0], base)
        return ("pow", base, self.sub_read(inner))

    def argument_tokens(self) -> list[tuple[str, str]]:
        """The tokens of one TeX argument: a group in braces, or a single token (with its own arguments)."""
        kind, text = self.peek()
        if kind == "sym" and text == "{":
            start = self.at + 1
            level = 0
            while True:
                kind, text = self.take()
                if kind == "end":
                    raise Unreadable("a brace is not closed")
                level += (kind == "sym" and text == "{") - (kind == "sym" and text == "}")
                if level == 0:
                    return self.tokens[start : self.at - 1]
        start = self.at
        if kind == "sym" and text in "+-":
            self.take()
            self.power_atom_only()
        elif kind == "sym" and text == "(":
            self.atom()
        elif kind == "num" and len(text) > 1 and self.in_tex:
            # x^12 in TeX raises only the 1, but nobody who writes it means that
            self.take()
        elif (kind == "cmd" and text in ("prime", "circ", "degree", "top")) or (kind == "sym" and text in "'*°"):
            self.take()
        else:
            self.power_atom_only()
        return self.tokens[start : self.at]

    in_tex = True

    def power_atom_only(self) -> Node:
        return self.atom()

    def sub_read(self, tokens: list[tuple[str, str]]) -> Node:
        """Reads some tokens as a whole expression."""
        if not tokens:
            raise Unreadable("an empty argument")
        saved, saved_at = self.tokens, self.at
        self.tokens, self.at = tokens, 0
        try:
            node = self.sum()
            if self.peek()[0] != "end":
                raise Unreadable(f"cannot read from {self.peek()[1]!r}")
            return node
        finally:
            self.tokens, self.at = saved, saved_at

    def argument(self) -> Node:
        """One TeX argument: \\frac12 takes single digits."""
        kind, text = self.peek()
        if kind == "num" and text.isdigit() and len(text) > 1:
            self.tokens[self.at] = ("num", text[1:])
            return ("num", Fraction(int(text[0])), None)
        return self.sub_read(self.argument_tokens())

    def atom(self) -> Node:
        kind, text = self.take()
        if kind == "num":
            return self.number(text)
        if kind == "let":
            return self.letter(text)
        if kind == "sym":
            return self.symbol(text)
        if kind == "cmd":
            return self.command(text)
        raise Unreadable("the expression ends too early")

    def number(self, text: str) -> Node:
        mantissa, _, exponent = text.lower().partition("e")
        places = len(mantissa.partition(".")[2]) if "." in mantissa else None
        if len(exponent) > 4:
            raise Unreadable(f"an exponent of {exponent}")
        if self.peek() in (("cmd", "overline"), ("cmd", "dot")) and places is not None and not exponent:
            return self.repeating(mantissa)
        value = Fraction(mantissa if mantissa[-1] != "." else mantissa[:-1])
        if exponent:
            value *= Fraction(10) ** int(exponent)
            return ("num", value, (places or 0) - int(exponent))
        return ("num", value, places or None)

    def repeating(self, mantissa: str) -> Node:
        """0.1\\overline{6}"""
        self.take()
        digits = "".join(text for _, text in self.argument_tokens())
        if not digits.isdigit():
            raise Unreadable("a repeating decimal without digits")
        places = len(mantissa.partition(".")[2])
        base = Fraction(mantissa if mantissa[-1] != "." else mantissa[:-1])
        return ("num", base + Fraction(int(digits), (10 ** len(digits) - 1) * 10**places), None)

    def letter(self, name: str) -> Node:
        if self.peek() == ("sym", "_"):
            self.take()
            sub = "".join(text for _, text in self.argument_tokens() if text not in ("{", "}", "text", "mathrm"))
            if name in "CAP" and self.peek() == ("sym", "^"):
                self.take()
                top = self.sub_read(self.argument_tokens())
                if name == "C":
                    return ("binom", _Reader(sub, self.tight).all(), top)
                return ("pow", ("var", f"{name}_{sub}"), top)
            name = f"{name}_{sub}"
        while self.peek() == ("sym", "'"):
            self.take()
            name += "'"
        return self.applied(name)

    def applied(self, name: str) -> Node:
        """A name, or the value of an unknown function where an argument in parentheses follows."""
        if name in ("e", "i", "pi") or self.peek() != ("sym", "("):
            return ("var", name)
        single = self.peek(1)[0] in ("num", "let") and self.peek(2) == ("sym", ")")
        greek = self.peek(1)[0] == "cmd" and self.peek(1)[1] in GREEK and self.peek(2) == ("sym", ")")
        if not (single or greek or name.rstrip("'") in ("f", "g", "h", "F", "G", "H")):
            return ("var", name)
        self.take()
        arguments = [self.sum()]
        while self.peek() == ("sym", ","):
            self.take()
            arguments.append(self.sum())
        self.expect(")")
        return ("opaque", name, *arguments)

    def symbol(self, text: str) -> Node:
        if text in "([{":
            node = self.sum()
            self.expect({"(": ")", "[": "]", "{": "}"}[text])
            return node
        if text == "|":
            self.bars += 1
            node = self.sum()
            self.expect("|")
            self.bars -= 1
            return ("call", "abs", node)
        if text == "√":
            return ("root", self.atom(), ("num", Fraction(2), None))
        raise Unreadable(f"cannot read {text!r}")

    def command(self, name: str) -> Node:
        if name in ("frac", "dfrac", "tfrac", "cfrac"):
            top = self.argument()
            return ("div", top, self.argument())
        if name in ("binom", "dbinom", "tbinom"):
            top = self.argument()
            return ("binom", top, self.argument())
        if name in ("sqrt", "cbrt"):
            return self.root(name)
        name = SPELLINGS.get(name, name)
        if name in ("operatorname", "mathrm", "text", "textrm") and self.peek() == ("sym", "{"):
            inner = "".join(text for _, text in self.argument_tokens())
            inner = SPELLINGS.get(inner, inner)
            if inner in FUNCTIONS:
                return self.function(inner)
            if len(inner) <= 3 and inner.isalpha():  # \\mathrm{gb}: a product, set upright
                node = self.letter(inner[-1])
                for letter in reversed(inner[:-1]):
                    node = ("mul", ("var", letter), node)
                return node
            raise Unreadable(f"the text {inner!r}")
        if name in FUNCTIONS:
            return self.function(name)
        if name in FONTS:
            inner_tokens = self.argument_tokens()
            if len(inner_tokens) == 1 and inner_tokens[0][0] == "let":
                return self.letter(inner_tokens[0][1])
            return self.sub_read(inner_tokens)
        if name in GREEK or name in ("imath", "jmath"):
            return self.letter("i" if name == "imath" else name.removeprefix("var"))
        if name == "pi":
            return ("var", "pi") if self.peek() != ("sym", "_") else self.letter("pi")
        if name in ("infty", "inf"):
            return ("var", "∞")
        if name in ACCENTS:
            inner = "".join(text for _, text in self.argument_tokens())
            return self.letter(f"{name} {inner}")
        if name in ("lfloor", "lceil", "lvert", "vert", "|", "lVert"):
            close = {"lfloor": "rfloor", "lceil": "rceil", "lvert": "rvert", "lVert": "rVert"}.get(name, name)
            node = self.sum()
            self.expect(close)
            return ("call", {"lfloor": "floor", "lceil": "ceil"}.get(name, "abs"), node)
        if name in ("ldots", "cdots", "dots", "dotsb"):
            return ("var", "…")
        if name in ("sum", "prod"):
            return self.series(name)
        raise Unreadable(f"cannot read \\{name}")

    def root(self, name: str) -> Node:
        degree: Node = ("num", Fraction(3 if name == "cbrt" else 2), None)
        if self.peek() == ("sym", "["):
            self.take()
            degree = self.sum()
            self.expect("]")
        return ("root", self.argument(), degree)

    def function(self, name: str) -> Node:
        base: Node | None = None
        power: Node | None = None
        while self.peek() in (("sym", "_"), ("sym", "^")):
            if self.take()[1] == "_":
                base = self.sub_read(self.argument_tokens())
            else:
                power = self.sub_read(self.argument_tokens())
        if power == ("neg", ("num", Fraction(1), None)) and name in INVERSE:
            name, power = INVERSE[name], None
        node = self.function_of(name, base)
        return node if power is None else ("pow", node, power)

    def function_of(self, name: str, base: Node | None) -> Node:
        if name in ("max", "min", "gcd", "lcm"):
            return self.applied_list(name)
        argument = self.function_argument()
        if name in ("ln", "log", "lg"):
            if base is not None:
                return ("log", argument, base)
            return ("call", "ln" if name == "ln" else "log", argument)
        return ("call", name, argument)

    def applied_list(self, name: str) -> Node:
        self.expect("(")
        arguments = [self.sum()]
        while self.peek() == ("sym", ","):
            self.take()
            arguments.append(self.sum())
        self.expect(")")
        return ("opaque", name, *arguments)

    def function_argument(self) -> Node:
        """(2x) alone, or the factors up to the next sign or function: \\sin 2 x \\cos x."""
        kind, text = self.peek()
        if (kind == "sym" and text in "({[|") or (kind == "cmd" and text in ("lvert", "vert", "|")):
            node = self.atom()
            return self.postfix_only(node)
        if kind == "sym" and text in "+-":
            self.take()
            inner = self.power()
            return ("neg", inner) if text == "-" else inner
        node = self.power()
        while self.starts_factor() and not self.starts_function():
            right = self.power()
            node = ("mul", node, right)
        return node

    def postfix_only(self, node: Node) -> Node:
        while self.peek() == ("sym", "!"):
            self.take()
            node = ("fact", node)
        return node

    def starts_function(self) -> bool:
        kind, text = self.peek()
        if kind == "sym" and text == "(":
            return True
        return kind == "cmd" and (SPELLINGS.get(text, text) in FUNCTIONS - {"sqrt"} or text in ("operatorname", "sum"))

    def series(self, name: str) -> Node:
        low: list[tuple[str, str]] = []
        high: list[tuple[str, str]] = []
        while self.peek() in (("sym", "_"), ("sym", "^")):
            if self.take()[1] == "_":
                low = self.argument_tokens()
            else:
                high = self.argument_tokens()
        if len(low) < 3 or low[0][0] not in ("let", "cmd") or low[1] != ("sym", "=") or not high:
            raise Unreadable(f"\\{name} without its range")
        body = self.product()
        return ("sum", name, low[0][1], self.sub_read(low[2:]), self.sub_read(high), body)


def _primed(node: Node) -> Node:
    if node[0] == "var":
        return ("var", node[1] + "'")
    if node[0] == "opaque":
        return ("opaque", node[1] + "'", *node[2:])
    raise Unreadable("a prime that stands on nothing")


@lru_cache(maxsize=8_192)
def readings(text: str) -> tuple[Node, ...]:
    """The ways to read `text`: one, or two where `1/2x` can mean both.

    Raises:
        Unreadable: It is not an expression, or too large.
    """
    reader = _Reader(text, tight=False)
    first = reader.all()
    if not reader.ambiguous:
        return (first,)
    return (first, _Reader(text, tight=True).all())


def variables(node: Node) -> frozenset[str]:
    """Names that stand for a variable, without pi, e, i and infinity."""
    return frozenset(name for kind, name in _names(node) if kind == "var" and name not in ("pi", "e", "i", "∞"))


def _names(node: Node) -> Iterator[tuple[str, str]]:
    if node[0] == "num":
        return
    if node[0] in ("var", "call", "opaque"):
        yield node[0], node[1]
    for child in node[1:]:
        if isinstance(child, tuple):
            yield from _names(child)


def written_as_decimal(node: Node) -> bool:
    """True where a number in it is written with a decimal point or an exponent."""
    if node[0] == "num":
        return node[2] is not None
    return any(isinstance(child, tuple) and written_as_decimal(child) for child in node[1:])


def decimal_places(node: Node) -> tuple[Fraction, int] | None:
    """(value, digits after the point) of a decimal literal such as 4.50, -1.2e-3 or 1.2 \\times 10^{-3}; else None."""
    if node[0] == "neg":
        inner = decimal_places(node[1])
        return None if inner is None else (-inner[0], inner[1])
    if node[0] == "num":
        return None if node[2] is None else (node[1], node[2])
    if node[0] == "mul" and node[1][0] == "num":
        power = node[2]
        if power[0] == "pow" and power[1] == ("num", Fraction(10), None):
            exponent = exact(power[2])
            if exponent is not None and exponent.denominator == 1 and abs(exponent) < 400:
                return node[1][1] * Fraction(10) ** int(exponent), (node[1][2] or 0) - int(exponent)
    return None


def exact(node: Node) -> Fraction | None:
    """The rational value of a constant, or None where it is not one."""
    try:
        value = evaluate(node, -1)
    except Unreadable:
        return None
    return value if isinstance(value, Fraction) else None


def signs(node: Node) -> tuple[Node, ...]:
    """The two readings of a node with ±, upper signs together; the node itself where there is none."""
    if not _has_sign(node):
        return (node,)
    return (_signed(node, False), _signed(node, True))


def _has_sign(node: Node) -> bool:
    return node[0] == "pm" or any(isinstance(child, tuple) and _has_sign(child) for child in node[1:])


def _signed(node: Node, minus: bool) -> Node:
    children = tuple(_signed(child, minus) if isinstance(child, tuple) else child for child in node)
    if node[0] != "pm":
        return children
    return ("add", children[1], ("neg", children[2]) if minus else children[2])


# The points at which expressions are compared. Points 0..3 are positive reals, 4 and 5 positive integers, 6 and 7 of
# both signs; -1 has no variables.
POINTS = range(8)
SIGNED_POINTS = (6, 7)


def _at(name: str, point: int) -> Value:
    if name == "pi":
        return complex(math.pi)
    if name == "e":
        return complex(math.e)
    if name == "i":
        return 1j
    if name == "∞":
        return complex(7.3e17)
    if point < 0:
        raise Unreadable(f"the value of {name} is not known")
    seed = zlib.crc32(f"{name}@{point}".encode())
    unit = (seed % 1_000_003) / 1_000_003
    if point in (4, 5):
        return Fraction(3 + seed % 11)
    if point in SIGNED_POINTS:
        sign = -1 if (seed >> 20) % 2 == point % 2 else 1
        return complex(sign * (0.3 + 2.4 * unit))
    return complex(0.35 + 2.3 * unit)


def evaluate(node: Node, point: int, bound: dict[str, Value] | None = None) -> Value:
    """The value at one of the points, exact as long as every step is rational.

    Raises:
        Unreadable: Undefined there, too large, or a name has no value.
    """
    try:
        return _evaluate(node, point, bound or {})
    except (ZeroDivisionError, OverflowError, ValueError) as error:
        if isinstance(error, Unreadable):
            raise
        raise Unreadable(f"undefined: {error}") from error


def _evaluate(node: Node, point: int, bound: dict[str, Value]) -> Value:
    kind = node[0]
    if kind == "num":
        number: Fraction = node[1]
        return number
    if kind == "var":
        return bound[node[1]] if node[1] in bound else _at(node[1], point)
    if kind == "call":
        return _call(node[1], _evaluate(node[2], point, bound))
    if kind == "sum":
        return _series(node, point, bound)
    if kind == "opaque":
        return _opaque(node[1], [_evaluate(child, point, bound) for child in node[2:]])
    values = [_evaluate(child, point, bound) for child in node[1:]]
    a = values[0]
    if kind == "neg":
        return -a
    if kind == "fact":
        return _factorial(a)
    if kind == "deg":
        return complex(a) * math.pi / 180
    b = values[1]
    if kind == "add":
        return a + b if isinstance(a, Fraction) and isinstance(b, Fraction) else _bounded(complex(a) + complex(b))
    if kind == "mul":
        return (
            _small(a * b) if isinstance(a, Fraction) and isinstance(b, Fraction) else _bounded(complex(a) * complex(b))
        )
    if kind == "div":
        return a / b if isinstance(a, Fraction) and isinstance(b, Fraction) else _bounded(complex(a) / complex(b))
    if kind == "pow":
        return _power(a, b)
    if kind == "root":
        return _root(a, b)
    if kind == "log":
        return cmath.log(complex(a)) / cmath.log(complex(b))
    if kind == "binom":
        return _binomial(a, b)
    raise Unreadable(f"cannot evaluate {kind}")


def _bounded(value: complex) -> complex:
    if not (math.isfinite(value.real) and math.isfinite(value.imag)):
        raise Unreadable("too large")
    return value


def _small(value: Fraction) -> Fraction:
    if value.numerator.bit_length() + value.denominator.bit_length() > MAX_BITS:
        raise Unreadable("too large")
    return value


def _power(a: Value, b: Value) -> Value:
    if isinstance(a, Fraction) and isinstance(b, Fraction) and b.denominator == 1:
        size = max(a.numerator.bit_length(), a.denominator.bit_length())
        if size > 1 and abs(b) * size > MAX_BITS:
            raise Unreadable("too large")
        if abs(b) > 10**9:
            b = Fraction(int(b) % 2 + 2)  # of 1, 0 or -1 only the parity matters
        return a ** int(b)
    if isinstance(a, Fraction) and isinstance(b, Fraction) and b.denominator <= 64:
        return _bounded(complex(_root(a, Fraction(b.denominator))) ** b.numerator) if abs(b) < 10**6 else _too_large()
    if a == 0:
        return complex(0)
    return _bounded(complex(a) ** complex(b))


def _too_large() -> complex:
    raise Unreadable("too large")


def _root(a: Value, n: Value) -> Value:
    """The real root of a negative number for odd n, as in sqrt[3]{-8} = -2; the principal root otherwise."""
    if n == 0:
        raise Unreadable("a root of degree 0")
    if isinstance(a, Fraction) and isinstance(n, Fraction) and n.denominator == 1 and 0 < n <= 64:
        degree = int(n)
        top, bottom = _integer_root(abs(a.numerator), degree), _integer_root(a.denominator, degree)
        if top is not None and bottom is not None and (a >= 0 or degree % 2):
            return Fraction(top if a >= 0 else -top, bottom)
    value = complex(a)
    if value.imag == 0 and value.real < 0 and isinstance(n, Fraction) and n.denominator == 1 and n.numerator % 2:
        return complex(-((-value.real) ** (1 / float(n))))
    if value == 0:
        return complex(0)
    return _bounded(cmath.sqrt(value) if n == 2 else value ** (1 / complex(n)))


def _integer_root(value: int, degree: int) -> int | None:
    if degree == 2:
        root = math.isqrt(value)
        return root if root * root == value else None
    if value.bit_length() > 900:
        return None
    guess = round(value ** (1 / degree)) if value else 0
    return next((root for root in (guess - 1, guess, guess + 1) if root >= 0 and root**degree == value), None)


def _factorial(a: Value) -> Value:
    if isinstance(a, Fraction) and a.denominator == 1 and 0 <= a <= 3_000:
        return Fraction(math.factorial(int(a)))
    value = complex(a)
    if value.imag or value.real > 150:
        raise Unreadable("too large")
    return complex(math.gamma(value.real + 1))


def _binomial(n: Value, k: Value) -> Value:
    if isinstance(n, Fraction) and isinstance(k, Fraction) and n.denominator == k.denominator == 1:
        if n < 0 or k < 0 or n > 10_000:
            raise Unreadable("too large")
        return Fraction(math.comb(int(n), int(k)))
    top, below = complex(n), complex(k)
    if top.imag or below.imag:
        raise Unreadable("a complex binomial")
    over = math.lgamma(top.real + 1) - math.lgamma(below.real + 1) - math.lgamma(top.real - below.real + 1)
    return complex(math.exp(over))


def _call(name: str, value: Value) -> Value:
    if name in ("abs", "floor", "ceil", "sgn"):
        if isinstance(value, Fraction):
            if name == "abs":
                return abs(value)
            return Fraction({"floor": math.floor, "ceil": math.ceil}[name](value)) if name != "sgn" else _sign(value)
        if name == "abs":
            return complex(abs(value))
        if abs(value.imag) > 1e-9:
            raise Unreadable(f"{name} of a complex number")
        near = round(value.real)
        real = float(near) if abs(near - value.real) < 1e-12 * max(1.0, abs(near)) else value.real
        return (
            Fraction({"floor": math.floor, "ceil": math.ceil}[name](real)) if name != "sgn" else _sign(Fraction(real))
        )
    if value == 0 and name in ("sin", "tan", "sinh", "tanh", "arcsin", "arctan"):
        return Fraction(0)
    if value == 0 and name in ("cos", "exp", "cosh"):
        return Fraction(1)
    if value == 1 and name in ("ln", "log"):
        return Fraction(0)
    z = complex(value)
    if name == "log":
        return cmath.log10(z)
    if name == "erf":
        return complex(math.erf(z.real)) if not z.imag else _too_large()
    direct = {
        "sin": cmath.sin, "cos": cmath.cos, "tan": cmath.tan, "sinh": cmath.sinh, "cosh": cmath.cosh,
        "tanh": cmath.tanh, "arcsin": cmath.asin, "arccos": cmath.acos, "arctan": cmath.atan, "arcsinh": cmath.asinh,
        "arccosh": cmath.acosh, "arctanh": cmath.atanh, "ln": cmath.log, "exp": cmath.exp, "sqrt": cmath.sqrt,
    }  # fmt: skip
    if name in direct:
        return _bounded(direct[name](z))
    reciprocal = {"cot": cmath.tan, "sec": cmath.cos, "csc": cmath.sin, "coth": cmath.tanh, "sech": cmath.cosh,
                  "csch": cmath.sinh}  # fmt: skip
    if name in reciprocal:
        return _bounded(1 / reciprocal[name](z))
    inverse = {"arcsec": cmath.acos, "arccsc": cmath.asin}
    if name in inverse:
        return _bounded(inverse[name](1 / z))
    if name == "arccot":
        return math.pi / 2 - cmath.atan(z)
    raise Unreadable(f"cannot evaluate {name}")


def _sign(value: Fraction) -> Fraction:
    return Fraction((value > 0) - (value < 0))


def _opaque(name: str, values: list[Value]) -> Value:
    """A fixed, generic smooth function of its arguments for each unknown name; max, min, gcd and lcm for themselves."""
    if name in ("max", "min") and all(complex(value).imag == 0 for value in values):
        return (max if name == "max" else min)(values, key=lambda value: complex(value).real)
    if name in ("gcd", "lcm"):
        if all(isinstance(value, Fraction) and value.denominator == 1 for value in values):
            return Fraction((math.gcd if name == "gcd" else math.lcm)(*(int(value) for value in values)))  # type: ignore[arg-type]
        raise Unreadable(f"{name} of fractions")
    total = complex(zlib.crc32(name.encode()) % 10_007) / 3_001 + 0.37
    for position, value in enumerate(values, start=1):
        total += cmath.sin(complex(value) * (0.61 + 0.17 * position) + total)
    return _bounded(total)


def _series(node: Node, point: int, bound: dict[str, Value]) -> Value:
    """A finite sum or product is worked out; any other is a generic function of its range and terms."""
    _, kind, name, low, high, body = node
    start = _evaluate(low, point, bound)
    stop = _evaluate(high, point, bound)
    finite = isinstance(start, Fraction) and isinstance(stop, Fraction) and start.denominator == stop.denominator == 1
    if finite and 0 <= stop - start <= MAX_TERMS:  # type: ignore[operator]
        total: Value = Fraction(kind == "prod")
        for index in range(int(start), int(stop) + 1):  # type: ignore[arg-type]
            term = _evaluate(body, point, {**bound, name: Fraction(index)})
            both = isinstance(total, Fraction) and isinstance(term, Fraction)
            if kind == "sum":
                total = total + term if both else complex(total) + complex(term)  # type: ignore[operator]
            else:
                total = total * term if both else complex(total) * complex(term)  # type: ignore[operator]
        return total
    terms = [_evaluate(body, point, {**bound, name: Fraction(index)}) for index in (2, 3, 5)]
    return _opaque(f"{kind}", [start, stop, *terms])


def close(a: Value, b: Value, tolerance: float) -> bool:
    """Equal exactly, or within a relative tolerance where a value is not rational."""
    if isinstance(a, Fraction) and isinstance(b, Fraction) and tolerance == SAME:
        return a == b
    if isinstance(a, Fraction) and isinstance(b, Fraction):
        return abs(a - b) <= Fraction(tolerance) * max(abs(a), abs(b))
    try:
        x, y = complex(a), complex(b)
    except OverflowError as error:
        raise Unreadable("too large") from error
    return abs(x - y) <= tolerance * max(abs(x), abs(y)) + 1e-13 * (abs(x) < 1e-3 or abs(y) < 1e-3)


def same_expression(a: Node, b: Node) -> bool:
    """Equal as functions of their variables.

    Raises:
        Unreadable: Neither can be evaluated at enough common points.
    """
    if a == b:
        return True
    tolerance = DECIMAL_TOLERANCE if written_as_decimal(a) or written_as_decimal(b) else SAME
    if not variables(a) and not variables(b) and "opaque" not in str(a) + str(b):
        return close(evaluate(a, 0), evaluate(b, 0), tolerance)
    even = {name for kind, name in (*_names(a), *_names(b)) if kind in ("call", "opaque")}
    points = POINTS if even & {"abs", "floor", "ceil", "sgn", "max", "min"} else POINTS[:6]
    agreed = 0
    for point in points:
        try:
            x, y = evaluate(a, point), evaluate(b, point)
        except Unreadable:
            continue
        if not close(x, y, tolerance):
            return False
        agreed += 1
    if agreed < 3:
        raise Unreadable("cannot be evaluated at enough points")
    return True
