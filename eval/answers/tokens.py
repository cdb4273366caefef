"""The tokens of a mathematical expression, in LaTeX or plain text, and the names that it may use."""

from __future__ import annotations

import re
from typing import Any

Node = tuple[Any, ...]
"""An expression: a tuple whose first item names the operation. See `values`."""

MAX_CHARS = 4_000


class Unreadable(ValueError):
    """Not an expression that can be read or evaluated."""


class TooLarge(Unreadable):
    """An expression whose value is too large, or takes too long, to work out: algebra would not fare better."""


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
    "bar": "bar", "overline": "bar", "hat": "hat", "widehat": "hat", "tilde": "tilde", "widetilde": "tilde",
    "vec": "vec", "overrightarrow": "vec", "dot": "dot", "ddot": "ddot", "mathcal": "mathcal", "mathbb": "mathbb",
    "boldsymbol": "boldsymbol",
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


def tokens(text: str) -> list[tuple[str, str]]:
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
