"""`synthllm report` in a real browser: sections, search, paging, the map, hostile text, narrow screens; bad input."""

from __future__ import annotations

import asyncio
import json
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from report_runs import LEVELS, TAUGHT, make_question, make_run

from browser import BROWSER, Page, browser_page
from synthllm.builder.errors import RecipeError, StoreError
from synthllm.builder.rows import Question, VerifiedQuestion
from synthllm.builder.store import RunFolder, shard_name, to_table, write_json, write_table
from synthllm.eval.records import Record
from synthllm.eval.report import write_report

needs_browser = pytest.mark.skipif(BROWSER is None, reason="no Chromium: apt-get install chromium")

SECTIONS = [
    "flow",
    "cost",
    "filter",
    "concepts",
    "questions",
    "votes",
    "lengths",
    "diversity",
    "decontamination",
    "made",
]
BEYOND = """[...document.querySelectorAll("body *")].filter((element) => {
  for (let up = element.parentElement; up; up = up.parentElement)
    if (["auto", "scroll", "hidden"].includes(getComputedStyle(up).overflowX)) return false;
  if (element.closest(".skip, svg, .katex-mathml")) return false;
  return element.getBoundingClientRect().right > 380.5;
}).map((element) => element.outerHTML.slice(0, 80))"""


def visit(path: Path, see: Callable[[Page], Awaitable[Any]], **options: Any) -> Any:
    """What a visit to a page comes to; a console message or a request of the page fails it."""

    async def whole() -> Any:
        async with browser_page() as page:
            await page.open(path, **options)
            result = await see(page)
            assert page.problems == []
            assert page.requests == []
            return result

    return asyncio.run(whole())


def command(*arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "synthllm.builder.cli", "report", *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
    )


async def set_field(page: Page, name: str, value: str) -> str:
    """Fill in a field of the filters; the line that counts the questions."""
    await page.value(
        f"(() => {{ const field = document.querySelector('#filters [name={name}]'); field.value = {json.dumps(value)};"
        " field.dispatchEvent(new Event('input', {bubbles: true})); })()"
    )
    return str(await page.value("document.getElementById('questions-count').textContent"))


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = make_run(tmp_path_factory.mktemp("report") / "run")
    done = command(folder)
    assert done.returncode == 0, done.stderr
    assert "report.html" in done.stdout
    return folder


def accepted(folder: Path) -> list[VerifiedQuestion]:
    return list(RunFolder(folder).stage("verify").read(VerifiedQuestion))


@needs_browser
@pytest.mark.parametrize("dark", [False, True])
def test_every_section_is_there_and_nothing_is_fetched_or_complained_of(finished: Path, dark: bool) -> None:
    async def see(page: Page) -> None:
        assert await page.value("[...document.querySelectorAll('main > section')].map((s) => s.id)") == SECTIONS
        links = await page.value("[...document.querySelectorAll('nav.contents a')].map((a) => a.hash.slice(1))")
        assert links == SECTIONS
        for name in SECTIONS:
            assert await page.value(f"document.getElementById('{name}').innerText.length") > 60, name
        labels = await page.value("[...document.querySelectorAll('svg')].map((s) => s.getAttribute('aria-label'))")
        assert len(labels) == 6
        assert all(len(label) > 20 for label in labels)
        back = await page.value("getComputedStyle(document.body).backgroundColor")
        assert (max(map(int, re.findall(r"\d+", back)[:3])) < 64) is dark

    visit(finished / "report.html", see, dark=dark)


