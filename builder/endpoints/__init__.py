"""The only HTTP to models: one interface over Text Generation Inference, vLLM, SGLang and OpenAI-compatible servers."""

from ..errors import EndpointError
from .budget import Limits, Prices, Receipt
from .client import Endpoint
from .opening import open_endpoint
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
    "Limits",
    "Outcome",
    "Prices",
    "Receipt",
    "Request",
    "RequestFailed",
    "open_endpoint",
]
