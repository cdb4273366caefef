"""Reading one quantity: a number or an expression with its unit, percent sign or degrees taken off, or words."""

from __future__ import annotations

import re
from fractions import Fraction

from .reader import readings
from .shapes import Clock, Form, Group, Named, Scalar, Words
from .tokens import FUNCTIONS, GREEK, Unreadable
from .units import LETTERS, Unit, is_known, read_unit
from .values import signs, variables

_ARTICLES = {"a", "an", "the", "is", "are", "it", "its", "that", "of", "there", "to", "be", "this", "in"}
_ONES = [
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
]  # fmt: skip
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_NUMBER_WORDS = {**{word: n for n, word in enumerate(_ONES)}, **{word: 10 * n for n, word in enumerate(_TENS, start=2)}}
_POWERS = {"thousand": 3, "million": 6, "billion": 9, "trillion": 12}
_POWER_WORD = re.compile(rf"(?<=[\d}}])\s*(⟦?)\s*({'|'.join(_POWERS)})s?\b\s*(?:⟧|(?=[^⟧]*))", re.IGNORECASE)
_PLUS_INFINITY = re.compile(r"\+\s*\\infty")
_TAIL_WORD = r"(?:⟦[^⟧]*⟧|(?<![\\a-zA-Z])[A-Za-zµ]+\.?)(?:\s*\^\s*\{?\s*-?\d\s*\}?)?"
_TAIL = re.compile(
    rf"(?P<head>.*?[\d)}}\]!a-zA-Z])(?P<tail>(?:(?:\s|/|\\cdot|\\times|\*|-(?=\s*[⟦A-Za-z])|\\mu)*{_TAIL_WORD}(?:\s*/\s*)?)+)$",
    re.DOTALL,
)
_BASED = re.compile(r"^((?:[0-9A-Fa-f]|⟦[A-Fa-f]+⟧)+)\s*_\s*\{?\s*(\d+|⟦[a-z]+⟧|[a-z]{3,})\s*\}?$")
_MODULO = re.compile(r"\s*\(?\s*(?:\\[pb]?mod|\\pod|⟦mod⟧|\bmod)\s*[({]?\s*(\w+)\s*[)}]?\s*\)?$")
_ANGLE_FUNCTION = re.compile(r"(?:sin|cos|tan|cot|sec|csc)(?![a-z])")
_MIXED = ((("T", 1),), (("L", 1),), (("M", 1),), (("$", 1),))  # dimensions whose units are written beside each other
_QUANTITY = r"(\d+(?:\.\d+)?)\s*([A-Za-z]+)\.?\s*(?:,|and\b)*\s*"
_DMS = re.compile(
    r"^(-?)\s*(\d+(?:\.\d+)?)\s*\^\{?\\circ\}?\s*(?:(\d+(?:\.\d+)?)\s*(?:\^\{?\\prime\}?|'))?\s*(?:(\d+(?:\.\d+)?)\s*(?:\^\{?\\prime\s*\\prime\}?|''))?$"
)
_DEGREES = re.compile(r"\s*\^\s*\{?\s*\\circ\s*\}?\s*$")
_CLOCK = re.compile(r"^(\d{1,2})(?:\s*:\s*(\d{2}))?\s*(?:⟦?\s*([ap])\.?\s*m\.?\s*⟧?)?$", re.IGNORECASE)
_RATIO = re.compile(r"^([^:]+?)\s*:\s*([^:]+)$")
_RATIOS = re.compile(r"^[\d.]+(?:\s*:\s*[\d.]+){2,}$")