@needs_browser
def test_numbers_on_the_page_are_those_of_the_rows(finished: Path) -> None:
    rows = accepted(finished)
    by_level = Counter(row.level for row in rows)

    async def see(page: Page) -> None:
        flow = await page.value("document.querySelector('#flow svg.flow[aria-label^=Questions]').ariaLabel")
        assert f"Questions written: {3 * 14 + 1}; lost after: 1 contaminated ngram" in flow
        assert f"Distinct questions: {3 * 14}; lost after: {3 * 14 - len(rows)} ill posed" in flow
        assert f"Verified questions: {len(rows)}" in flow
        votes = await page.value("document.querySelector('#votes tbody').innerText")
        for level in LEVELS:
            unanimous = sum(row.agreement == 1 for row in rows if row.level == level) / by_level[level]
            assert re.search(rf"{level[:-1]}\s{level[-1]}\s+{by_level[level]}\s+{unanimous:.1%}", votes)
        cost = await page.value("document.getElementById('cost').innerText")
        # Six stages asked for 3,000 and 800 tokens at 1 and 2 per million.
        assert f"{6 * (3_000 + 2 * 800) / 1e6:.4f} at the prices of the recipe" in cost
        found = await page.value("document.getElementById('decontamination').textContent")
        assert "run-sheep s1" in found
        assert "forty two sheep in the northern meadow" in await page.value(
            "document.querySelector('mark').textContent"
        )

    visit(finished / "report.html", see)


