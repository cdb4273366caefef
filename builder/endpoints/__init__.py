"""The only HTTP to models: one interface over Text Generation Inference, vLLM, SGLang and OpenAI-compatible servers."""

from ..errors import EndpointError
from .client import Endpoint
from .protocol import (
    BudgetExhausted,
    Completion,
    EndpointRefused,
    EndpointUnavailable,
    Failure,
    Generate,
    Outcome,
    Request,
    RequestFailed,
)

__all__ = [
    "BudgetExhausted",
    "Completion",
    "Endpoint",
    "EndpointError",
    "EndpointRefused",
    "EndpointUnavailable",
    "Failure",
    "Generate",
    "Outcome",
    "Request",
    "RequestFailed",
]
