"""Reading a final answer into the forms of shapes.py, from the outermost structure inwards.

`forms(text)` gives the ways to read an answer, most often one. Two where the writing is ambiguous: `2,900` is a number
or a pair, `-1<x<=1:(-1,1]` states one answer twice. What cannot be read as mathematics is read as words.
"""

from __future__ import annotations

import re
from contextlib import suppress
from functools import lru_cache

from .progressions import written_out
from .reader import readings
from .regions import comparison, complement, intersection, region_of, single, union, without
from .scalars import LONG_WORD, clock, looks_like_words, mixed_units, scalar, with_power_of_ten, words
from .shapes import EVERYWHERE, Chain, Form, Group, Matrix, Named, Region, Scalar, Words
from .text import CLOSING, OPENING, clean, split, trimmed
from .tokens import GREEK, MAX_CHARS, Node, Unreadable

_ALL_REAL = {
    "all real numbers", "all reals", "real numbers", "any real number", "all real number", "all real",
    "every real number",
    "all real numbers x", "set all real numbers", "x any real number",
}  # fmt: skip


_OR = re.compile(r"(?<![a-zA-Z])(?:,\s*)?(?:or|and)(?![a-zA-Z])|;|\\\\|\n")
_BY = re.compile(r"\\times(?![a-zA-Z])|(?<![a-zA-Z])(?:x|by)(?![a-zA-Z])|⟦\s*(?:x|by)\s*⟧")
_MEASURED = re.compile(r"\d[\d.,]*\s*⟦?\s*[a-zA-Z]+\.?\s*⟧?$")
_COMMA = re.compile(r",")
_CUP = re.compile(r"\\(?:cup|bigcup)(?![a-zA-Z_])|(?<=[)\]}])\s*U\s*(?=[(\[\\])")
_EQUALS = re.compile(r"=|\\approx(?![a-zA-Z])")
_RELATION = re.compile(r"\\(?:le|ge|ne)(?![a-zA-Z])|<|>")
_IN = re.compile(r"\\in(?![a-zA-Z])")
_THOUSANDS = re.compile(r"-?\d{1,3}(?:,\d{3})+(?:\.\d+)?(?![\d,])")
_VERDICT = re.compile(r"^(yes|no)\b\s*[.,:;]\s*(\S.*)$", re.IGNORECASE | re.DOTALL)
_COLON_TWICE = re.compile(r":(?=\s*(?:[(\[]|\\reals|\\emptyset|\\\{|\{))")
_SETS = re.compile(r"^([A-Z](?:\s*\\(?:cup|cap)\s*[A-Z])+)\s*=\s*(.+)$", re.DOTALL)
_LABELLED = re.compile(r"^⟦?\s*([a-zA-Z]{3,}(?:\s+[a-zA-Z]+){0,3})\s*⟧?\s*:\s*⟧?\s*([^:]+)$", re.DOTALL)
_EXCEPT = re.compile(
    r"^(?:\\reals\s*\\(?:setminus|backslash)|⟦?\s*(?:the\s+set\s+of\s+)?all\s+(?:real\b|reals\b|numbers\b|values\b|x\b)"
    r"[^\d⟧]*?\b(?:except|excluding|other\s+than|but)\b(?:\s+for)?)\s*⟧?\s*(.+)$",
    re.IGNORECASE | re.DOTALL,
)
_SET_BUILDER = re.compile(
    r"^\\?\{\s*\(?\s*([a-zA-Z](?:\s*,\s*[a-zA-Z])*)\s*\)?\s*(?:\\in\s*\\reals\s*)?[|:]\s*(.*?)\\?\}$", re.DOTALL
)
_NAME = re.compile(
    rf"^(?:[a-zA-Z]|[A-Z]{{2,5}}|\|[A-Z]{{2}}\||\[[A-Z]{{3,6}}\]|m\s*\\angle\s*[A-Z]+|\\(?:{'|'.join(sorted(GREEK))})(?![a-zA-Z])"
    r"|\\(?:bar|hat|vec|tilde|overline|overrightarrow|widehat|mathbf|angle|triangle)\s*\{?[A-Za-z ]+\}?)"
    r"\s*(?:_\s*\{?[^{}=]*\}?|')*\s*(?:\^\s*\{?-1\}?|\^\{\\prime\}|'|_\{?\\?[a-z]+\s*\}?)?(?:\s*\(.*\))?$"
)