@needs_browser
def test_search_filters_and_paging(finished: Path) -> None:
    rows = accepted(finished)

    async def see(page: Page) -> None:
        assert await set_field(page, "words", "") == f"1 to 10 of {len(rows)} questions"
        shown = list[str]()
        pages = -(-len(rows) // 10)
        for number in range(1, pages + 1):
            assert await page.value("document.getElementById('page-number').value") == str(number)
            shown += await page.value("[...document.querySelectorAll('#questions-list .id')].map((c) => c.textContent)")
            await page.value("document.getElementById('page-after').click()")
        assert sorted(shown) == sorted(row.id for row in rows)
        assert await page.value("document.getElementById('page-after').disabled")
        third = sum(row.level == "level3" for row in rows)
        assert f"of {third} questions" in await set_field(page, "words", "third station")
        assert await set_field(page, "words", "nowhere to be found") == "No question fits. Clear a filter."
        await set_field(page, "words", "")
        assert f"of {third} questions" in await set_field(page, "level", "2")
        await set_field(page, "level", "")
        split = sum(row.agreement < 1 for row in rows)
        assert f"of {split} questions" in await set_field(page, "agreement", "split")
        await set_field(page, "agreement", "")
        about = sum("eigenvalues" in row.concepts for row in rows)
        assert f"of {about} questions" in await set_field(page, "concept", "eigenvalues")
        await page.value("document.querySelector('#filters [type=reset]').click()")
        await page.until(f"document.getElementById('questions-count').textContent.endsWith('of {len(rows)} questions')")

    visit(finished / "report.html", see)


@needs_browser
def test_a_question_opens_with_its_answer_votes_and_provenance(finished: Path) -> None:
    row = next(row for row in accepted(finished) if row.level == "level3" and row.agreement < 1)

    async def see(page: Page) -> str:
        assert await set_field(page, "words", row.id) == "1 to 1 of 1 question"
        await page.value("document.querySelector('#questions-list summary').click()")
        await page.until("document.querySelector('#questions-list dl.facts')")
        assert await page.value("document.querySelectorAll('#questions-list .asked .katex').length") == 1
        assert await page.value("document.querySelectorAll('#questions-list .solution .katex').length") == 2
        votes = await page.value("[...document.querySelectorAll('.votes .n')].map((n) => n.textContent)")
        assert votes == ["2", "1"]
        assert await page.value("document.querySelector('#questions-list a').href") == row.document_urls[0]
        return str(await page.value("document.querySelector('#questions-list dl.facts').innerText"))

    told = visit(finished / "report.html", see)
    assert str(row.seed) in told  # beyond what a number of the page can hold
    assert " → ".join(row.walk) in told
    assert "asker-7b asked, solver-72b answered" in told


@needs_browser
def test_a_concept_is_found_by_keyboard_with_its_neighbours_documents_and_questions(finished: Path) -> None:
    def together(a: str) -> Counter[str]:
        held = [{*topics, *concepts} for topics, concepts in TAUGHT]
        return Counter(name for names in held if a in names for name in names - {a})

    async def see(page: Page) -> None:
        await page.value("document.getElementById('concept-search').focus()")
        for letter in "deter":
            await page.press(letter)
        await page.press("Enter", 13)
        await page.until("document.querySelector('#concept-panel h3')?.textContent === 'determinant'")
        chips = "[...document.querySelectorAll('#concept-panel .chips .chip')]"
        chips += ".map((chip) => [chip.firstChild.data, chip.lastChild.textContent])"
        neighbours = {name: int(count) for name, count in await page.value(chips)}
        assert neighbours == together("determinant")
        panel = await page.value("document.getElementById('concept-panel').innerText")
        about = sum("determinant" in row.concepts for row in accepted(finished))
        assert f"key concept, 2 documents, {about} questions" in panel
        assert "document-0" in panel
        await page.value("[...document.querySelectorAll('#concept-panel button')].at(-1).click()")
        count = await page.value("document.getElementById('questions-count').textContent")
        assert count.endswith(f"of {about} questions")
        await page.value("document.getElementById('concept-map').focus()")
        before = await page.value("window.conceptMap.left")
        await page.press("ArrowLeft", 37)
        assert await page.value("window.conceptMap.left") == before + 40
        painted = "window.conceptMap.context.getImageData(0, 0, 300, 300).data.some((value) => value > 0)"
        await page.until(painted)

    visit(finished / "report.html", see)


HOSTILE = "</script><script>window.hacked = 1</script><img src=x onerror='window.hacked = 2'>"


@needs_browser
def test_text_of_a_run_never_runs(tmp_path: Path) -> None:
    changes = {
        0: {
            "question": rf"{HOSTILE} $\href{{javascript:window.hacked=3}}{{x}}$ $\htmlClass{{a}}{{b}}$ and \frac12",
            "subject": HOSTILE,
            "concepts": (HOSTILE,),
            "question_model": HOSTILE,
        }
    }
    taught = (*TAUGHT, ((HOSTILE,), ("rank",)))
    folder = make_run(tmp_path / "run", 3, changed=changes, taught=taught, urls={0: "javascript:window.hacked=4"})

    async def see(page: Page) -> None:
        await set_field(page, "words", "hacked")
        assert await page.value("document.querySelectorAll('#questions-list li').length") == 1
        await page.value("document.querySelector('#questions-list summary').click()")
        await page.until("document.querySelector('#questions-list dl.facts')")
        await page.value(f"window.conceptMap.choose(window.conceptMap.data.names.indexOf({json.dumps(HOSTILE)}))")
        await page.until("document.querySelector('#concept-panel h3')?.textContent.includes('onerror')")
        assert HOSTILE in await page.value("document.querySelector('#questions-list .asked').textContent")
        assert await page.value("document.querySelectorAll('a[href^=javascript], img').length") == 0
        assert await page.value("typeof window.hacked") == "undefined"

    visit(write_report(folder, tmp_path / "report.html"), see)


@needs_browser
def test_the_page_lets_no_script_run_but_its_own(finished: Path) -> None:
    async def see() -> None:
        async with browser_page() as page:
            await page.open(finished / "report.html")
            await page.value(
                "(() => { const s = document.createElement('script'); s.textContent = 'window.hacked = 1';"
                " document.body.append(s); fetch('http://127.0.0.1:9/').catch(() => 0); })()"
            )
            await page.until("true")
            assert await page.value("typeof window.hacked") == "undefined"
            await asyncio.sleep(0.1)
            assert any("Content Security Policy" in problem for problem in page.problems)
            assert page.requests == []

    asyncio.run(see())


@needs_browser
def test_formulas_that_cannot_be_set_show_their_source(tmp_path: Path) -> None:
    changes = {
        0: {"question": r"Broken $\frac{1$ and $\nosuch{x}$, whole $x^2$, and $5 or $7 of it: \$9."},
        1: {"question": "Set\n\\[\\begin{cases} x & y \\\\ 1 & 2 \\end{cases}\\]\nand $$\\binom{n}{k}$$ and \\(a\\)."},
    }
    folder = make_run(tmp_path / "run", 3, changed=changes)

    async def see(page: Page) -> None:
        await set_field(page, "words", "Broken")
        sources = await page.value("[...document.querySelectorAll('.asked .source')].map((s) => s.textContent)")
        assert sources == [r"\frac{1", r"\nosuch{x}"]
        text = await page.value("document.querySelector('#questions-list .asked').innerText")
        assert "and $5 or $7 of it: $9." in text
        await set_field(page, "words", "cases")
        assert await page.value("document.querySelectorAll('#questions-list .asked .katex-display').length") == 2
        assert await page.value("document.querySelectorAll('#questions-list .asked .katex').length") == 3

    visit(write_report(folder, tmp_path / "report.html"), see)


@needs_browser
def test_nothing_is_wider_than_a_narrow_screen(finished: Path, tmp_path: Path) -> None:
    ladder = write_report(_ladder(tmp_path / "ladder", 8), tmp_path / "ladder.html")
    evaluations = write_report(_evaluations(tmp_path / "eval"), tmp_path / "eval.html")
    for page_file in (finished / "report.html", ladder, evaluations):

        async def see(page: Page) -> None:
            if await page.value("document.querySelector('#questions-list summary') !== null"):
                await page.value("document.querySelector('#questions-list summary').click()")
                await page.until("document.querySelector('#questions-list dl.facts')")
                await page.value("window.conceptMap.choose(0)")
                await page.until("document.querySelector('#concept-panel h3')")
            await page.value("document.querySelectorAll('details').forEach((d) => (d.open = true))")
            assert await page.value(BEYOND) == []
            assert await page.value("document.documentElement.scrollWidth") == 380

        visit(page_file, see, width=380)


def _asks_for(html: str) -> list[str]:
    """Addresses in the markup; a formula's namespace is none."""
    return re.findall(r"""(?:src|href)=["'](?!#|data:)[^"']*""", re.sub(r"<script.*?</script>", "", html, flags=re.S))


def test_the_same_run_gives_the_same_page_and_it_asks_for_nothing(finished: Path, tmp_path: Path) -> None:
    again = write_report(finished, tmp_path / "again.html").read_text(encoding="utf-8")
    assert again == (finished / "report.html").read_text(encoding="utf-8")
    assert _asks_for(again) == []
    assert "url(fonts" not in again


@needs_browser
def test_more_questions_than_fit_are_a_sample_by_seed(tmp_path: Path) -> None:
    folder = make_run(tmp_path / "run", 20)
    every = {row.id for row in accepted(folder)}

    def ids(seed: int) -> list[str]:
        async def see(page: Page) -> list[str]:
            assert f"25 of {len(every)} questions" in await page.value(
                "document.querySelector('#questions .lead').innerText"
            )
            return list(await page.value("window.questions.then((all) => all.data.id)"))

        return visit(write_report(folder, tmp_path / f"{seed}.html", questions=25, seed=seed), see)

    first, same, other = ids(0), ids(0), ids(1)
    assert first == same
    assert len(set(first)) == 25
    assert set(first) < every
    assert set(first) != set(other)


@needs_browser
def test_a_run_that_is_half_done_shows_what_is_there_and_says_what_is_missing(tmp_path: Path) -> None:
    folder = make_run(tmp_path / "run", 5, until="curate")
    part = RunFolder(folder).stage("answers")
    part.write(shard_name(0), [], Question, [], requests=1, prompt_tokens=5, completion_tokens=5)

    async def see(page: Page) -> None:
        notice = await page.value("document.querySelector('.notice').innerText")
        assert "Still to come: answers, verify, dataset" in notice
        assert "under way" in await page.value("document.querySelector('main > section > .scroll table').innerText")
        assert "not answered yet" in await page.value("document.querySelector('#questions .lead').innerText")
        assert await page.value("document.querySelectorAll('#questions-list .question').length") == 10
        assert "No question is verified yet" in await page.value("document.getElementById('votes').innerText")
        await page.value("document.querySelector('#questions-list summary').click()")
        await page.until("document.querySelector('#questions-list dl.facts')")

    visit(write_report(folder, tmp_path / "report.html"), see)


@needs_browser
def test_a_run_can_be_looked_at_after_any_stage(tmp_path: Path) -> None:
    untils = ("corpus", "filter", "concepts", "graph", "level1", "verify")
    reports = [write_report(make_run(tmp_path / name, 4, until=name), tmp_path / f"{name}.html") for name in untils]

    async def see(page: Page) -> None:
        for report in reports:
            await page.open(report)
            assert await page.value("[...document.querySelectorAll('main > section')].map((s) => s.id)") == SECTIONS
            assert "not finished" in await page.value("document.querySelector('.notice').innerText")

    visit(reports[0], see)


def test_a_run_that_refused_nothing_says_so(tmp_path: Path) -> None:
    page = write_report(make_run(tmp_path / "run", 4, refuse=False), tmp_path / "report.html").read_text("utf-8")
    assert "Nothing was refused." in page
    assert "Questions written: 12. Distinct questions: 12. Verified questions: 12." in page


def test_measured_diversity_has_charts(tmp_path: Path) -> None:
    folder = make_run(tmp_path / "run", 4)
    level = {"n_questions": 4, "n_pairs": 3, "mean_similarity": 0.4, "vendi": 3.5, "distinct_1": 0.25}
    level["histogram"] = {"edges": [-1.0, 0.0, 0.5, 1.0], "counts": [0, 2, 1]}  # type: ignore[assignment]
    growth = [{"questions_per_document": n, "written": 2 * n, "distinct": 2 * n - (n > 1)} for n in (1, 2)]
    told = {"embedder": "hashed words", "levels": {"level2": level}, "growth": {"level2": growth}}
    (folder / "diversity.json").write_text(json.dumps(told), encoding="utf-8")
    page = write_report(folder, tmp_path / "report.html").read_text("utf-8")
    assert "compared by hashed words" in page
    assert "level2: most often 0 to 0.5 (67%)" in page
    assert "level2: 1 to 0.75" in page
    (folder / "diversity.json").write_text("{}", encoding="utf-8")
    with pytest.raises(StoreError, match=r"diversity.json: expected measures under 'levels'"):
        write_report(folder, tmp_path / "report.html")


def test_a_graph_of_another_version_costs_the_map_alone(tmp_path: Path) -> None:
    folder = make_run(tmp_path / "run", 4)
    (folder / "graph" / "graph" / "graph.json").write_text('{"format": 0}', encoding="utf-8")
    done = command(folder)
    assert done.returncode == 0, done.stderr
    assert "no map of concepts" in done.stderr
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert "a concept graph of format 0" in page
    assert "All 12 questions." in page


def test_unreadable_parquet_is_one_line_that_names_the_file(tmp_path: Path) -> None:
    folder = make_run(tmp_path / "run", 3)
    for stage in ("filter", "curate", "answers", "verify"):
        path = folder / stage / "part-00000.parquet"
        whole = path.read_bytes()
        path.write_bytes(b"PAR1 not really")
        with pytest.raises(StoreError, match=f"{stage}/part-00000.parquet: cannot read"):
            write_report(folder, tmp_path / "report.html")
        path.write_bytes(whole[:-20] if stage == "verify" else whole)
    done = command(folder, "--out", tmp_path / "report.html")
    assert done.returncode == 2
    problem = done.stderr.splitlines()[-1]
    assert problem.startswith(f"synthllm: {folder / 'verify' / 'part-00000.parquet'}: cannot read")
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "report.html").exists()