def scalar(text: str) -> Form:
    """A number or an expression, with its unit taken off.

    Raises:
        Unreadable: It is neither.
    """
    if (time := clock(text)) and time.half:
        return time
    if based := _BASED.match(text):
        digits, base = re.sub("[⟦⟧]", "", based[1]), based[2].strip("⟦⟧")
        base = str(_NUMBER_WORDS.get(base, base))
        return Named(f"base {base}", expression(digits) if digits.isdigit() else Words((digits.lower(),)))
    if modulo := _MODULO.search(text):
        return expression(text[: modulo.start()], unit=Unit(((f"mod {modulo[1]}", 1),), Fraction(1), modulo[1]))
    if (dms := _DMS.match(text)) and (dms[3] or dms[4]):
        value = Fraction(dms[2]) + Fraction(dms[3] or 0) / 60 + Fraction(dms[4] or 0) / 3600
        return Scalar((("num", -value if dms[1] else value, None),), degrees=True)
    if ratio := _RATIO.match(text):
        return Scalar(tuple(("div", a, b) for a in readings(ratio[1]) for b in readings(ratio[2])))
    if _RATIOS.match(text):  # 2:4:6 as the shares of the first
        first, *others = (readings(part)[0] for part in text.split(":"))
        return Named("ratio", Group("(", ")", tuple(Scalar((("div", part, first),)) for part in (first, *others))))
    text = _PLUS_INFINITY.sub(r"\\infty", text) if text.lstrip().startswith("+") else text
    percent = text.endswith("%")
    if percent:
        text = text[:-1].rstrip()
    degrees = _DEGREES.search(text)
    if degrees and _ANGLE_FUNCTION.search(text):  # the angle of \\sin 50^\\circ, not the value
        degrees = None
    if degrees:
        text = text[: degrees.start()]
    if (spelt := _spelt(text)) is not None:
        return Scalar((("num", Fraction(spelt), None),))
    try:
        plain: Form | None = expression(text, percent, bool(degrees))
    except Unreadable:
        plain = None
    with_unit = _measured(text, plain is not None)
    if with_unit is not None:
        return with_unit
    if plain is None:
        raise Unreadable("no expression")
    return plain


def clock(text: str) -> Clock | None:
    """A time of day such as 2:15 PM, 5 am or 15:30."""
    found = _CLOCK.match(text)
    if not found or not (found[2] or found[3]) or int(found[1]) > 24 or int(found[2] or 0) > 59:
        return None
    return Clock(int(found[1]), int(found[2] or 0), f"{found[3]}m".lower() if found[3] else "")


def with_power_of_ten(text: str) -> str:
    """1.45 million as 1.45 \\cdot 10^6; other text as it is."""

    def power(found: re.Match[str]) -> str:
        rest = found[1] if not found[0].rstrip().endswith("⟧") else ""
        return rf" \cdot 10^{{{_POWERS[found[2].lower()]}}} {rest}"

    return _POWER_WORD.sub(power, text)


def mixed_units(text: str) -> Scalar | None:
    """5 hours and 30 minutes, 6 ft 2 in, as one quantity in the first unit; None where it is no such thing."""
    plain = re.sub("[⟦⟧]", " ", text).strip()
    if len(plain) > 80 or not re.fullmatch(f"(?:{_QUANTITY}){{2,4}}", plain):
        return None
    pieces = [(Fraction(number), read_unit(word)) for number, word in re.findall(_QUANTITY, plain)]
    units = [unit for _, unit in pieces if unit is not None and unit.dimension in _MIXED]
    if len(units) < len(pieces) or len({unit.dimension for unit in units}) > 1:
        return None
    sizes = [number * unit.factor for (number, _), unit in zip(pieces, units, strict=True)]
    if not all(size < unit.factor for unit, size in zip(units[:-1], sizes[1:], strict=True)):
        return None  # 2 m and 150 cm are two lengths
    return Scalar((("num", Fraction(sum(sizes)) / units[0].factor, None),), units[0])


def _spelt(text: str) -> int | None:
    """twenty-one as 21, one hundred as 100."""
    parts = re.split(r"[\s-]+", text.strip("⟦⟧ ").lower())
    hundreds = 0
    if len(parts) >= 2 and parts[1] == "hundred" and 0 < _NUMBER_WORDS.get(parts[0], 0) < 10:
        hundreds, parts = 100 * _NUMBER_WORDS[parts[0]], [part for part in parts[2:] if part != "and"]
        if not parts:
            return hundreds
    values = [_NUMBER_WORDS.get(part, -1) for part in parts]
    tens_and_ones = len(values) == 2 and values[0] >= 20 and 0 < values[1] < 10
    return hundreds + sum(values) if min(values) >= 0 and (len(values) == 1 or tens_and_ones) else None


