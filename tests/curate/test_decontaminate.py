"""Decontamination against plain sets of n-grams, and a planted set that states what is caught and what is not."""

import math
import re
from collections import Counter

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from synthllm.builder.curate.benchmarks import Benchmark, read_benchmark, read_benchmarks
from synthllm.builder.curate.decontaminate import CLEAN, NGRAM, REWORDED, WHOLE, decontaminate
from synthllm.builder.curate.texts import token_chunks
from synthllm.builder.curate.tokens import MATHS, NUMBER
from synthllm.builder.errors import RecipeError
from synthllm.builder.recipe import CurateRecipe

SETTINGS = CurateRecipe()
BAKER = (
    "A baker makes 24 loaves of bread each morning and sells 15 of them before noon for 3 dollars each. The rest"
    " are sold in"
    " the afternoon at half the price. How many dollars does the baker earn in 6 days?"
)
ROOTS = (
    r"Let $p$ and $q$ be the roots of the equation $x^{2}-\frac{7}{2} x+\sqrt{5}=0$. Find the value of $p^{3}+q^{3}$ in"
    " simplest radical form."
)
SHOPPING = (
    "Tom buys 3 pens for 2 dollars each, 4 books for 7 dollars each, 5 rulers for 1 dollar each and 6 maps for 9"
    " dollars each."
    " He pays with a 200 dollar note. What is his change in dollars?"
)
SHORT = r"Simplify: $-12-7(k-3)$"
TINY = r"Factor $x^2-16$"
BENCHMARK = Benchmark("planted", ("baker", "roots", "shopping", "short", "tiny"), (BAKER, ROOTS, SHOPPING, SHORT, TINY))


def run(questions, settings=SETTINGS, benchmarks=(BENCHMARK,)):
    ids = [f"q{i}" for i in range(len(questions))]
    return decontaminate(
        pa.table({"id": ids, "question": pa.array(questions, pa.string())}), list(benchmarks), settings
    )


PLANTED = {
    "verbatim": (BAKER, NGRAM),
    "inside of another text": (f"Read carefully. {BAKER} Explain your reasoning.", NGRAM),
    "re-spaced and in capitals": (BAKER.upper().replace(" ", "  \n"), NGRAM),
    "without punctuation": (re.sub(r"[.,?]", "", BAKER), NGRAM),
    "a long part of it": (" ".join(BAKER.split()[5:25]), NGRAM),
    "LaTeX respelt": (
        r"Let \(p\) and \(q\) be the roots of the equation \(x^2 - \dfrac72x + \sqrt 5 = 0\). Find the value of"
        r" \(p^3 + q^3\) in simplest radical form.",
        NGRAM,
    ),
    "person renamed": (BAKER.replace("baker", "grocer").replace("A grocer", "Maria the grocer"), NGRAM),
    "renumbered, with a long stretch of words": (re.sub(r"\d+", lambda m: str(int(m[0]) * 2 + 1), BAKER), NGRAM),
    "renumbered": (re.sub(r"\d+", lambda m: str(int(m[0]) * 2 + 1), SHOPPING), REWORDED),
    "renamed and renumbered": (re.sub(r"\d+", "97", SHOPPING.replace("Tom", "Aisha").replace("He", "She")), REWORDED),
    "renumbered, other goods": (
        re.sub(r"\d+", "8", SHOPPING.replace("pens", "cups").replace("maps", "keys")),
        REWORDED,
    ),
    "renumbered mathematics": (
        ROOTS.replace("7}{2}", "9}{4}").replace(r"\sqrt{5}", r"\sqrt{11}").replace("^{3}", "^{4}"),
        REWORDED,
    ),
    "short, verbatim": (SHORT, WHOLE),
    "short, respelt": ("simplify -12 - 7 (k - 3)", WHOLE),
    "short, inside of another text": (f"Here is a task. {SHORT} Show your work.", WHOLE),
    "tiny, the whole question": ("factor x^{2} - 16.", WHOLE),
}
NOT_CAUGHT = {
    "short, renumbered: an exercise of its kind": r"Simplify: $-11-5(k-4)$",
    "short, another sign": r"Simplify: $-12+7(k-3)$",
    "tiny, inside of a longer question": "Factor x^2-16 and 25, then sketch both.",
    "told in other words": (
        "Each day two dozen breads leave an oven. Fifteen go early at three dollars, what remains later at 1.50."
        " What is the"
        " income of six days?"
    ),
    "translated": (
        "Ein Bäcker backt jeden Morgen 24 Brote und verkauft 15 davon vor Mittag für je 3 Dollar. Der Rest wird am"
        " Nachmittag"
        " zum halben Preis verkauft. Wie viele Dollar verdient der Bäcker in 6 Tagen?"
    ),
    "the same topic": "A baker bakes 30 cakes and sells 12. How many cakes remain for the next day at the bakery?",
}


