"""Reading an expression into a tree: a recursive descent that knows how people write mathematics.

Mixed numbers (2\\frac58), factors beside each other, functions without brackets (\\sin 2x \\cos x), \\frac12 without
braces, |x|, f(x) as the value of an unknown function, x_1, x', 5!, ±. What commands write is read in commands.py.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import lru_cache

from .commands import command
from .tokens import FONTS, GREEK, MAX_CHARS, Node, Unreadable, tokens

MAX_DEPTH = 60


class Reader:
    """Recursive descent over the tokens. `tight`: a product without a sign binds before `/`, so 1/2x is 1/(2x)."""

    def __init__(self, text: str, tight: bool) -> None:
        if len(text) > MAX_CHARS:
            raise Unreadable(f"{len(text)} characters; at most {MAX_CHARS} are read")
        self.tokens = tokens(text)
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
        node = self.group()
        if self.peek()[0] != "end":
            raise Unreadable(f"cannot read from {self.peek()[1]!r}")
        return node

    def group(self) -> Node:
        """What a pair of braces holds: a sum, or two of them around \\over or \\choose."""
        node = self.sum()
        if self.peek() in (("cmd", "over"), ("cmd", "choose")):
            return ("div" if self.take()[1] == "over" else "binom", node, self.sum())
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

    def _signed(self, read: Callable[[], Node]) -> Node:
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
                                "mid", "rvert", "vert", "|", "rVert", "%", "$", "end", "\\", "over",
                                "choose")  # fmt: skip
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
            elif kind == "sym" and text == "_" and node[0] == "var":  # {e}_{r}
                self.take()
                node = self.applied(f"{node[1]}_{self.subscript()}")
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
            self.atom()
        elif kind == "sym" and text == "(":
            self.atom()
        elif kind == "num":
            # TeX raises only the 1 of x^12, but nobody who writes it means that.
            self.take()
        elif (kind == "cmd" and text in ("prime", "circ", "degree", "top")) or (kind == "sym" and text in "'*°"):
            self.take()
        else:
            self.atom()
        return self.tokens[start : self.at]

    def sub_read(self, tokens: list[tuple[str, str]]) -> Node:
        """Reads some tokens as a whole expression."""
        if not tokens:
            raise Unreadable("an empty argument")
        saved, saved_at = self.tokens, self.at
        self.tokens, self.at = tokens, 0
        try:
            node = self.group()
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
            return command(self, text)
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
        while self.peek() == ("sym", "'"):  # \\dot{x}_0
            self.take()
            name += "'"
        if self.peek() == ("sym", "_"):
            self.take()
            sub = self.subscript()
            if name in "CAP" and self.peek() == ("sym", "^"):
                self.take()
                top = self.sub_read(self.argument_tokens())
                if name == "C":
                    return ("binom", Reader(sub, self.tight).all(), top)
                return ("pow", ("var", f"{name}_{sub}"), top)
            name = f"{name}_{sub}"
        while self.peek() == ("sym", "'"):
            self.take()
            name += "'"
        return self.applied(name)

    def subscript(self) -> str:
        """The text of a subscript, whose commands stand for themselves: L_\\odot, x_{\\text{max}}."""
        if self.peek()[0] == "cmd" and self.peek()[1] not in FONTS:
            return self.take()[1]
        font = self.take()[1] if self.peek()[0] == "cmd" else ""
        inner = self.argument_tokens() if self.peek() == ("sym", "{") or not font else [self.take()]
        return "".join(text for _, text in inner if text not in ("{", "}") and text not in FONTS)

    def applied(self, name: str) -> Node:
        """A name, or the value of an unknown function where an argument in parentheses follows."""
        if name in ("e", "i", "pi") or self.peek() != ("sym", "("):
            return ("var", name)
        if name in ("C", "P") and self.peek(2) == ("sym", ",") and self.peek(4) == ("sym", ")"):
            return self.selection(name)
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

    def selection(self, name: str) -> Node:
        """C(n, k) combinations, or P(n, k) permutations."""
        self.take()
        total = self.sum()
        self.expect(",")
        chosen = self.sum()
        self.expect(")")
        ways: Node = ("binom", total, chosen)
        return ways if name == "C" else ("mul", ways, ("fact", chosen))

    def symbol(self, text: str) -> Node:
        if text in "([{":
            node = self.group() if text == "{" else self.sum()
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
    reader = Reader(text, tight=False)
    first = reader.all()
    if not reader.ambiguous:
        return (first,)
    return (first, Reader(text, tight=True).all())
