"""Units of measurement: enough of them to tell 100 cm from 1 m and 5 km/h from 5 mph, and to ignore "cookies"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

_METRE, _SECOND, _GRAM, _JOULE = ("L", 1), ("T", 1), ("M", 1), ("J", 1)
_TABLE: dict[str, tuple[str, str]] = {}


def _define(dimension: str, **factors: str) -> None:
    for names, factor in factors.items():
        for name in names.split("__"):
            _TABLE[name] = (dimension, factor)


_define(
    "L", m__meter__metre="1", cm__centimeter__centimetre="1/100", mm__millimeter__millimetre="1/1000",
    km__kilometer__kilometre="1000", nm__nanometer="1/1000000000", pm__picometer="1/1000000000000",
    um__micron__micrometer="1/1000000", dm__decimeter="1/10", angstrom__AA="1/10000000000",
    ft__foot__feet="3048/10000", inch__inche__in="254/10000", yd__yard="9144/10000", mi__mile="1609344/1000",
    parsec__pc="30856775814913673",
)  # fmt: skip
_define(
    "T", s__sec__second="1", ms__millisecond="1/1000", min__minute__mins="60", h__hr__hour="3600", day__d="86400",
    week="604800", year__yr="31556952", month="2629746",
)  # fmt: skip
_define(
    "M", g__gram="1", kg__kilogram="1000", mg__milligram="1/1000", lb__pound="45359237/100000",
    oz__ounce="28349523125/1000000000",
    amu="166053906660/100000000000000000000000000000000000",
)  # fmt: skip
_define("V", L__l__liter__litre="1", mL__ml__milliliter="1/1000", gallon__gal="3785411784/1000000000")
_define("A", degree__deg="1", radian__rad="1000000", arcsec="1/3600", arcmin="1/60")
_define(
    "E",
    J__joule="1",
    eV="1602176634/10000000000000000000000000000",
    erg="1/10000000",
    cal="4184/1000",
)
_define("P", W__watt="1")
_define("F", N__newton="1")
_define("Q", V__volt="1")
_define("I", A__amp__ampere="1")
_define("K", K__kelvin="1")
_define("C", C__celsiu__degC="1")
_define("Fh", F__fahrenheit__degF="1")
_define("Hz", Hz__hertz="1")
_define("$", dollar__USD="1", cent="1/100")
_define("%", percent="1")
_define("Pa", Pa__pascal="1", bar="100000", atm="101325")
_define("ohm", ohm="1")
_define("T_", T__tesla="1")
_define("mol", mol__mole="1")
_PREFIXES = {"n": "1e-9", "u": "1e-6", "m": "1e-3", "k": "1e3", "M": "1e6", "G": "1e9"}
_PREFIXED = {"m", "s", "g", "J", "eV", "W", "N", "V", "A", "Hz", "Pa", "ohm", "T", "K", "C", "mol", "pc", "yr", "L",
             "cal"}  # fmt: skip
_COMPOUND = {
    "mph": "mi/h",
    "kph": "km/h",
    "kmh": "km/h",
    "kmph": "km/h",
    "sq": "",
    "square": "",
    "cubic": "",
    "cc": "cm^3",
}
LETTERS = {name for name in _TABLE if len(name) == 1}


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit: what it measures (None where a word of it is unknown) and its size in base units."""

    dimension: tuple[tuple[str, int], ...] | None
    factor: Fraction
    words: str


def is_known(word: str) -> bool:
    """Whether the word, or its singular, is a unit."""
    return _entry(word) is not None or word in _COMPOUND


def _entry(word: str) -> tuple[str, str] | None:
    for form in (word, word.rstrip("."), word.removesuffix("s"), word.lower(), word.lower().removesuffix("s")):
        if form in _TABLE:
            return _TABLE[form]
    if word[0] in _PREFIXES and word[1:] in _PREFIXED:
        dimension, factor = _TABLE[word[1:]]
        return dimension, str(Fraction(factor) * Fraction(_PREFIXES[word[0]]))
    return None


_PIECE = re.compile(r"([A-Za-zµ°$%]+)\.?(?:\s*\^?\s*\{?\s*(-?\d+)\s*\}?)?|([/·*.])|(per\b)")


def read_unit(text: str) -> Unit | None:
    """The unit that `text` writes, such as `km/h`, `cm^2`, `square feet`; None where there is no word in it."""
    text = re.sub(r"\bper\b", "/", text.strip())
    for word, written in _COMPOUND.items():
        if written:
            text = re.sub(rf"\b{word}\b", written, text)
    dimension: dict[str, int] = {}
    factor = Fraction(1)
    sign, known, found, implied = 1, True, False, 1
    for word, power, operator, _ in _PIECE.findall(text):
        if operator == "/":
            sign = -1
            continue
        if not word:
            continue
        found = True
        if word.lower() in ("square", "sq", "squared", "cubic", "cubed"):
            implied = 2 if word.lower().startswith("sq") else 3
            continue
        entry = _entry(word)
        if entry is None:
            known = False
            continue
        exponent = sign * int(power or implied)
        implied = 1
        dimension[entry[0]] = dimension.get(entry[0], 0) + exponent
        factor *= Fraction(entry[1]) ** exponent
    if not found:
        return None
    shape = tuple(sorted((name, exponent) for name, exponent in dimension.items() if exponent))
    return Unit(shape if known else None, factor, " ".join(text.lower().split()))