@lru_cache(maxsize=8_192)
def forms(text: str) -> tuple[Form, ...]:
    """The ways to read a final answer; never empty, since anything can be read as words."""
    if len(text) > MAX_CHARS:
        return (Words((text,)),)
    cleaned = clean(text)
    out: list[Form] = []
    for alternative in dict.fromkeys([with_power_of_ten(cleaned), cleaned, *_colon_parts(cleaned)]):
        try:
            out.extend(_readings(alternative))
        except (Unreadable, RecursionError):
            formula = re.search(r"\\[a-zA-Z]|[\d^=+]", alternative) and not LONG_WORD.search(alternative)
            out.append(Words(words(alternative).words, unread=bool(formula)))
    if time := clock(cleaned):  # 3:30 is a ratio and a time
        out.append(time)
    if verdict := _VERDICT.match(cleaned):  # "Yes. F(x, y) = x^2": either part answers
        rest: list[Form] = []
        with suppress(Unreadable, RecursionError):  # the reasons given for it are no answer
            rest = [form for form in _readings(trimmed(verdict[2])) if not isinstance(form, Words)]
        out.extend([Words((verdict[1].lower(),), in_part=bool(rest)), *rest])
    return tuple(dict.fromkeys(out))


def _colon_parts(text: str) -> list[str]:
    parts = split(text, _COLON_TWICE)
    stated_twice = len(parts) == 2 and (re.search(r"[<>=]|\\[lg]e", parts[0]) or parts[1].startswith(r"\emptyset"))
    return parts if stated_twice else []


def _readings(text: str) -> list[Form]:
    joined = (
        _THOUSANDS.sub(lambda match: match[0].replace(",", ""), text)
        if not text.startswith(("(", "[", "\\{", "{"))
        else text
    )
    if joined == text:
        return [read(text)]
    result = [read(joined)]
    if re.fullmatch(_THOUSANDS, text) and not re.search(r",0\d", text):  # a pair would not have 000 in it
        result.append(read(text))
    return result


def read(text: str) -> Form:
    """The first reading that works, from the outermost structure inwards.

    Raises:
        Unreadable: It is no mathematics.
    """
    text = trimmed(text)
    if not text:
        raise Unreadable("empty")
    if (mixed := mixed_units(text)) is not None:
        return mixed
    if named := _SETS.match(text):
        return Named(re.sub(r"[\s\\]", "", named[1]), read(named[2]))
    if looks_like_words(text):
        found = words(text)
        return Region((EVERYWHERE,)) if " ".join(found.words) in _ALL_REAL else found
    if (excepted := _EXCEPT.match(text)) is not None:
        values = read(excepted[1])
        if isinstance(values, (Scalar, Named)) or (isinstance(values, Group) and not values.opening):
            return without(single(one) for one in (values.items if isinstance(values, Group) else (values,)))
        return complement(region_of(values))
    if (sides := _dimensions(text)) is not None:
        return sides
    parts = [part for part in split(text, _OR) if part]
    if len(parts) == 1:
        parts = [part for part in split(parts[0], _COMMA) if part]
    if len(parts) > 1:
        return _listed(parts, either=bool(re.search(r"(?<![a-zA-Z])or(?![a-zA-Z])", text)))
    text = parts[0] if parts else text
    pieces = split(text, _CUP)
    if len(pieces) > 1:
        return union([region_of(read(piece)) for piece in pieces])
    return _single(text)


