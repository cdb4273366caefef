"""The parts of Text Generation Inference's OpenAPI document that we use, and a checker for them.

Source: docs/openapi.json of huggingface/text-generation-inference, whose text could be read at version 2.4.1-dev0 only,
and the declarations in router/src/lib.rs that it is generated from, read at 3.2.3-dev0; for these parts the two agree.
Written down by hand: types, required fields, bounds. The text of 3.3.6 was not to be had: for the 3.3 series,
test_dialects.py compares names, required fields and types with the classes in huggingface_hub, which are generated from
the document that TGI publishes, with the third form of `GrammarType` that came with 3.3 (`json_schema`, which we do not
send). Those classes hold no bounds: the bounds are as of 3.2.3.
"""

from __future__ import annotations

from typing import Any

STRING = {"type": "string"}
COUNT = {"type": "integer", "minimum": 0}
BOOLEAN = {"type": "boolean"}

SCHEMAS: dict[str, dict[str, Any]] = {
    "GenerateRequest": {
        "type": "object",
        "required": ["inputs"],
        "properties": {"inputs": STRING, "parameters": {"$ref": "GenerateParameters"}},
    },
    "GenerateParameters": {
        "type": "object",
        "properties": {
            "decoder_input_details": BOOLEAN,
            "details": BOOLEAN,
            "do_sample": BOOLEAN,
            "grammar": {"$ref": "GrammarType"},
            "max_new_tokens": COUNT,
            "return_full_text": BOOLEAN,
            "seed": {"type": "integer", "exclusiveMinimum": 0},
            "stop": {"type": "array", "items": STRING, "maxItems": 4},
            "temperature": {"type": "number", "exclusiveMinimum": 0},
            "top_p": {"type": "number", "exclusiveMinimum": 0, "maximum": 1},
        },
    },
    "GrammarType": {
        "oneOf": [
            {
                "type": "object",
                "required": ["type", "value"],
                "properties": {"type": {"enum": ["json"]}, "value": {}},
            },
            {
                "type": "object",
                "required": ["type", "value"],
                "properties": {"type": {"enum": ["regex"]}, "value": STRING},
            },
        ]
    },
    "GenerateResponse": {
        "type": "object",
        "required": ["generated_text"],
        "properties": {"generated_text": STRING, "details": {"$ref": "Details"}},
    },
    "Details": {
        "type": "object",
        "required": ["finish_reason", "generated_tokens", "prefill", "tokens"],
        "properties": {
            "finish_reason": {"enum": ["length", "eos_token", "stop_sequence"]},
            "generated_tokens": COUNT,
            "prefill": {"type": "array", "items": {"$ref": "PrefillToken"}},
            "seed": {"type": "integer", "minimum": 0, "nullable": True},
            "tokens": {"type": "array", "items": {"$ref": "Token"}},
        },
    },
    "PrefillToken": {
        "type": "object",
        "required": ["id", "text", "logprob"],
        "properties": {"id": COUNT, "text": STRING, "logprob": {"type": "number", "nullable": True}},
    },
    "Token": {
        "type": "object",
        "required": ["id", "text", "logprob", "special"],
        "properties": {
            "id": COUNT,
            "text": STRING,
            "logprob": {"type": "number", "nullable": True},
            "special": BOOLEAN,
        },
    },
    "ChatRequest": {
        "type": "object",
        "required": ["messages"],
        "properties": {
            "max_tokens": COUNT,
            "messages": {"type": "array", "items": {"$ref": "Message"}},
            "model": STRING,
            "response_format": {"$ref": "GrammarType"},
            "seed": COUNT,
            "stop": {"type": "array", "items": STRING},
            "stream": BOOLEAN,
            "temperature": {"type": "number"},
            "top_p": {"type": "number"},
        },
    },
    "Message": {
        "type": "object",
        "required": ["role", "content"],
        "properties": {"role": STRING, "content": STRING, "name": STRING},
    },
    "ChatCompletion": {
        "type": "object",
        "required": ["id", "created", "model", "system_fingerprint", "choices", "usage"],
        "properties": {
            "id": STRING,
            "created": COUNT,
            "model": STRING,
            "system_fingerprint": STRING,
            "object": STRING,
            "choices": {"type": "array", "items": {"$ref": "ChatCompletionComplete"}},
            "usage": {"$ref": "Usage"},
        },
    },
    "ChatCompletionComplete": {
        "type": "object",
        "required": ["index", "message", "finish_reason"],
        "properties": {
            "index": COUNT,
            "finish_reason": STRING,
            "logprobs": {"type": "object", "nullable": True},
            "message": {"$ref": "TextMessage"},
        },
    },
    "TextMessage": {
        "type": "object",
        "required": ["role", "content"],
        "properties": {"role": STRING, "content": STRING},
    },
    "Usage": {
        "type": "object",
        "required": ["prompt_tokens", "completion_tokens", "total_tokens"],
        "properties": {"prompt_tokens": COUNT, "completion_tokens": COUNT, "total_tokens": COUNT},
    },
    "Info": {
        "type": "object",
        "required": [
            "model_id",
            "max_concurrent_requests",
            "max_best_of",
            "max_stop_sequences",
            "max_input_tokens",
            "max_total_tokens",
            "validation_workers",
            "max_client_batch_size",
            "router",
            "version",
        ],
        "properties": {
            "model_id": STRING,
            "model_sha": {"type": "string", "nullable": True},
            "model_pipeline_tag": {"type": "string", "nullable": True},
            "max_concurrent_requests": COUNT,
            "max_best_of": COUNT,
            "max_stop_sequences": COUNT,
            "max_input_tokens": COUNT,
            "max_total_tokens": COUNT,
            "validation_workers": COUNT,
            "max_client_batch_size": COUNT,
            "router": STRING,
            "version": STRING,
            "sha": {"type": "string", "nullable": True},
            "docker_label": {"type": "string", "nullable": True},
        },
    },
    "ChatTokenizeResponse": {
        "type": "object",
        "required": ["tokenize_response", "templated_text"],
        "properties": {"tokenize_response": {"$ref": "TokenizeResponse"}, "templated_text": STRING},
    },
    "TokenizeResponse": {"type": "array", "items": {"$ref": "SimpleToken"}},
    "SimpleToken": {
        "type": "object",
        "required": ["id", "text", "start", "stop"],
        "properties": {"id": COUNT, "text": STRING, "start": COUNT, "stop": COUNT},
    },
    "ErrorResponse": {
        "type": "object",
        "required": ["error", "error_type"],
        "properties": {"error": STRING, "error_type": STRING},
    },
}

