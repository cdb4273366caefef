import asyncio
from collections import Counter
from pathlib import Path

import pytest

from synthllm.builder.domains import DOMAINS
from synthllm.builder.endpoints.protocol import Completion, Request
from synthllm.builder.errors import RecipeError
from synthllm.builder.filter.syllabus import (
    GENRES,
    assignments,
    read_syllabus,
    syllabus_document,
    write_syllabus,
)
from synthllm.builder.rows import Document, Rejected


def asked(reply: str, finish_reason: str = "stop") -> tuple[list[Request], object]:
    requests: list[Request] = []

    async def generate(request: Request) -> Completion:
        requests.append(request)
        return Completion(reply, finish_reason, 1, 1)

    return requests, generate


@pytest.mark.parametrize("name", DOMAINS)
def test_every_domain_has_a_broad_syllabus_without_repeated_sessions(name: str) -> None:
    domain = DOMAINS[name]
    assert domain.name == name
    assert len(domain.syllabus) >= 30
    assert len({session.session for session in domain.syllabus}) == len(domain.syllabus)
    assert len({session.discipline for session in domain.syllabus}) >= 6
    assert all(len(session.key_concepts) >= 3 for session in domain.syllabus)


def test_assignments_take_every_session_before_any_again_and_mix_genres() -> None:
    sessions = DOMAINS["mathematics"].syllabus
    chosen = assignments(sessions, GENRES, 2 * len(sessions), seed=1)
    assert {item.session for item in chosen[: len(sessions)]} == set(sessions)
    assert len({item.id for item in chosen}) == len(chosen)
    assert len({(item.session, item.genre) for item in chosen}) == len(chosen)
    counts = Counter(item.genre for item in chosen)
    assert set(counts) == set(GENRES)
    assert max(counts.values()) - min(counts.values()) <= 2
    assert assignments(sessions, GENRES, 20, seed=2) != chosen[:20]


def test_a_syllabus_document_asks_for_its_session_and_keeps_latex() -> None:
    item = assignments(DOMAINS["mathematics"].syllabus, ("exam paper",), 1, seed=0)[0]
    requests, generate = asked("Sure.\n<document>\nLet $\\frac{1}{2}$ <b>\n</document> Bye.")
    made = asyncio.run(syllabus_document(item, generate, 5))  # type: ignore[arg-type]
    assert made == Document(item.id, "Let $\\frac{1}{2}$ <b>", source="syllabus")
    prompt = requests[0].messages[-1]["content"]
    assert "Write a exam paper" in prompt
    for line in (
        f"Discipline: {item.session.discipline}",
        f"Subject: {item.session.subject}",
        f"Session: {item.session.session}",
        f"Key concepts: {'; '.join(item.session.key_concepts)}",
    ):
        assert line in prompt.splitlines()
    assert requests[0].seed == 5


@pytest.mark.parametrize(
    ("reply", "finish_reason", "reason"),
    [
        ("<document>half", "length", "truncated"),
        ("no tags", "stop", "no_document_tag"),
        ("<document> \n </document>", "stop", "empty_document"),
    ],
)
def test_a_reply_without_a_document_is_rejected(reply: str, finish_reason: str, reason: str) -> None:
    item = assignments(DOMAINS["physics"].syllabus, GENRES, 1, seed=0)[0]
    _, generate = asked(reply, finish_reason)
    made = asyncio.run(syllabus_document(item, generate, 5))  # type: ignore[arg-type]
    assert isinstance(made, Rejected)
    assert made.reason == reason


def test_the_model_can_write_the_syllabus_and_stray_lines_are_dropped() -> None:
    lines = ["Algebra | Equations | Lines | slope; intercept", "Algebra | Equations | Roots | root", "and so on"]
    requests, generate = asked("<syllabus>\n" + "\n".join(lines) + "\n</syllabus>")
    made = asyncio.run(write_syllabus(DOMAINS["mathematics"], generate, 1))  # type: ignore[arg-type]
    assert not isinstance(made, Rejected)
    assert [session.session for session in made] == ["Lines", "Roots"]
    assert made[0].key_concepts == ("slope", "intercept")
    assert "Domain: Mathematics" in requests[0].messages[-1]["content"].splitlines()
    for reply in ("nothing", "<syllabus>\nwords\nmore words\n</syllabus>"):
        _, generate = asked(reply)
        assert isinstance(asyncio.run(write_syllabus(DOMAINS["mathematics"], generate, 1)), Rejected)  # type: ignore[arg-type]


def test_a_syllabus_file_is_read_and_a_bad_line_is_named(tmp_path: Path) -> None:
    path = tmp_path / "law.txt"
    path.write_text("# law\nPrivate law | Contracts | Offer and acceptance | offer; acceptance\n")
    assert read_syllabus(path)[0].subject == "Contracts"
    path.write_text("Private law | Contracts\n")
    with pytest.raises(RecipeError, match=r"law.txt: line 'Private law \| Contracts' is not of the form"):
        read_syllabus(path)
    with pytest.raises(RecipeError, match="cannot read"):
        read_syllabus(tmp_path / "none.txt")
