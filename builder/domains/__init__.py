"""The domains that a corpus can be filtered for. Adding one is a file beside this one and a line here."""

from . import mathematics, physics, programming
from .definition import Answers, Domain, Session, read_sessions, sessions_of

DOMAINS: dict[str, Domain] = {
    "mathematics": mathematics.DOMAIN,
    "physics": physics.DOMAIN,
    "programming": programming.DOMAIN,
}

__all__ = ["DOMAINS", "Answers", "Domain", "Session", "read_sessions", "sessions_of"]