def expression(
    text: str, percent: bool = False, degrees: bool = False, unit: Unit | None = None, loose: bool = False
) -> Form:
    nodes = readings(text.replace("⟦", "\\text{").replace("⟧", "}"))
    expanded = signs(nodes[0])
    if len(expanded) == 2:
        return Group("", "", tuple(Scalar((node,), unit, percent, degrees) for node in expanded))
    return Scalar(nodes, unit, percent, degrees, loose)


def _measured(text: str, readable: bool) -> Form | None:
    """A value and its unit, or None where there is no unit."""
    text = re.sub(r"\^\s*\{?\s*\\circ\s*\}?\s*⟦?([CF])⟧?$", r" ⟦deg\1⟧", text)
    text = re.sub(r"(?:⟦([kM])⟧)?\s*\\Omega\s*$", r" ⟦\1ohm⟧", text)
    match = _TAIL.match(text)
    if not match:
        return None
    starts = [match.start("tail") + found.start() for found in re.finditer(_TAIL_WORD, match["tail"])]
    for start in starts:
        value = _with_unit(text[:start].rstrip(" /*-"), text[start:], text, readable)
        if value is not None:
            return value
    return None


def _with_unit(head: str, tail: str, text: str, readable: bool) -> Form | None:
    """`head` as a value with the unit that `tail` writes; None where that makes no sense."""
    marked = "⟦" in tail
    plain = re.findall(r"[A-Za-zµ]+", re.sub(r"⟦[^⟧]*⟧|\\[a-z]+", "", tail))
    single = not marked and len(plain) == 1 and len(plain[0]) == 1
    if not head or not all(word == "per" or is_known(word) or len(word) > (3 if readable else 2) for word in plain):
        return None
    unit = read_unit(re.sub(r"[⟦⟧]", " ", tail).replace("\\mu", "u").replace("\\cdot", "·").replace("\\times", "x"))
    try:
        value = expression(re.sub(r"\\(?:times|cdot)\s*$", "", head), unit=unit)
    except Unreadable:
        return None
    if not isinstance(value, Scalar):
        return value
    numeric = not variables(value.nodes[0])
    if single:
        if not numeric or plain[0] not in LETTERS:
            return None
        return Scalar((*value.nodes, *readings(text)), value.unit, loose_unit=plain[0] != "s")
    return value if numeric or (marked and (unit is None or unit.dimension is not None)) else None


_SHORT_WORDS = {"yes", "no", "none", "dne", "true", "false", "odd", "even"}
LONG_WORD = re.compile(r"(?<![\\a-zA-Z])[a-zA-Z]{4,}(?![a-zA-Z])")


def looks_like_words(text: str) -> bool:
    """No mathematics: words only, or a sentence. A number with a unit is none of these."""
    bare = re.sub(r"⟦([^⟧]*)⟧", r"\1", text)
    bare = re.sub(r"\\(?:begin|end)\s*\{[^{}]*\}(?:\{[^{}]*\})?", "", bare)
    if bare.strip().lower() in _SHORT_WORDS:
        return True
    if not re.search(r"\d|\\[a-zA-Z]|[=<>+^_]", bare):
        runs = re.findall(r"[a-zA-Z]+", bare)
        letters = "".join(runs)
        if letters in FUNCTIONS or letters in GREEK or _spelt(bare) is not None or letters in ("inf", "infty"):
            return False
        if any(len(run) > 3 for run in runs):
            return True
        return len(letters) > 1 and (text.startswith("⟦") or re.fullmatch(r"[A-Z\s]+", bare) is not None)
    return len(LONG_WORD.findall(re.sub(r"\\[a-zA-Z]+", " ", bare))) >= 4 and len(bare.split()) >= 6


def words(text: str) -> Words:
    """The words and numbers of a text, in lower case, without articles and punctuation."""
    plain = re.sub(r"\\text\w*|[⟦⟧{}$\\]", " ", text)
    found = re.findall(r"[^\W_]+(?:[.:'][^\W_]+)*|[<>=+*/^|-]", plain.lower())
    dropped = _ARTICLES - {"a"} if re.search(r"\\[a-z]|[=^+]", text) else _ARTICLES  # a may be a variable
    return Words(tuple(word for word in found if word not in dropped) or tuple(found) or (text,))
