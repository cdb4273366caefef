"""The text of an answer: one spelling for everything that LaTeX and plain text can spell in several ways.

Words that were set as text, such as \\text{ cm }, become ⟦cm⟧, so that later steps can tell a unit from variables.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from .tokens import FUNCTIONS
from .units import LETTERS, is_known

_UNICODE = {
    "−": "-", "–": "-", "—": "-", "×": r"\times ", "⋅": r"\cdot ", "·": r"\cdot ", "÷": "/", "≤": r"\le ", "≥": r"\ge ",
    "≠": r"\ne ", "∪": r"\cup ", "∩": r"\cap ", "∈": r"\in ", "∞": r"\infty ", "π": r"\pi ", "θ": r"\theta ",
    "α": r"\alpha ", "β": r"\beta ", "λ": r"\lambda ", "μ": r"\mu ", "ω": r"\omega ", "φ": r"\phi ", "σ": r"\sigma ",
    "≈": r"\approx ",
    "⁄": "/", "∛": r"\sqrt[3]", "∜": r"\sqrt[4]", "Ω": r"\Omega ", "✓": "", "✔": "", "✅": "",
    "∅": r"\emptyset ", "ℝ": r"\mathbb{R}", "℃": r"^\circ C", "½": r"\frac12", "¼": r"\frac14",
    "¾": r"\frac34", "⅓": r"\frac13", "⅔": r"\frac23", "’": "'", "′": "'", "″": "''",
    "，": ",", "。": ".", "（": "(", "）": ")", "：": ":", "；": ";", "\u00a0": " ", "\u2009": " ", "\u202f": " ",
    "∶": ":", "±": r"\pm ", "∨": " or ", "．": ".", "√": "√", "µ": r"\mu ", "＝": "=", "＜": "<", "＞": ">", "％": "%",
    "Å": " angstrom",
    "、": ", ", "¢": r"\cent ",
    "\u200b": "", "\u200e": "", "\u200f": "", "\ufeff": "", "\u2061": "", "\u2062": "",
}  # fmt: skip
_TRANSLATION = str.maketrans(_UNICODE)
_RAISED, _LOWERED = "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ⁿ", "₀₁₂₃₄₅₆₇₈₉₊₋ₙ"
_LEVEL = str.maketrans(_RAISED + _LOWERED, "0123456789+-n" * 2)
_RUNS = re.compile(f"[{_RAISED}]+|[{_LOWERED}]+")


def _dollars(found: re.Match[str]) -> str:
    """$0.50 with its unit, so that it is 50 cents and not 0.50 cents."""
    sign = "-" if found[0].startswith("-") else ""
    return rf"{sign}{found[1].rstrip('.')} \text{{dollars}}"


_SPELLINGS: tuple[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]], ...] = tuple(
    (re.compile(pattern), replacement)
    for pattern, replacement in (
        (r"\\(?:left|right|bigg?[lr]?|Bigg?[lr]?|middle)(?![a-zA-Z])\s*\.?(?=[\s\\(){}\[\]|.<>/]|$)", ""),
        (r"(\\in\s*)\\(?:mathbf|bf|boldsymbol|bm)\s*\{?\s*([ZNQC])\s*\}?", r"\1\\mathbb{\2}"),
        (r"\\(?:displaystyle|textstyle|limits|boldsymbol|bm|mathbf|bf)(?![a-zA-Z])", ""),
        (r"\\(?:[dtc]|s|nice)frac(?![a-zA-Z])", r"\\frac"),
        (r"\\(?:text)?color\s*\{[^{}]*\}", ""),
        (
            r"\\(?:large|Large|LARGE|huge|Huge|small|normalsize|underline|checkmark|newline|strut|phantom\{[^{}]*\})(?![a-zA-Z])",
            "",
        ),
        (r"\\(?:leqslant|leq|leqq)(?![a-zA-Z])", r"\\le "),
        (r"\\(?:geqslant|geq|geqq)(?![a-zA-Z])", r"\\ge "),
        (r"\\(?:neq|not=|not\s*=)(?![a-zA-Z])", r"\\ne "),
        (r"\\lt(?![a-zA-Z])", "<"),
        (r"\\gt(?![a-zA-Z])", ">"),
        (r"<=", r"\\le "),
        (r">=", r"\\ge "),
        (r"!=", r"\\ne "),
        (r"\\(?:approx|simeq|doteq|cong|equiv)(?![a-zA-Z])", r"\\approx "),
        (r"\\(?:varnothing|oslash|emptyset)(?![a-zA-Z])|\\\{\s*\\\}|^\s*\{\s*\}\s*$", r"\\emptyset "),
        (r"(?<![\w}])(?:\{\s*\})?([_^])\s*(\{\w+\}|\w)\s*C\s*_\s*(\{\w+\}|\w)", r"\\binom{\2}{\3}"),
        (r"\{:\}", ":"),
        (r"(?<=\d)\s*x\s*(?=10\s*(?:\^|\*\*))", r"\\times "),
        (r"(?<=\d)\.\((\d+)\)", r".\\overline{\1}"),
        (r"(?<=,)\s*(?:\.{3,}|…)(?=\s*,)", r"\\dots "),
        (r"(?<=\.)(\d{0,40}?)(\d{1,6}?)\2{2,}\s*(?:\\[lc]?dots|\.{3}|…)\s*$", r"\1\\overline{\2}"),
        (r"(?<=\.)(\d*)\s*(?:\\[lc]?dots|\.{3}|…)\s*$", r"\1"),
        (r"\^\s*\{?\s*\\prime\s*\\prime\s*\}?", "''"),
        (r"\^\s*\{?\s*\\prime\s*\}?", "'"),
        (r"\\(?:R|reals|Reals)(?![a-zA-Z])|\\mathbb\s*\{?R\}?|\\mathbf\{R\}", r"\\reals "),
        (r"(?<=\d)(?:\{,\}|\\,|,\\!|\\!,|,\\,)\s*(?=\d{3}(?!\d))", ""),
        (r"\\(?:quad|qquad)(?![a-zA-Z])|(?<!\\)\\[;,: ]|~", " "),
        (r"\\!", ""),
        (r"\\(?:lbrace|\{)", r"\\{"),
        (r"\\(?:rbrace|\})", r"\\}"),
        (r"\\langle(?![a-zA-Z])", "⟨"),
        (r"\\rangle(?![a-zA-Z])", "⟩"),
        (r"\\(?:lbrack)(?![a-zA-Z])", "["),
        (r"\\(?:rbrack)(?![a-zA-Z])", "]"),
        (r"\\AA(?![a-zA-Z])", " angstrom"),
        (r"\\(?:mathrm|text)\s*\{\s*\\?~?\s*\}", ""),
        (r"^(?:USD|EUR|GBP|INR|Rs\.?)\s*(?=[\d\\$])", ""),
        (r"^-?(?:\$\s*)?\\\$\s*(-?\d[\d,.]*)(?=\s*(?:\$\s*)?\.?$)", _dollars),
        (r"^-?\$\s*(-?\d[\d,.]*)(?=\.?$)", _dollars),
        (r"\s*\\(?:text)?cents?(?![a-zA-Z])", " \\\\text{cents}"),
        (r"\\\$|[€£¥₹]|\\(?:pounds|euro)(?![a-zA-Z])", ""),
        (r"\\(?:%|percent)|\bper\s?cent\b", "%"),
        (r"\\#", "#"),
        (r"\\(?:to|rightarrow|longrightarrow|mapsto)(?![a-zA-Z])", r"\\to "),
        (r"\\(?:mid|vert|lvert|rvert)(?![a-zA-Z])", "|"),
        (r"\\[lr]?Vert(?![a-zA-Z])", r"\\|"),
        (r"\\(?:land|wedge)(?![a-zA-Z])", " and "),
        (r"\\(?:lor|vee)(?![a-zA-Z])", " or "),
        (r"(?i)(?<![a-zA-Z\\])(?:positive\s+)?infinity(?![a-zA-Z])", r"\\infty "),
        (r"(?i)(?<![a-zA-Z])negative\s+\\infty", r"-\\infty"),
        (r"(?<=\d)\s*\\mu\s*(?:\\(?:text|mathrm)\s*\{)?\s*([a-zA-Z])\}?(?=\s*\$?$)", r"\\text{u\1}"),
        (r"\\degree(?![a-zA-Z])|°", r"^{\\circ}"),
        (r"\\frac\s*\{\s*d\s*(\\?[a-zA-Z]+?(?:_\{?\w+\}?)?)\s*\}\s*\{\s*d\s*[a-zA-Z]\s*\}", r"\1'"),
        (
            r"\\frac\s*\{\s*d\s*\^\{?2\}?\s*(\\?[a-zA-Z]+?(?:_\{?\w+\}?)?)\s*\}\s*\{\s*d\s*[a-zA-Z]\s*\^\{?2\}?\s*\}",
            r"\1''",
        ),
        (r"\\dot(?![a-zA-Z])\s*\{?(\\?[a-zA-Z]+)\}?", r"\1'"),
        (r"\\ddot(?![a-zA-Z])\s*\{?(\\?[a-zA-Z]+)\}?", r"\1''"),
        (r"(?<=\d)\s*(?:\\(?:text|mathrm)\s*\{\s*)?万\s*(?:[元人个吨米]\s*)?\}?", r" \\times 10^{4} "),
        (r"(?<=\d)\s*(?:\\(?:text|mathrm)\s*\{\s*)?亿\s*(?:[元人个吨米]\s*)?\}?", r" \\times 10^{8} "),
        (r"\\tag\{[^{}]*\}|\\label\{[^{}]*\}", ""),
    )
)
_BOXED = re.compile(r"\\(?:boxed|fbox|framebox)\s*\{")
_TEXT = re.compile(
    r"\\(?:text|textbf|textit|textrm|textsf|mbox|mathrm|operatorname\*?|textnormal|rm|mathsf)"
    r"\s*\{((?:[^{}]|\^\s*\{-?\d\})*)\}"
)


def _unit_fraction(found: re.Match[str]) -> str:
    if not all(is_known(found[part].strip("⟦⟧ ")) for part in (1, 2)):
        return found[0]
    return f"{found[1]}/{found[2]}" + (f"^{found[3]}" if found[3] else "")


def matching(text: str, start: int) -> int | None:
    """The index of the brace that closes the one at `start`; None where it is not closed."""
    level = 0
    index = start
    while index < len(text):
        character = text[index]
        if character == "\\":
            index += 2
            continue
        level += (character == "{") - (character == "}")
        if level == 0:
            return index
        index += 1
    return None


def _unbox(text: str) -> str:
    while found := _BOXED.search(text):
        end = matching(text, found.end() - 1)
        if end is None:
            return text[: found.start()] + text[found.end() :]
        text = text[: found.start()] + text[found.end() : end] + text[end + 1 :]
    return text


def _mark_text(match: re.Match[str]) -> str:
    r"""\text{ cm } becomes ⟦cm⟧, except that one letter, a function or a formula stays what it is."""
    inner = match[1].replace("~", " ").strip()
    upright = match[0].startswith(("\\mathrm", "\\operatorname", "\\rm", "\\mathsf"))
    if not any(character.isalpha() for character in inner):
        return f" {inner} "
    unit = inner == "arcsec" and not match.string[match.end() :].strip(" $.")
    if inner in FUNCTIONS and inner not in ("min", "max", "sec") and not unit:
        return f"\\{inner} "
    if re.fullmatch(r"(?i)\s*,?\s*(or|and)\s*,?", inner):
        return f" {inner} "
    if re.match(r"[-$]?\d", inner) or re.fullmatch(r"[A-Z\d]{1,4}(?:\s*,\s*(?:and\s+)?[A-Z\d]{1,4})+", inner):
        return f" {inner} "  # \\text{5 apples}, \\text{A, C}
    if len(inner) == 1 and upright and inner not in LETTERS:
        return inner
    return f"⟦{inner}⟧"


# A space that TeX would not set by itself stands before a unit, not a variable: 576\\pi\\;m^{2}.
_SPACED_UNIT = re.compile(r"(?<=[\w})])\s*(?:\\[;,:]|~)\s*([a-zA-Z]{1,3})(?=(?:\s*\^\s*\{?\d\}?)?\s*\$?\s*$)")


_ALIGNED = re.compile(
    r"\\begin\{(?:align|equation|gather|aligned|gathered|split)\*?\}(.*?)"
    r"\\end\{(?:align|equation|gather|aligned|gathered|split)\*?\}",
    re.DOTALL,
)
_SYSTEM = re.compile(
    r"(?:\\left\s*)?(?:\\\{|\\lbrace)?\s*\\begin\{(cases|array)\}(?:\{[^{}]*\})?(.*?)\\end\{\1\}(?:\s*\\right\s*\.)?",
    re.DOTALL,
)
_BRANCH_WORD = re.compile(r"\\text\s*\{\s*,?\s*(?:if|for|when|where|otherwise)?\s*\}|(?<![a-zA-Z])if(?![a-zA-Z])")


def _system(found: re.Match[str]) -> str:
    """Equations below each other as a list; the branches of a function as two columns, value and condition."""
    rows = [[cell.strip() for cell in row.split("&")] for row in re.split(r"\\\\", found[2]) if row.strip()]
    if all("=" in row[0] or (len(row) > 1 and row[1].startswith("=")) for row in rows):
        return ", ".join("".join(row) for row in rows)
    if "[" in found[0][:8] or not any(re.search(r"[<>=]|\\[lg]e|\\ne", cell) for row in rows for cell in row[1:]):
        return found[0]
    branches = [[cell for part in row if (cell := _BRANCH_WORD.sub("", part).strip(" ,"))] for row in rows]
    return r"\begin{cases}" + r"\\".join(" & ".join(row) for row in branches) + r"\end{cases}"


def _level(run: re.Match[str]) -> str:
    """x⁻¹² is x^{-12}."""
    return f"{'^' if run[0][0] in _RAISED else '_'}{{{run[0].translate(_LEVEL)}}}"


_PHRASES: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), replacement)
    for pattern, replacement in (
        (r"^(\d+)\s*(?:⟦to⟧|to)\s*(\d+)$", r"\1:\2"),
        (r"^⟦?(?:12(?::00)?\s*)?noon⟧?$", "12:00 pm"),
        (r"^⟦?(?:12(?::00)?\s*)?midnight⟧?$", "12:00 am"),
        (r"^([\dA-F]+)\s*[(⟦]*\s*(?:in\s+)?base[\s-]+(\d+|[a-z]+)\s*[)⟧]*$", r"\1_{\2}"),
        (r"(?<=\d)\s*,?\s*⟦?\s*(?:with\s+)?(?:a\s+)?remainder\s*(?:of\s*)?⟧?\s*(?=\d)", " R "),
        (r"^(\([^()]*,[^()]*\))\s*\^\s*\{?\s*(?:T|\\top)\s*\}?$", r"\1"),
        (r"(?<=\w)\s+only$", ""),
        (r"(?<=\d)\s+\((?:⟦\s*)?([a-z]{4,})(?:\s*⟧)?\)$", r" ⟦\1⟧"),
        (r"^⟦?(?:an?|one)[\s-]+half⟧?$", r"\\frac12"),
        (r"^(?:\\triangle|△|⟦?triangle\b\s*⟧?)\s*\{?(?-i:([A-Z]{3}))\}?$", r"\1"),
    )
)
# Two values between brackets of any kind and direction, with a comma or a semicolon: ]2,3[ and (2;3).
_VALUE = r"([^\[\]();,{}]*(?:[({][^\[\]();,{}]*[)}][^\[\]();,{}]*)*[^\[\]();,{}\s])"
_PAIR = re.compile(rf"([\[\](])\s*{_VALUE}\s*([,;])\s*{_VALUE}\s*([\[\])])")


def _pair(found: re.Match[str]) -> str:
    """A pair with a comma; brackets that face outwards, as some countries write them, leave the ends out."""
    opening = "(" if found[1] == "]" else found[1]
    closing = ")" if found[5] == "[" else found[5]
    return f"{opening}{found[2]},{found[4]}{closing}"


_ROWS = re.compile(r"^\[([^\[\](){}]*)\]$")


def _rows(found: re.Match[str]) -> str:
    """[1, 2; 3, 4] or [1 2; 3 4], rows of two entries or more, as a matrix; [2; 3) and [2; 3] are intervals."""
    rows = [re.split(r"\s*,\s*" if "," in found[1] else r"\s+", row.strip()) for row in found[1].split(";")]
    if len(rows) < 2 or len({len(row) for row in rows}) > 1 or len(rows[0]) < 2 or not all(map(all, rows)):
        return found[0]
    return r"\begin{matrix}" + r" \\ ".join(" & ".join(row) for row in rows) + r"\end{matrix}"


def clean(text: str) -> str:
    """One spelling for everything that LaTeX and plain text can spell in several ways."""
    text = _RUNS.sub(_level, text)
    text = _unbox(text.translate(_TRANSLATION))
    text = _SPACED_UNIT.sub(lambda found: rf" \text{{{found[1]}}}" if is_known(found[1]) else found[0], text)
    text = _ALIGNED.sub(lambda found: found[1].replace("&", ""), text)
    text = _SYSTEM.sub(_system, text)
    text = re.sub(r"^\s*(?:\*\*|__|`+)|(?:\*\*|__|`+)\s*$", "", text)
    for pattern, replacement in _SPELLINGS:
        text = pattern.sub(replacement, text)
    text = re.sub(r"\\[()\[\]]|\$", " ", text)
    text = _TEXT.sub(_mark_text, text)
    text = re.sub(r"\\frac\s*\{\s*(⟦[^⟧]*⟧)\s*\}\s*\{\s*(⟦[^⟧]*⟧)\s*(?:\^\s*\{?(\d)\}?)?\s*\}", _unit_fraction, text)
    text = re.sub(r"(?<![\d._^}])(\d{1,3}(?: \d{3})+)(?![\d.])", lambda match: match[0].replace(" ", ""), text)
    text = re.sub(r"[ \t\r\f\v]+", " ", text).strip()
    for pattern, replacement in _PHRASES:
        text = pattern.sub(replacement, text)
    text = _PAIR.sub(_pair, _ROWS.sub(_rows, text))
    return _without_phrases(trimmed(text))


_LEADING = re.compile(
    r"^(?:⟦\s*)?(?:the\s+|our\s+)?(?:(?:general|final|correct|unique|only)\s+)*(?:solution|answer|result|value)s?(?:\s+set)?"
    r"\s*(?:(?:is|are)\s*:?|:)\s*⟧?\s*(?=\S)|^(?:⟦\s*)?(?:about|approximately|roughly|around)\s*⟧?\s+(?=[\d\\$-])|^(?:⟦\s*)?converges?\s+to\s*⟧?\s*(?=[\d\\$-])|^\\approx\s*",
    re.IGNORECASE,
)
_ASIDE = re.compile(
    r"\s*(?:⟦\s*)?\(\s*(?:⟦\s*)?(?:(?:or|i\.e\.|about|approx\w*|rounded|to\s+\w+\s+(?:decimal|significant)|nearest|since|because|"
    r"which)\b|\\approx)[^()]*(?:\([^()]*\)[^()]*)*\)?\s*⟧?\s*$",
    re.IGNORECASE,
)
MAX_TRAILING = 120  # characters of a condition after the answer
_TRAILING = re.compile(
    r"\s*[,;.]?\s*(?:[⟦(]\s*)?,?\s*(?:for\s+(?:all|any|every|each|some|integers?|real)\b|for\s(?=[\w\s\\{}]*(?:[<>]|\\[lg]e\b))|where\b|any\s+integer\b|"
    r"with\s+[a-zA-Z]\s*\\in\b).*$|\s*[,;(]\s*[a-z]\s*\\in\s*(?:\\mathbb\s*\{?[ZNRC]\}?|\\reals|\\?[ZN]\b).*$",
    re.IGNORECASE | re.DOTALL,
)


def _without_phrases(text: str) -> str:
    """Without "the solution is" before and "for all real numbers t" after the mathematics."""
    text = _LEADING.sub("", text, count=1)
    text = _ASIDE.sub("", text) or text
    shorter = _TRAILING.sub("", text)
    if len(text) - len(shorter) > MAX_TRAILING or r"\begin" in text[len(shorter) :]:
        return text  # more than a condition
    return trimmed(shorter) if re.search(r"[\d=()\\]|[a-zA-Z]", shorter) and "\\{" not in shorter[-3:] else text


def trimmed(text: str) -> str:
    previous = None
    while previous != text:
        previous = text
        text = text.strip().rstrip(".,;:/").removeprefix(":").strip() if text not in (".", "") else ""
        text = re.sub(r"\\\\$", "", text)
        if text.startswith("{") and matching(text, 0) == len(text) - 1:
            text = text[1:-1]
    return text


OPENING, CLOSING = "([{⟨", ")]}⟩"


def split(text: str, pattern: re.Pattern[str]) -> list[str]:
    """Split where the pattern matches outside of all brackets, environments and | |."""
    parts: list[str] = []
    level, start, index = 0, 0, 0
    bars = False
    while index < len(text):
        if text.startswith("\\begin", index):
            level += 1
        elif text.startswith("\\end", index):
            level -= 1
        character = text[index]
        if character == "\\" and index + 1 < len(text) and text[index + 1] in "{}":
            level += 1 if text[index + 1] == "{" else -1
            index += 2
            continue
        if character == "⟦":
            level += 1
        elif character == "⟧":
            level -= 1
        elif character in OPENING:
            level += 1
        elif character in CLOSING:
            level -= 1
        elif character == "|":
            bars = not bars
        if level == 0 and (match := pattern.match(text, index)) and match.end() > index:
            parts.append(text[start:index])
            start = index = match.end()
            continue
        index += 1
    parts.append(text[start:])
    return [part.strip() for part in parts]