def test_folders_that_are_no_run_are_one_line(tmp_path: Path) -> None:
    for folder, message in ((tmp_path / "none", "no such folder"), (tmp_path, "looked for recipe.yaml beside corpus/")):
        done = command(folder)
        assert done.returncode == 2
        assert message in done.stderr
        assert done.stderr.count("\n") == 1
    damaged = make_run(tmp_path / "run", 3, until="corpus")
    (damaged / "recipe.yaml").write_text("name: [", encoding="utf-8")
    with pytest.raises(RecipeError, match=r"recipe.yaml: not YAML"):
        write_report(damaged, tmp_path / "report.html")


def _ladder(folder: Path, points: int) -> Path:
    folder.mkdir(parents=True)
    rows = [f"small,1000,{n},{1e6 * 2**n},{0.2 + 0.6 / (1 + n)}," for n in range(points)]
    (folder / "points.csv").write_text("model,parameters,samples,tokens,error_rate,loss\n" + "\n".join(rows) + "\n")
    return folder


@needs_browser
def test_a_ladder_has_its_law_and_its_points(tmp_path: Path) -> None:
    async def see(page: Page) -> None:
        assert await page.value("[...document.querySelectorAll('main > section')].map((s) => s.id)") == ["scaling"]
        assert await page.value("document.querySelector('figure img').naturalWidth") > 100
        assert await page.value("document.querySelectorAll('#scaling tbody').length") == 3
        assert "β" in await page.value("document.getElementById('scaling').innerText")

    visit(write_report(_ladder(tmp_path / "ladder", 8), tmp_path / "report.html"), see)


