"""Questions as streams of hashed tokens, for duplicates and decontamination: one spelling for what LaTeX spells in
many.

Three kinds of token: words, numbers, and mathematics (operators, brackets and LaTeX commands). Case, white space, text
punctuation, braces, dollar signs and spacing commands leave no trace; `\\dfrac12`, `\\frac{1}{2}` and `\\tfrac 1 2`
are the same three tokens; `1,000` is `1000`; numbers and signs are kept, so that x+1 is not x-1.

A token is 64 bits: its kind in the upper two, the rest a hash. Places are unsigned here, since numba checks each signed
one for being counted from the end.
"""

from __future__ import annotations

from typing import Any

import numba
import numpy as np
from numba.core import types
from numba.cpython.unsafe.numbers import trailing_zeros
from numba.extending import intrinsic

from .lookup import U8, U32, U64, in_filter

WORD, NUMBER, MATHS = np.uint64(0), np.uint64(1), np.uint64(2)

BASE = np.uint64(0x9E3779B97F4A7C15)  # the hash of a window: its tokens as the digits of a number
MASK = np.uint64(0x5DEECE66D1CE4E5B)  # stands for every number in a masked span
SPAN = 5  # tokens of a masked span

_SPAN_BUT_ONE = np.uint64(SPAN - 1)
_ZERO, _ONE, _TWO, _THREE, _FOUR, _SEVEN, _EIGHT = (np.uint64(n) for n in (0, 1, 2, 3, 4, 7, 8))
_KIND = np.uint64(62)  # the lowest bit of the kind
_SEED = np.uint64(0xCBF29CE484222325)
_PRIME = np.uint64(0x100000001B3)
_MIX1 = np.uint64(0xFF51AFD7ED558CCD)
_MIX2 = np.uint64(0xC4CEB9FE1A85EC53)

_HIGH = np.uint64(0x8080808080808080)  # in each of eight bytes: its highest bit, and so on
_LOW7 = np.uint64(0x7F7F7F7F7F7F7F7F)
_CASE = np.uint64(0x2020202020202020)
_TO_A = np.uint64(0x1F1F1F1F1F1F1F1F)  # 128 - "a": sets the highest bit from "a" on
_PAST_Z = np.uint64(0x0505050505050505)
_TO_0 = np.uint64(0x5050505050505050)
_PAST_9 = np.uint64(0x4646464646464646)

_SPACE, _LETTER, _DIGIT, _POINT, _BACKSLASH, _SIGN, _OTHER = range(7)


def _classes() -> U8:
    """(256,) what each byte is; those beyond ASCII are parts of letters."""
    classes: U8 = np.full(256, _OTHER, np.uint8)
    classes[[*range(ord("a"), ord("z") + 1), *range(ord("A"), ord("Z") + 1), *range(128, 256)]] = _LETTER
    classes[list(b"0123456789")] = _DIGIT
    classes[list(b"+-=<>^_/*|()[]%!")] = _SIGN
    classes[list(b" .\\")] = _SPACE, _POINT, _BACKSLASH
    return classes


_CLASS = _classes()


def _fnv(name: bytes) -> np.uint64:
    value = int(_SEED)
    for byte in name:
        value = ((value ^ byte) * int(_PRIME)) & 0xFFFFFFFFFFFFFFFF
    return np.uint64(value)


