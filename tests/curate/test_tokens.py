"""Two spellings of a question give the same tokens exactly when they ask the same."""

import numpy as np
import pyarrow as pa
import pytest

from synthllm.builder.curate.texts import token_chunks


def tokens(text):
    chunk = next(token_chunks(pa.array([text])))
    return [chunk.text(0, i, i) for i in range(chunk.counts[0])], chunk.tokens[: chunk.counts[0]].copy()


SAME = [
    ("Find X.", "find  x"),
    (r"Find $\dfrac12 + x^{2}$.", r"find \(\frac{1}{2}+x^2\)"),
    (r"\frac1{10}", r"\tfrac{1}{10}"),
    (r"\frac12 10", r"\frac{1}{2} 10"),
    (r"\frac x2 34", r"\frac{x}{2} 34"),
    (r"a \leq b", r"a\leqslant b"),
    (r"a \times b", r"a \cdot b"),
    ("x² ≤ 3×4", r"x^2 \leq 3 \cdot 4"),
    (r"\left(\text{cm}\right)", "(cm)"),
    (r"\sqrt{2}", "√2"),
    ("1,000 apples!", "1000 apples"),
    (".5", "0.5"),
    ("a well-known x-axis", "a well known x axis"),
    ("É", "é"),
    ("it’s", "it's"),
    ("\u202eabc\u202c", "abc"),
    ("x+1\t\n= 2", "x + 1 = 2"),
]
DIFFERENT = [
    ("x+1", "x-1"),
    ("x^2", "x_2"),
    ("(x+1)y", "x+(1y)"),
    ("3.5", "35"),
    ("1,00", "100"),
    ("n!", "n"),
    ("5!", "5"),
    (r"\frac{1}{23}", r"\frac{12}{3}"),
    ("a < b", "a > b"),
    ("50%", "50"),
    ("a-b", "ab"),
    (r"\sin x", r"\cos x"),
    ("", "x"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_spellings_of_the_same_give_the_same_tokens(one, other):
    assert np.array_equal(tokens(one)[1], tokens(other)[1]), (tokens(one)[0], tokens(other)[0])


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_different_mathematics_gives_different_tokens(one, other):
    assert not np.array_equal(tokens(one)[1], tokens(other)[1]), tokens(one)[0]


def test_chunks_cover_a_column_of_several_arrays_with_nulls_and_empty_texts():
    column = pa.chunked_array([["one two", None], [], ["", "three"]], pa.string())
    counts = [chunk.counts.tolist() for chunk in token_chunks(column, rows=3)]
    assert counts == [[2, 0, 0], [1]]


def test_tokens_do_not_depend_on_the_neighbouring_rows():
    texts = ["abc 12", "é $\\frac", "12.", "\\", "5!", "{", "x" * 1000, "٣ עברית"]
    together = next(token_chunks(pa.array(texts)))
    for row, text in enumerate(texts):
        alone = next(token_chunks(pa.array([text])))
        at = together.offsets[row]
        expected = together.tokens[at : at + together.counts[row]].copy()
        assert np.array_equal(alone.tokens[: alone.counts[0]], expected), text


def test_words_of_any_length_are_told_apart_wherever_they_stand():
    seen = set()
    for length in range(1, 26):
        word = "abcdefghijklmnopqrstuvwxyz"[:length]
        forms = [word, word.upper(), f"{word} z", f"({word})", word + "é"]
        chunk = next(token_chunks(pa.array(forms)))
        places = [chunk.offsets[0], chunk.offsets[1], chunk.offsets[2], chunk.offsets[3] + 1]
        first, *others = (int(chunk.tokens[place]) for place in places)
        assert others == [first] * 3, word
        seen |= {first, int(chunk.tokens[chunk.offsets[4]])}
    assert len(seen) == 50


def test_column_of_empty_texts_has_no_tokens():
    assert next(token_chunks(pa.array(["", None], pa.string()))).counts.tolist() == [0, 0]