def test_a_ladder_that_is_too_short_shows_its_points_and_why_no_law(tmp_path: Path) -> None:
    page = write_report(_ladder(tmp_path / "ladder", 3), tmp_path / "report.html").read_text("utf-8")
    assert "No law was fitted" in page
    assert "3 points" in page
    assert "Error rate over training tokens" not in page
    assert page.count("<tr><td>small</td>") == 3


def _evaluations(folder: Path) -> Path:
    """Two models on the same four questions; the first is right on one of them, the second on two others."""
    for model, right in (("one", {0}), ("two", {1, 2})):
        accuracy = {"value": len(right) / 4, "standard_error": 0.05, "questions": 4}
        task = {"title": "GSM8K", "questions": 4, "available": 8, "measures": {"accuracy": accuracy}}
        told = {"model": {"name": model}, "recipe": {"samples": 1, "temperature": 0}, "versions": {"numpy": "2"}}
        told |= {"tasks": {"gsm8k": task | {"why": {"equal": len(right)}}}, "mean": {"accuracy": accuracy}}
        write_json(folder / model / "results.json", told)
        records = [
            Record(
                *("gsm8k", str(n), 0, "What is $1 + 1$?", "", "It is $3$.", "stop", 9, 9, "3", "2", n in right),
                "equal" if n in right else "differs",
                f"digest {n}",
                (),
            )
            for n in range(4)
        ]
        write_table(folder / model / "records" / "gsm8k.parquet", to_table(records, Record))
    return folder