def _command_table(slots: int = 512) -> tuple[U64, U64]:
    """(slots,) hashes of commands that have another spelling or none, and what each becomes; 0 leaves no token.

    A command stands in the slot of its lowest bits, or in the next free one.
    """
    silent = (
        "left right displaystyle textstyle scriptstyle text textbf textit textrm mathrm mathbf mathit mathsf"
        " operatorname mbox rm bf it quad qquad limits nolimits big bigl bigr bigg biggl biggr boldsymbol bm"
        " ensuremath hspace vspace underline emph middle hline boxed"
    )
    respelt = {
        "frac": "dfrac tfrac cfrac", "le": "leq leqslant", "ge": "geq geqslant", "ne": "neq",
        "*": "cdot times ast bullet",
        "/": "div", "<": "lt", ">": "gt", "|": "mid vert lvert rvert", "rightarrow": "to longrightarrow",
        "dots": "ldots cdots dotsc dotsb", "emptyset": "varnothing", "binom": "dbinom tbinom", "epsilon": "varepsilon",
        "phi": "varphi", "theta": "vartheta", "overline": "bar", "vec": "overrightarrow",
    }  # fmt: skip
    table = dict.fromkeys(silent.split(), _ZERO)
    table |= {name: _fnv(target.encode()) for target, names in respelt.items() for name in names.split()}
    keys, becomes = np.zeros(slots, np.uint64), np.zeros(slots, np.uint64)
    for name, target_hash in table.items():
        key = _fnv(name.encode())
        slot = int(key) % slots
        while keys[slot]:
            slot = (slot + 1) % slots
        keys[slot], becomes[slot] = key, target_hash
    return keys, becomes


_COMMANDS, _BECOMES = _command_table()
_LAST_SLOT = np.uint64(_COMMANDS.size - 1)
_FRAC = _fnv(b"frac")


@numba.njit(inline="always")  # type: ignore[untyped-decorator]
def mix(value: np.uint64) -> np.uint64:
    """Spread the bits of a hash (the finaliser of MurmurHash3)."""
    value ^= value >> np.uint64(33)
    value *= _MIX1
    value ^= value >> np.uint64(33)
    value *= _MIX2
    value ^= value >> np.uint64(33)
    return value


@numba.njit(inline="always")  # type: ignore[untyped-decorator]
def kind_of(token: np.uint64) -> np.uint64:
    """WORD, NUMBER or MATHS."""
    return token >> _KIND


@numba.njit(nogil=True, cache=True)  # type: ignore[untyped-decorator]
def power(n: int) -> np.uint64:
    """The weight of the token before a window of n."""
    value = np.uint64(1)
    for _ in range(n):
        value *= BASE
    return value