def _dimensions(text: str) -> Group | None:
    """10 ft by 18 ft, or 10 ft x 18 ft: two quantities, not their product."""
    parts = [part for part in split(text, _BY) if part]
    if len(parts) < 2 or not all(_MEASURED.match(part) for part in parts):
        return None
    return Group("", "", tuple(read(part) for part in parts))


def _listed(parts: list[str], either: bool) -> Form:
    """Parts beside each other; `either`: with an "or" between them, so that inequalities are a union."""
    items: list[Form] = []
    name = ""
    excluded = ""
    for part in parts:
        try:
            item = read(part)
        except Unreadable:
            item = words(part)
        for one in item.items if isinstance(item, Group) and not item.opening else (item,):
            if isinstance(one, Named):
                name = one.name
            elif excluded and isinstance(one, Scalar):
                one = without([single(one)], excluded)  # x \\ne 1, 4
            elif name and isinstance(one, Scalar):
                one = Named(name, one)
            excluded = one.name if isinstance(one, Region) and "\\ne" in part else excluded
            items.append(one)
    regions = [item for item in items if isinstance(item, Region)]
    bare = not any(part.startswith(("{", "\\{", "[", "(")) for part in parts)
    if len(regions) == len(items) and bare:
        both = intersection(regions, regions[0].name) if not either and _one_variable(regions) else None
        return both or union(regions, regions[0].name)
    return Group("", "", written_out(items))


def _one_variable(regions: list[Region]) -> bool:
    return len({region.name for region in regions}) == 1 and bool(regions[0].name)


def _single(text: str) -> Form:
    if labelled := _LABELLED.match(text):
        return Named(" ".join(words(labelled[1]).words), read(labelled[2]))
    if text in (r"\reals", r"\reals "):
        return Region((EVERYWHERE,))
    if text.startswith(r"\emptyset"):
        return Words(("no", "solution"))
    if builder := _SET_BUILDER.match(text):
        inner = read(builder[2])
        if isinstance(inner, Group) and not inner.opening:
            raise Unreadable("a set with conditions")
        return inner
    pieces = split(text, _IN)
    if len(pieces) == 2:
        return read(pieces[1])
    pieces = split(text, _RELATION)
    if len(pieces) == 2 and not pieces[0]:  # > 5
        bound = comparison([Scalar((("var", "x"),)), read(pieces[1])], [match.strip() for match in _top_signs(text)])
        return Region(bound.intervals) if isinstance(bound, Region) else bound
    if len(pieces) > 1:
        return comparison([read(piece) for piece in pieces], [match.strip() for match in _top_signs(text)])
    pieces = split(text, _EQUALS)
    if len(pieces) > 1:
        return _equation([piece for piece in pieces if piece] or pieces)
    if r"\begin" in text and (matrix := _matrix(text)) is not None:
        return matrix
    if (group := _group(text)) is not None:
        return group
    return scalar(text)


def _top_signs(text: str) -> list[str]:
    found: list[str] = []
    rest = text
    parts = split(text, _RELATION)
    for part in parts[:-1]:
        at = rest.index(part) + len(part)
        match = _RELATION.search(rest, at)
        if match is None:
            raise Unreadable("a comparison that cannot be followed")
        found.append(match[0])
        rest = rest[match.end() :]
    return found