@pytest.mark.parametrize("name", PLANTED)
def test_planted_copy_is_caught(name):
    question, check = PLANTED[name]
    assert run([question]).verdict.tolist() == [check]


@pytest.mark.parametrize("name", NOT_CAUGHT)
def test_what_no_check_catches(name):
    assert run([NOT_CAUGHT[name]]).verdict.tolist() == [CLEAN]


def test_rejection_names_benchmark_question_check_and_matched_span():
    found = run(["Is 2+2 even?", f"Please: {BAKER}", SHORT])
    ngram, whole = found.rejected()
    assert (ngram.id, ngram.stage, ngram.reason) == ("q1", "curate", "contaminated_ngram")
    assert ngram.detail == "planted baker: A baker makes 24 loaves of bread each morning and sells 15 of"
    assert (whole.id, whole.reason) == ("q2", "contaminated_whole")
    assert whole.detail == "planted short: Simplify: $-12-7(k-3)"
    assert found.kept.tolist() == [True, False, False]
    assert found.counts() == {"planted": {"ngram": 1, "whole": 1}}


def words(text):
    return re.findall(r"[a-z]+|\d+(?:\.\d+)?", text.lower())


def grams(text, n):
    tokens = words(text)
    return {tuple(tokens[i : i + n]) for i in range(len(tokens) - n + 1)}


@pytest.mark.parametrize("n", [5, 8, 13])
def test_ngram_verdicts_are_those_of_a_python_set(n):
    rng = np.random.default_rng(n)
    vocabulary = [f"{a}{b}" for a in "bcdfghjk" for b in "aeiou"] + [str(i) for i in range(20)]

    def text(length):
        return " ".join(vocabulary[i] for i in rng.integers(0, len(vocabulary), length))

    asked = [text(int(rng.integers(20, 60))) for _ in range(200)]
    questions = []
    for i in range(2_000):
        own = text(int(rng.integers(5, 50))).split()
        if i % 3 == 0:
            source = asked[int(rng.integers(0, len(asked)))].split()
            start, length = int(rng.integers(0, len(source))), int(rng.integers(1, n + 6))
            own[2:2] = source[start : start + length]
        questions.append(" ".join(own))
    known = set().union(*(grams(question, n) for question in asked))
    expected = [bool(grams(question, n) & known) for question in questions]
    found = run(
        questions,
        CurateRecipe(ngram=n, reworded_share=1.0),
        [Benchmark("random", tuple(map(str, range(200))), tuple(asked))],
    )
    assert (found.verdict == NGRAM).tolist() == expected
    assert 100 < sum(expected) < 1_900


def tokens_of(texts):
    """[(hash, kind), ...] of each text."""
    chunk = next(token_chunks(pa.array(texts, pa.large_string())))
    bounds = zip(chunk.offsets[:-1].tolist(), chunk.counts.tolist(), strict=True)
    return [[(token, token >> 62) for token in chunk.tokens[at : at + count].tolist()] for at, count in bounds]


def windows(items, n):
    return [tuple(items[i : i + n]) for i in range(len(items) - n + 1)]


def words_of(tokens):
    return [token for token, kind in tokens if kind != MATHS]


def masked_spans(tokens):
    return set(windows([0 if kind == NUMBER else token for token, kind in tokens], 5))