@intrinsic  # type: ignore[untyped-decorator]
def _eight_bytes(context: Any, data: Any, place: Any) -> Any:
    """The eight bytes of `data` from a place on, as they lie in memory; nothing checks that there are as many."""

    def load(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        array = context.make_array(signature.args[0])(context, builder, arguments[0])
        first = builder.gep(array.data, [arguments[1]])
        eight = context.get_value_type(types.uint64).as_pointer()
        return builder.load(builder.bitcast(first, eight), align=1)

    return types.uint64(data, place), load


@numba.njit(nogil=True, cache=True)  # type: ignore[untyped-decorator]
def _bytes_from(data: U8, i: np.uint64, high: np.uint64) -> np.uint64:
    """The eight bytes from i, the first one lowest, and zeros in place of those from `high` on.

    No `inline="always"` for functions of arrays: numba counts references to them at each round, which costs more than
    the call.
    """
    if i + _EIGHT <= high:
        return _eight_bytes(data, i)  # type: ignore[no-any-return]
    if i + _EIGHT <= np.uint64(data.size):
        return _eight_bytes(data, i) & ((_ONE << ((high - i) << _THREE)) - _ONE)  # type: ignore[no-any-return]
    value = _ZERO
    while high > i:
        high -= _ONE
        value = value << _EIGHT | np.uint64(data[high])
    return value


@numba.njit(inline="always")  # type: ignore[untyped-decorator]
def _first_bytes(eight: np.uint64, others: np.uint64) -> tuple[np.uint64, np.uint64]:
    """(the bytes before the first one of which the highest bit is set in `others`, zeros after them, how many)."""
    if others == _ZERO:
        return eight, _EIGHT
    within = ((others & (~others + _ONE)) >> _SEVEN) - _ONE
    return eight & within, np.uint64(trailing_zeros(others)) >> _THREE


@numba.njit(inline="always")  # type: ignore[untyped-decorator]
def _leading_letters(eight: np.uint64) -> tuple[np.uint64, np.uint64]:
    """(the letters that eight bytes start with, in lower case and zeros after them, how many).

    All eight at once, not byte by byte: where a word ends cannot be guessed, and a wrong guess of the processor costs
    as much as the word.
    """
    beyond_ascii = eight & _HIGH
    lower = (eight | _CASE) & _LOW7
    letters = ((lower + _TO_A) & ~(lower + _PAST_Z)) | beyond_ascii
    return _first_bytes(eight | (_CASE & ~(beyond_ascii >> _TWO)), ~letters & _HIGH)  # type: ignore[no-any-return]


@numba.njit(inline="always")  # type: ignore[untyped-decorator]
def _leading_digits(eight: np.uint64) -> tuple[np.uint64, np.uint64]:
    """(the digits that eight bytes start with, zeros after them, how many)."""
    low = eight & _LOW7
    digits = (low + _TO_0) & ~(low + _PAST_9) & ~eight
    return _first_bytes(eight, ~digits & _HIGH)  # type: ignore[no-any-return]


@numba.njit(nogil=True, cache=True)  # type: ignore[untyped-decorator]
def _respelt(command: np.uint64) -> np.uint64:
    """The hash of the one spelling of a command, 0 where it leaves no token."""
    slot = command & _LAST_SLOT
    while _COMMANDS[slot] != _ZERO:
        if _COMMANDS[slot] == command:
            return _BECOMES[slot]  # type: ignore[no-any-return]
        slot = (slot + _ONE) & _LAST_SLOT
    return command


@numba.njit(nogil=True, cache=True)  # type: ignore[untyped-decorator]
def _is_digit(data: U8, i: np.uint64, high: np.uint64) -> bool:
    return i < high and _CLASS[data[i]] == _DIGIT  # type: ignore[return-value]


@numba.njit(nogil=True, cache=True)  # type: ignore[untyped-decorator]
def _number(data: U8, i: np.uint64, high: np.uint64) -> tuple[np.uint64, np.uint64]:
    """The hash of the number that starts at i, and where it ends: 1,000 is 1000, .5 is 0.5, and 1,00 is no number."""
    begin = i
    value, eight, filled = _SEED, _ZERO, _ZERO
    if data[i] == 46:
        eight, filled = np.uint64(48), _EIGHT
    while i < high:
        byte = data[i]
        if _CLASS[byte] == _DIGIT or (byte == 46 and _is_digit(data, i + _ONE, high)):
            eight |= np.uint64(byte) << filled
            filled += _EIGHT
            if filled == _EIGHT * _EIGHT:
                value, eight, filled = mix(value ^ eight), _ZERO, _ZERO
        elif not (
            byte == 44
            and i > begin
            and _is_digit(data, i + _ONE, high)
            and _is_digit(data, i + _TWO, high)
            and _is_digit(data, i + _THREE, high)
            and not _is_digit(data, i + _FOUR, high)
        ):
            break
        i += _ONE
    return value ^ eight, i


@numba.njit(nogil=True, cache=True)  # type: ignore[untyped-decorator]
def _is_hyphen(data: U8, low: np.uint64, at: np.uint64, high: np.uint64) -> bool:
    """Whether the - at a place joins words, of which one has more than a letter; else it is a minus."""
    after = at + _ONE
    if at == low or after == high or _CLASS[data[at - _ONE]] != _LETTER or _CLASS[data[after]] != _LETTER:
        return False
    return (at > low + _ONE and _CLASS[data[at - _TWO]] == _LETTER) or (  # type: ignore[return-value]
        after + _ONE < high and _CLASS[data[after + _ONE]] == _LETTER
    )


@numba.njit(nogil=True, cache=True)  # type: ignore[untyped-decorator]
def tokenise(
    data: U8,
    low: np.uint64,
    high: np.uint64,
    tokens: U64,
    bounds: U32 | None = None,
    filter_bits: U64 | None = None,
    before: Any = None,
    places: Any = None,
) -> tuple[np.uint64, np.uint64, np.uint64]:
    """Write the tokens of data[low:high], and where they stand or which masked spans they have, if asked for.

    All in one loop: finding where a word ends is a chain of waits, which the look-ups fill. A loop of their own takes a
    fifth longer.

    Args:
        tokens: Gets the tokens.
        bounds: Gets the first byte of each token and the byte after it, counted from `low`.
        filter_bits: The filter of the spans to look for.
        before: Gets the hash of what stands before each token, with its numbers masked, and of all. A window's hash is
            a difference of two of them.
        places: Gets the tokens at which the spans begin that the filter may hold.
    Returns:
        How many tokens, how many of them words and numbers, how many places.
    """
    count = words = found = _ZERO
    running = _ZERO
    weight = power(SPAN)
    if filter_bits is not None:
        before[0] = 0
    last_end = _ZERO
    last_is_long: Any = False  # whether the last token was a word of several letters
    i = low
    single_digits = 0  # arguments of \frac that may stand without braces
    while i < high:
        byte = data[i]
        what = _CLASS[byte]
        if what == _SPACE:
            i += _ONE
            continue
        begin = i
        value = _SEED
        kind = MATHS
        if what == _LETTER:
            while True:
                letters, length = _leading_letters(_bytes_from(data, i, high))
                value ^= letters
                i += length
                if length < _EIGHT:
                    break
                value = mix(value)
            kind = WORD
        elif what == _DIGIT or (
            what == _POINT and _is_digit(data, i + _ONE, high) and (i == low or not _is_digit(data, i - _ONE, high))
        ):
            kind = NUMBER
            if single_digits > 0 and what == _DIGIT:
                value ^= np.uint64(byte)
                i += _ONE
            else:
                digits, length = _leading_digits(_bytes_from(data, i, high))
                end = i + length
                if length in (_ZERO, _EIGHT) or (end < high and (data[end] == 46 or data[end] == 44)):
                    value, i = _number(data, i, high)  # with a point or a comma, or a long one
                else:
                    value ^= digits
                    i = end
            single_digits -= 1
        elif what == _BACKSLASH:
            i += _ONE
            if i < high and _CLASS[data[i]] == _LETTER and data[i] < 128:
                while i < high and _CLASS[data[i]] == _LETTER and data[i] < 128:
                    value = (value ^ np.uint64(data[i])) * _PRIME
                    i += _ONE
                value = _respelt(value)
                if value == _ZERO:
                    continue
                if value == _FRAC:
                    single_digits = 3
            else:
                following = data[i] if i < high else np.uint8(0)
                i += _ONE
                if following != 123 and following != 125 and following != 37:  # { } %
                    continue
                value = (value ^ np.uint64(following)) * _PRIME
        elif what == _SIGN:
            i += _ONE
            if byte == 33 and (last_end != begin or last_is_long):
                continue  # an exclamation, no factorial
            if byte == 45 and _is_hyphen(data, low, begin, high):
                continue
            value = (value ^ np.uint64(byte)) * _PRIME
        else:
            i += _ONE
            if byte == 123 and single_digits > 0:  # an argument in braces is read as it is
                single_digits = 0
            continue
        if kind != NUMBER and single_digits > 0:
            single_digits -= 1
        token = mix(value + kind) >> _TWO | kind << _KIND
        tokens[count] = token
        words += np.uint64(kind != MATHS)
        if filter_bits is not None:
            running = running * BASE + (MASK if kind == NUMBER else token)
            before[count + _ONE] = running
            if count >= _SPAN_BUT_ONE:
                first = count - _SPAN_BUT_ONE
                places[found] = first
                found += np.uint64(in_filter(running - weight * before[first], filter_bits))
        if bounds is not None:
            bounds[_TWO * count] = begin - low
            bounds[_TWO * count + _ONE] = i - low
        last_end, last_is_long = i, kind == WORD and i > begin + _ONE
        count += _ONE
        if i < high and data[i] == 32:
            i += _ONE  # what follows most tokens; a round of the loop costs more
    return count, words, found