@needs_browser
def test_evaluations_stand_side_by_side_with_a_sample_of_wrong_answers(tmp_path: Path) -> None:
    folder = _evaluations(tmp_path / "eval")

    async def see(page: Page) -> None:
        table = await page.value("document.querySelector('#evaluations tbody').innerText")
        assert re.search(r"one\s+25.0 ± 5.0\s+two\s+50.0 ± 5.0", table)
        paper = await page.value("document.querySelector('#evaluations .paper').innerText")
        assert re.search(r"SynthLLM-8B \(7.4M\), paper\s+92.1", paper)
        pair = await page.value("document.querySelectorAll('#evaluations table')[1].innerText")
        assert re.search(r"GSM8K\s+\+25.0\s+\S+ to \S+\s+1\s+2\s+1", pair)
        assert await page.value("document.querySelector('#evaluations strong').textContent") == "50.0"
        await page.value("document.querySelector('#evaluations .reasons summary').click()")
        await page.until("document.querySelectorAll('#evaluations .tex .katex').length === 2")

    visit(write_report(folder, tmp_path / "report.html"), see)
    (folder / "one" / "results.json").write_text("{}", encoding="utf-8")
    (folder / "two" / "results.json").unlink()
    with pytest.raises(StoreError, match=r"results.json: expected results of `synthllm eval`"):
        write_report(folder, tmp_path / "report.html")


def test_questions_of_the_fixture_differ() -> None:
    """Else the counts above would be of duplicates."""
    asked = [make_question(level, number).question for level in LEVELS for number in range(20)]
    assert len(set(asked)) == len(asked)
