"""One HTML file that needs nothing else: template, style, scripts, fonts and data in one, closed to the network.

Data lie gzipped in base64, so that no text of a run can end an element or run as a script, and the policy of the page
lets only the scripts run that were written here, known by their hash. Formulas are set in the page by KaTeX 0.19.1,
which lies in katex/ as its authors publish it, under its own licence, with the fonts that mathematics needs.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import re
from collections.abc import Mapping
from importlib import resources
from typing import Any

import orjson
from markupsafe import Markup

from ... import __version__
from ...builder.errors import StoreError

SCRIPTS = ("data.js", "mathematics.js", "questions.js", "concepts.js", "page.js")
FONT = re.compile(r'url\(fonts/(KaTeX_[A-Za-z0-9-]+\.woff2)\) format\("woff2"\)(?:,url\([^)]*\) format\("[a-z]+"\))*')
FACE = re.compile(r"@font-face\{[^}]*\}")


def render(template: str, facts: Mapping[str, Any]) -> str:
    """A page from a template of this folder; everything that is not markup of ours is escaped."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("synthllm", "eval/page/templates"),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"thousands": thousands, "percent": percent, "amount": amount, "level_name": level_name}
    script = "\n".join(["'use strict';", *(asset(name) for name in ("katex/katex.min.js", *SCRIPTS))])
    if "</script" in script.lower():
        raise StoreError("a script of the report would end its own element; the installation is damaged")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    rendered: str = environment.get_template(template).render(
        **facts,
        style=Markup(_style()),
        script=Markup(script),
        script_hash=f"sha256-{digest}",
        package_version=__version__,
    )
    return rendered


def packed(value: Any) -> Markup:
    """JSON as gzip in base64, which holds no character that HTML gives a meaning; equal data give equal text."""
    squeezed = gzip.compress(orjson.dumps(value, option=orjson.OPT_SERIALIZE_NUMPY), 6, mtime=0)
    return Markup(base64.b64encode(squeezed).decode())


def asset(name: str) -> str:
    """A text file of this folder."""
    text: str = (_folder() / name).read_text(encoding="utf-8")
    return text


def _folder() -> Any:
    return resources.files("synthllm.eval.page")


def _style() -> str:
    """The page's style, and that of formulas with those of its fonts that are shipped written into it."""
    shipped = {file.name for file in (_folder() / "katex").iterdir()}

    def inlined(found: re.Match[str]) -> str:
        content = base64.b64encode((_folder() / "katex" / found[1]).read_bytes()).decode()
        return f'url(data:font/woff2;base64,{content}) format("woff2")'

    def kept(found: re.Match[str]) -> str:
        font = FONT.search(found[0])
        return FONT.sub(inlined, found[0]) if font and font[1] in shipped else ""

    return FACE.sub(kept, asset("katex/katex.min.css")) + asset("page.css")


def thousands(value: float | None) -> str:
    """A number with its thousands apart; a dash for none."""
    return "–" if value is None else f"{value:,.0f}"


def percent(value: float | None, digits: int = 0) -> str:
    """A share in percent; a dash for none."""
    return "–" if value is None else f"{100 * value:.{digits}f}%"


def level_name(level: str) -> str:
    """A level for reading, its number on the same line: `level 2`."""
    return re.sub(r"^level(?=[0-9])", "level\u00a0", level)


def amount(value: float) -> str:
    """A number in three figures: 950, 12.3K, 4.5B."""
    from ..scaling_plan import amount

    return amount(value)