_TYPES: dict[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list, tuple),
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
}


def problems(value: Any, schema: dict[str, Any], where: str = "$") -> list[str]:
    """What is wrong with a value; an unknown key is wrong too, since a server would ignore it in silence."""
    if "$ref" in schema:
        return problems(value, SCHEMAS[schema["$ref"]], where)
    if "oneOf" in schema:
        tried = [problems(value, one, where) for one in schema["oneOf"]]
        return [] if any(not found for found in tried) else [f"{where}: fits none of {len(tried)} forms: {tried}"]
    if value is None and schema.get("nullable"):
        return []
    if "enum" in schema:
        return [] if value in schema["enum"] else [f"{where}: {value!r} is not one of {schema['enum']}"]
    expected = schema.get("type")
    if expected is None:
        return []
    if not isinstance(value, _TYPES[expected]) or (isinstance(value, bool) and expected != "boolean"):
        return [f"{where}: {value!r} is not of type {expected}"]
    found = []
    if "minimum" in schema and value < schema["minimum"]:
        found.append(f"{where}: {value} is below {schema['minimum']}")
    if "maximum" in schema and value > schema["maximum"]:
        found.append(f"{where}: {value} is above {schema['maximum']}")
    if "exclusiveMinimum" in schema and value <= schema["exclusiveMinimum"]:
        found.append(f"{where}: {value} is not above {schema['exclusiveMinimum']}")
    if expected == "array":
        if len(value) > schema.get("maxItems", len(value)):
            found.append(f"{where}: more than {schema['maxItems']} items")
        for at, item in enumerate(value):
            found += problems(item, schema["items"], f"{where}[{at}]")
    if expected == "object":
        properties = schema.get("properties", {})
        found += [f"{where}: {name} is missing" for name in schema.get("required", ()) if name not in value]
        found += [f"{where}: {name} is not in the schema" for name in value if properties and name not in properties]
        for name, item in value.items():
            if name in properties:
                found += problems(item, properties[name], f"{where}.{name}")
    return found