def _equation(pieces: list[str]) -> Form:
    if len(pieces) == 1:
        return read(pieces[0])
    head = re.sub(r"^\{\s*([A-Za-z])\s*\}$", r"\1", pieces[0])  # {v} was bold
    if len(pieces) == 2 and not _NAME.match(head) and _NAME.match(pieces[1]) and "(" not in pieces[1]:
        return _equation(pieces[::-1])  # 40/3 = a
    if _NAME.match(head) or re.fullmatch(r"\(\s*[a-zA-Z](?:\s*,\s*[a-zA-Z])*\s*\)|⟦[^⟧]*⟧", head):
        rest = _equation(pieces[1:])
        key = re.sub(r"[\s{}\\]|mathrm|⟦|⟧", "", head)
        if isinstance(rest, Group) and not rest.opening:
            return Group("", "", tuple(Named(key, item) if isinstance(item, Scalar) else item for item in rest.items))
        return Named(key, rest) if not head.startswith("(") else rest
    sides = [_read_or_keep(piece) for piece in pieces]
    double = [side for side in sides if isinstance(side, Group) and not side.opening]
    if len(sides) == 2 and len(double) == 1:  # y \\pm 2x = 0 are two lines
        return Group(
            "",
            "",
            tuple(Chain(tuple(item if side is double[0] else side for side in sides)) for item in double[0].items),
        )
    return Chain(tuple(sides))


def _read_or_keep(text: str) -> Form:
    try:
        return read(text)
    except Unreadable:
        return Words(words(text).words, unread=True)


def _group(text: str) -> Group | Matrix | None:
    opening = text[0] if not text.startswith("\\{") else "\\{"
    closing = text[-1] if not text.endswith("\\}") else "\\}"
    if opening.strip("\\") not in OPENING or closing.strip("\\") not in CLOSING:
        return None
    if (opening == "\\{") != (closing == "\\}") and "{" in (opening.strip("\\"), closing.strip("\\")):
        return None
    if not _encloses(text):
        return None
    inner = text[len(opening) : len(text) - len(closing)]
    items = split(inner, _COMMA)
    if len(items) == 1 and opening == "(":
        return None
    if len(items) == 1 and opening == "[":
        return None
    if any(not item for item in items):
        raise Unreadable("an empty place between brackets")
    read_items: list[Form] = []
    for item in items:
        form = read(item)
        read_items.extend(form.items if isinstance(form, Group) and not form.opening else (form,))
    if opening == "[" and (rows := _rows(read_items)):
        return Matrix(rows)
    return Group(opening.strip("\\"), closing.strip("\\"), written_out(read_items))


def _rows(items: list[Form]) -> tuple[tuple[Form, ...], ...]:
    """[[1, 2], [3, 4]] as rows; none where the items are no such lists."""
    rows = [item.items for item in items if isinstance(item, Group) and item.opening == "["]
    return tuple(rows) if len(rows) == len(items) and len({len(row) for row in rows}) == 1 else ()


def _encloses(text: str) -> bool:
    """Whether the first bracket is closed by the last character only, with any kinds of bracket, as in [2,3)."""
    level = 0
    text = text.replace("\\{", "{").replace("\\}", "}")
    for index, character in enumerate(text):
        level += (character in OPENING) - (character in CLOSING)
        if level == 0:
            return index == len(text) - 1
    return False


_ENVIRONMENT = re.compile(
    r"^(?P<factor>[^&]*?)[\[(|{]?\s*\\begin\{(?P<kind>[bpvBV]?matrix|array|smallmatrix|cases)\}(?:\{[^{}]*\})?(?P<body>.*?)"
    r"\\end\{(?P=kind)\}\s*[\])|}]?$",
    re.DOTALL,
)


def _matrix(text: str) -> Form | None:
    """A matrix, with a factor before it or not."""
    found = _ENVIRONMENT.match(text)
    if not found or r"\begin" in found["body"]:
        return None
    factor = found["factor"].strip()
    rows = [re.sub(r"\\hline", "", row).strip() for row in re.split(r"\\\\|\\cr(?![a-z])", found["body"])]
    cells = [[read(cell) for cell in row.split("&")] for row in rows if row]
    if factor:
        scale = readings("-1" if factor == "-" else factor)[0]
        cells = [[_scaled(scale, cell) for cell in row] for row in cells]
    return Matrix(tuple(tuple(row) for row in cells))


def _scaled(scale: Node, cell: Form) -> Form:
    if not isinstance(cell, Scalar):
        raise Unreadable("a factor before words")
    return Scalar(tuple(("mul", scale, node) for node in cell.nodes))