def test_verdicts_are_those_of_a_search_through_every_window():
    rng = np.random.default_rng(3)
    plain = [a + b for a in "bcdfghjklm" for b in ("a", "e", "in", "os", "ut")]
    maths = ["+", "-", "=", "(", ")", "^", r"\sqrt", r"\pi"]

    def text(length):
        kinds = rng.random(length)
        return " ".join(
            str(rng.integers(1, 99)) if kind < 0.2 else str(rng.choice(maths if kind < 0.45 else plain))
            for kind in kinds
        )

    asked = [text(int(rng.integers(3, 60))) for _ in range(150)]
    rows = []
    for i in range(1_500):
        source = asked[int(rng.integers(0, len(asked)))].split()
        start = int(rng.integers(0, len(source))) if i % 3 else 0
        part = source[start : start + int(rng.integers(4, 70))]
        if i % 2:
            part = [str(rng.integers(1, 99)) if piece.isdigit() else piece for piece in part]
        if i % 5 == 0:
            part[len(part) // 2 : len(part) // 2] = ["zork"]
        rows.append(" ".join([text(int(rng.integers(0, 12))), *part, text(int(rng.integers(0, 12)))]))
    verdicts = run(rows, benchmarks=[Benchmark("random", tuple(map(str, range(150))), tuple(asked))]).verdict

    short = [tokens for tokens in tokens_of(asked) if len(words_of(tokens)) < 13]
    long = [tokens for tokens in tokens_of(asked) if len(words_of(tokens)) >= 13]
    grams = {gram for tokens in long for gram in windows(words_of(tokens), 13)}
    common = Counter(span for tokens in long for span in masked_spans(tokens))
    spans = [{span for span in masked_spans(tokens) if common[span] <= 40} for tokens in long]
    for tokens, verdict in zip(tokens_of(rows), verdicts.tolist(), strict=True):
        expected = {NGRAM} if grams & set(windows(words_of(tokens), 13)) else set()
        if any(tuple(q) in windows(tokens, len(q)) and (len(q) >= 8 or len(q) == len(tokens)) for q in short):
            expected.add(WHOLE)
        own = masked_spans(tokens)
        if not expected and any(len(own & of) >= max(5, math.ceil(len(of) / 2)) for of in spans if of):
            expected.add(REWORDED)
        assert verdict in (expected or {CLEAN})
    assert np.bincount(verdicts, minlength=4).min() > 40


def test_words_that_many_benchmark_questions_share_still_count_as_an_ngram():
    phrase = "how many of them are left in the box at the end of the week"
    names = "abcdefghijklmnopqrstuvwxyz"
    asked = tuple(f"{a}{b} sells {a} apples and {b} pears so {phrase}" for a in names[:8] for b in names[:8])
    verdicts = run([f"Ann says: {phrase}?"], benchmarks=[Benchmark("shop", asked, asked)]).verdict
    assert verdicts.tolist() == [NGRAM]


def test_hostile_questions_are_judged_like_others():
    questions = ["", None, "é" * 10, "9" * 100_000, "a " * 500_000, "\u202e" + BAKER, "{" * 1000]
    assert run(questions).verdict.tolist() == [CLEAN, CLEAN, CLEAN, CLEAN, CLEAN, NGRAM, CLEAN]


def test_no_benchmark_drops_nothing():
    assert run([BAKER], benchmarks=()).kept.tolist() == [True]


def test_files_with_differing_field_names_are_read(tmp_path):
    (tmp_path / "one.jsonl").write_bytes(
        b'{"idx": 7, "problem": "A?", "solution": "B"}\n\n{"idx": 8, "problem": "C?"}\n'
    )
    pq.write_table(pa.table({"question": ["D?"], "answer": ["4"]}), tmp_path / "two.parquet")
    one, two = read_benchmarks([tmp_path / "one.jsonl", tmp_path / "two.parquet"])
    assert one == Benchmark("one", ("7", "8"), ("A?", "C?"))
    assert two == Benchmark("two", ("0",), ("D?",))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (
            b'{"ask": "A?", "reply": "B"}\n',
            r"one\.jsonl: no field with the question; expected question, .*; the file has ask, reply",
        ),
        (b'{"question": 5}\n', "row 1: 'question' should be text, found int"),
        (b'{"question": "A?"}\n{"question": " "}\n', "row 2: 'question' is empty; nothing can be compared with it"),
        (b'{"question": "A?"}\n{"answer": "B"}\n', "row 2: 'question' should be text, found NoneType"),
        (b"[1, 2]\n", "line 1 is list; expected an object"),
        (b"{oops\n", "line 1 is not JSON"),
        (b"", "no rows"),
    ],
)
def test_unusable_benchmark_file_is_an_error_that_says_what_it_has(tmp_path, content, message):
    path = tmp_path / "one.jsonl"
    path.write_bytes(content)
    with pytest.raises(RecipeError, match=message):
        read_benchmark(path)


def test_missing_benchmark_file_and_doubled_names_are_errors(tmp_path):
    with pytest.raises(RecipeError, match="no file matches"):
        read_benchmarks([tmp_path / "absent.jsonl"])
    with pytest.raises(RecipeError, match="cannot read the benchmark: No such file"):
        read_benchmark(tmp_path / "absent.jsonl")
    (tmp_path / "b").mkdir()
    for path in (tmp_path / "x.jsonl", tmp_path / "b" / "x.jsonl"):
        path.write_bytes(orjson.dumps({"question": "A?"}))
    with pytest.raises(RecipeError, match="two files are named x"):
        read_benchmarks([tmp_path / "x.jsonl", tmp_path / "b" / "x.jsonl"])
