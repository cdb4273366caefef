"""A scripted model of programming: it writes tasks with tests about documents, and programs of which some are wrong."""

import re

from scripted_server import Call, Say, completion

TASKS = {
    "total": (
        "Write a function `total(numbers: list[int]) -> int` that returns the sum of the numbers, 0 for none.",
        "assert total([1, 2]) == 3\nassert total([]) == 0\nassert total([-5]) == -5",
    ),
    "runs": (
        "Write a function `runs(text: str) -> list` that returns the runs of equal letters as pairs with their length.",
        "assert runs('aab') == [('a', 2), ('b', 1)]\nassert runs('') == []\nassert runs('abba')[0:0] == []",
    ),
    "flat": (
        "Write a function `flat(rows: list[list]) -> list` that puts the items of all rows into one list, in order.",
        "assert flat([[1], [2, 3]]) == [1, 2, 3]\nassert flat([]) == []\nassert flat([[], ['a']]) == ['a']",
    ),
    "leap": (
        "Write a function `leap(year: int) -> bool` that tells whether a Gregorian year has 366 days.",
        "assert leap(2000) is True\nassert not leap(1900)\nassert leap(2024)\nassert leap(2023) == False",
    ),
    "power": (
        "Write a function `power(base: int, exponent: int) -> int` that multiplies the base so many times, 1 for none.",
        "assert power(2, 10) == 1025\nassert power(3, 0) == 1\nassert power(5, 1) == 5",  # a mistake in the tests
    ),
    "vowels": (
        "Write a function `vowels(text: str) -> int` that counts the vowels a, e, i, o, u of a text in lower case.",
        "assert vowels('aeiou') == 5\nassert vowels('') == 0\nassert vowels('rhythm') == 0",
    ),
    "bare": ("Write a function `bare(x: int) -> int` that returns its argument.", ""),
}
FORGED = """```python
import os, sys
for number in range(64):
    try:
        os.write(number, b'passed')
    except OSError:
        pass
os._exit(0)
```"""
PROGRAMS = {
    "total": ["def total(numbers):\n    return sum(numbers)"],
    "flat": ["def flat(rows):\n    return [item for row in rows for item in row]"],
    "leap": [
        "def leap(year):\n    return year % 4 == 0",
        "def leap(year):\n    while True:\n        pass",
        "import calendar\n\ndef leap(year):\n    return calendar.isleap(year)",
    ],
    "power": ["def power(base, exponent):\n    return base ** exponent", "def power(base exponent): pass"],
}
"""The programs that are given in turn; the first where there are no more."""

ABOUT = {"sequences": ("summing", "flattening", "grouping"), "calendars": ("leap year", "day of the week", "exponent")}


def documents() -> list[dict[str, str]]:
    """What the tasks are about; each is of one subject."""
    return [
        {"id": subject, "text": f"How to program with {subject}: " + ", ".join(concepts) + ". " * 100}
        for subject, concepts in ABOUT.items()
    ]


def script(call: Call) -> Say:
    """What the model says."""
    prompt = call.prompt
    if "# Task: extract key concepts" in prompt:
        subject = next(name for name in ABOUT if f"with {name}:" in prompt)
        first, *others = ABOUT[subject]
        topics = ((subject, [first]), (f"more {subject}", others))
        named = ((topic, "".join(f"<concept>{name}</concept>" for name in names)) for topic, names in topics)
        found = "".join(f"<topic><name>{topic}</name>{names}</topic>" for topic, names in named)
        return completion(f"<school_level>college</school_level><subject>Programming</subject>{found}")
    if "# Task: rephrase" in prompt:
        if "`total(" not in prompt:
            return completion("<not_suitable>It is said best as it is.</not_suitable>")
        return completion(
            draft("Write `total(numbers: list[int]) -> int`, which adds numbers up; of none it gives 0.", "")
        )
    if "# Task: write questions for personas" in prompt:
        return completion(numbered(prompt, 100))
    if "# Task: write questions that combine" in prompt:
        return completion(
            "".join(
                numbered(line, 200 + place, ("combination", line.split(".")[0]))
                for place, line in enumerate(re.findall(r"^\d\. .*;.*$", prompt, re.MULTILINE))
            )
        )
    if "# Task: write questions that connect" in prompt:
        listed = dict(re.findall(r"^- (.+) \(topic: (.+)\)$", prompt, re.MULTILINE))
        by_topic = {topic: concept for concept, topic in listed.items()}
        return completion(numbered(prompt, 300, ("concepts", "; ".join(list(by_topic.values())[:2]))))
    if "# Task: write questions from a document" in prompt:
        wanted = ("total", "runs", "flat") if "with sequences:" in prompt else ("leap", "power", "vowels", "bare")
        return completion("".join(draft(*TASKS[name]) for name in wanted))
    name = re.findall(r"`(\w+)\(", prompt)[-1]
    if name.startswith("plus"):
        return completion(f"```python\ndef {name}(n):\n    return n + {name[4:]}\n```")
    if name == "vowels":
        return completion(["I would count them.", FORGED][call.times % 2])
    given = PROGRAMS[name]
    program = given[(call.times - 1) % len(given)]
    return completion(f"This is how I would do it.\n\n```python\n{program}\n```\n\nIt takes linear time.")


def numbered(prompt: str, low: int, *tags: tuple[str, str]) -> str:
    """A task about adding a number that the prompt determines."""
    number = low + sum(prompt.encode()) % 97
    name = f"plus{number}"
    tests = "\n".join(f"assert {name}({n}) == {n + number}" for n in (0, 1, -number))
    return draft(
        f"Write `{name}(n: int) -> int` that returns its argument plus {number}, for case {number}.", tests, *tags
    )


def draft(text: str, tests: str, *tags: tuple[str, str]) -> str:
    """A question as a reply has it."""
    inner = "\n".join(f"<{tag}>{value}</{tag}>" for tag, value in (*tags, ("school_level", "college")))
    written = f"<tests>\n{tests}\n</tests>\n" if tests else ""
    return f"<question>\n{inner}\n<text>\n{text}\n</text>\n{written}</question>\n"
