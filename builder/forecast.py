"""What a build will ask for, before it asks: requests and tokens per stage, from the recipe and what is known."""

from __future__ import annotations

from pathlib import Path

from .concepts import PROMPT as CONCEPTS_PROMPT
from .endpoints.ledger import ledger_file, open_read_only, total
from .levels import LEVELS
from .levels.questions import worded
from .receipt import as_text, cost_of, number, table_of
from .recipe import CorpusRecipe, Recipe
from .store import RunFolder

KEPT_SHARE = 0.1  # of the corpus, where the filter has not run
CHARS_PER_TOKEN = 4
DOCUMENT_TOKENS = 800
TOPICS_PER_DOCUMENT = 0.1  # distinct topics that one more document brings
REPLY_TOKENS = {"filter": 100, "concepts": 250, "question": 100, "answers": 450}


def forecast(recipe: Recipe, out: Path) -> str:
    """The stages of a recipe with the requests and tokens to expect; finished stages show what they used.

    Raises:
        RecipeError: A file that the recipe names is missing or not what it should be.
    """
    from .pipeline import stages
    from .preflight import preflight

    preflight(recipe)
    run = RunFolder(out)
    table = table_of("stage", "requests", "prompt tokens", "completion tokens", "cost", "")
    totals, total_cost = [0, 0, 0], 0.0
    expected = _expected(recipe, run)
    for name in stages(recipe):
        if run.stage(name).done():
            facts = run.stage(name).manifest()
            numbers = [facts.get(key, 0) for key in ("requests", "prompt_tokens", "completion_tokens")]
            cost, note = cost_of(recipe, name, *numbers[1:]), f"done, {facts['rows']:,} rows"
        else:
            numbers, note = expected.get(name, ([0, 0, 0], ""))
            cost = cost_of(recipe, name, *numbers[1:])
            totals, total_cost = [a + b for a, b in zip(totals, numbers, strict=True)], total_cost + cost
        table.add_row(name, *(number(count or None) for count in numbers), f"{cost:,.2f}" if cost else "", note)
    table.add_section()
    table.add_row("to come", *map(number, totals), f"{total_cost:,.2f}" if total_cost else "", "")
    lines = [as_text(table), _time(totals[0], out)]
    questions = expected["answers"][0][0] // recipe.answers.votes
    if total_cost and questions:
        each = total_cost / questions
        lines.append(f"each accepted row: {each:,.6f} at least, if all {questions:,} questions come to be one")
    return "\n".join(lines)


def _time(requests: int, out: Path) -> str:
    """How long so many requests will take, by the rate at which this run was answered so far."""
    file = ledger_file(out)
    if file.is_file():
        connection = open_read_only(file)
        so_far = total(connection)
        connection.close()
        if so_far.answered and so_far.seconds > 0:
            rate = so_far.answered / so_far.seconds
            return (
                f"time to come: {requests / rate / 60:,.1f} minutes, at the {rate:,.1f} requests/s of this run so far"
            )
    return "time to come: not known before the first answers; `synthllm ping URL` tells how fast a server is"


def _expected(recipe: Recipe, run: RunFolder) -> dict[str, tuple[list[int], str]]:
    """For each stage that asks: requests, prompt and completion tokens, and what they rest on."""
    expected: dict[str, tuple[list[int], str]] = {}

    def expect(stage: str, requests: int, prompt: int, reply: int, note: str) -> None:
        expected[stage] = ([requests, requests * prompt, requests * reply], note)

    corpus, basis = _corpus_rows(recipe.corpus, run)
    if recipe.filter is not None:
        settings = recipe.filter
        requests = settings.syllabus_documents + settings.rounds * settings.rated_documents + settings.audit_documents
        expect("filter", requests, DOCUMENT_TOKENS, REPLY_TOKENS["filter"], f"of {corpus:,} documents ({basis})")
    if run.stage("filter").done():
        kept, note = run.stage("filter").manifest()["rows"], "documents kept"
    elif recipe.filter is None:
        kept, note = corpus, "documents"
    else:
        kept, note = int(corpus * KEPT_SHARE), f"documents, if {KEPT_SHARE:.0%} are kept"
    expect(
        "concepts",
        kept,
        DOCUMENT_TOKENS + len(CONCEPTS_PROMPT) // CHARS_PER_TOKEN,
        REPLY_TOKENS["concepts"],
        f"{kept:,} {note}",
    )
    combinations = int(kept * TOPICS_PER_DOCUMENT) * recipe.graph.epochs
    if recipe.graph.max_combinations is not None:
        combinations = min(combinations, recipe.graph.max_combinations)
    asked = 0
    for name in recipe.levels:
        asks, level = getattr(recipe, name), LEVELS[name]
        first = kept * recipe.level1.requests * recipe.level1.questions
        rows = {"documents": kept, "combinations": combinations, "level1": first}[level.reads]
        rows = min(rows, asks.max_documents or rows)
        passages = recipe.graph.documents_per_combination if level.reads == "combinations" else 1
        prompt = passages * DOCUMENT_TOKENS + len(worded(level.prompt, recipe.domain)) // CHARS_PER_TOKEN
        requests = rows * asks.requests
        expect(name, requests, prompt, asks.questions * REPLY_TOKENS["question"], f"{rows:,} {level.reads}")
        asked += requests * asks.questions
    expect("answers", asked * recipe.answers.votes, 200, REPLY_TOKENS["answers"], f"{asked:,} questions at most")
    return expected


def _corpus_rows(recipe: CorpusRecipe, run: RunFolder) -> tuple[int, str]:
    """How many documents the corpus has, and how that is known."""
    if run.stage("corpus").done():
        return run.stage("corpus").manifest()["rows"], "read"
    if recipe.source == "parquet":
        from .corpus import parquet_row_count

        rows = parquet_row_count(recipe)
        return min(rows, recipe.limit or rows), "rows of the files"
    if recipe.limit is not None:
        return recipe.limit, "the recipe's limit"
    if recipe.source == "installed":
        return 15_000, "about what a fresh install brings"
    return 100_000, "a guess: the source does not say how many it has"
