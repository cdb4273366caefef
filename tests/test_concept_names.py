"""Which names share a key, and which must not."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synthllm.builder.concept_folding import concept_keys
from synthllm.builder.concept_names import ALIAS_TABLE, ConceptNames, concept_key, read_aliases
from synthllm.builder.errors import RecipeError


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Legendre Polynomials", "legendre  polynomial"),
        ("Matrices", "matrix"),
        ("Boundary Values", "boundary value"),
        ("Probabilities", "probability"),
        ("Boxes", "box"),
        ("Cauchy–Schwarz inequality", "Cauchy-Schwarz Inequality"),
        ("p-values", "p value"),
        ("Newton's method", "Newton’s Method"),
        ("Bayes' theorem", "Bayes theorem"),
        ("Poincaré conjecture", "Poincar\\'e conjecture"),
        ("Poincaré conjecture", "Poincare\u0301 conjecture"),
        ("Erdős–Rényi model", "Erdos-Renyi models"),
        ("$L^p$ spaces", "Lp space"),
        ("$\\mathbb{R}$-modules", "R-module"),
        ("\\(\\sigma\\)-algebras", "σ-algebra"),
        ("\\alpha decay", "α decay"),
        ("ﬁnite ﬁelds", "finite field"),
        ("ＦＦＴ", "FFT"),
        ("  vector space. ", "vector space"),
        ("prime\u00a0numbers", "prime number"),
        ("zero\u200bwidth", "zerowidth"),
        ("ring\x00 theory", "ring theory"),
        ("ring\ttheory\r\n", "ring theory"),
    ],
)
def test_variants_of_a_name_share_a_key(one: str, other: str) -> None:
    assert concept_key(one) == concept_key(other) != ""


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("statistics", "statistic"),
        ("mathematics", "mathematic"),
        ("series", "serie"),
        ("bias", "bia"),
        ("calculus", "calculu"),
        ("basis", "basi"),
        ("gas", "ga"),
        ("C", "C++"),
        ("C#", "C"),
        ("x_1", "x1"),
        ("x-1", "x 1"),
        ("group", "ring"),
    ],
)
def test_different_concepts_have_different_keys(one: str, other: str) -> None:
    assert concept_key(one) != concept_key(other)


@pytest.mark.parametrize("name", ["", "   ", "...", "$$", "\u200b", "- -", "\\", "''"])
def test_a_name_with_nothing_to_read_has_no_key(name: str) -> None:
    assert concept_key(name) == ""


@given(st.text(max_size=40))
def test_a_key_is_its_own_key_or_shorter(name: str) -> None:
    key = concept_key(name)
    assert key == key.strip()
    assert "  " not in key


@settings(deadline=None)  # the first call loads what was compiled
@given(st.lists(st.one_of(st.text(max_size=20), st.text("abSs19 '‘’–−-é", max_size=14)), max_size=30))
def test_keys_of_many_equal_the_keys_of_each(names: list[str]) -> None:
    table = ConceptNames(read_aliases())
    assert concept_keys(pa.array(names, pa.large_string()), table).to_pylist() == [table.key(name) for name in names]


def test_aliases_lead_to_the_name_in_any_form_and_through_chains() -> None:
    names = ConceptNames({"FFT": "fast Fourier transform", "Fast Fourier Transforms": "discrete transform"})
    assert names.key("fft") == names.key("The FFT"[4:]) == names.key("discrete transforms")
    assert concept_keys(pa.array(["FFT", "other"], pa.large_string()), names).to_pylist() == [
        "discrete transform",
        "other",
    ]


def test_the_table_of_the_package_can_be_read() -> None:
    table = read_aliases()
    assert table["GCD"] == "greatest common divisor"
    assert len(table) == sum(" = " in line for line in ALIAS_TABLE.read_text().splitlines() if line[:1] != "#")
    ConceptNames(table)


def test_a_bad_table_is_an_error_that_names_the_line(tmp_path: Path) -> None:
    path = tmp_path / "aliases.txt"
    path.write_text("# mine\nring = group\nno separator\n")
    with pytest.raises(RecipeError, match=r"aliases.txt:3: expected 'other name = name', found 'no separator'"):
        read_aliases(path)
    with pytest.raises(RecipeError, match="cannot read the alias table"):
        read_aliases(tmp_path / "none.txt")
    with pytest.raises(RecipeError, match="lead back"):
        ConceptNames({"a": "b", "b": "a"})
