"""The parts of Text Generation Inference's OpenAPI document that we use, and a checker for them.

Source: docs/openapi.json of huggingface/text-generation-inference at commit efb94e0d3db6aba9d464bc9a2f83191146203152,
whose version is 3.3.6-dev0. Written down by hand from it: types, formats, required fields, bounds, what may be null,
enumerations. Left out are fields that we neither send nor read, and the variants of messages with images or tools.
`allOf` with a single part is written as that part, and `Message`, which is all of `MessageBody` and a role, as one. The
replies have the tag `object`, which the document has only where it tells several kinds of replies apart.
"""

from __future__ import annotations

from typing import Any

STRING = {"type": "string"}
NUMBER = {"type": "number"}
BOOLEAN = {"type": "boolean"}
COUNT = {"type": "integer", "minimum": 0}
COUNT32 = COUNT | {"format": "int32"}
COUNT64 = COUNT | {"format": "int64"}


def nullable(schema: dict[str, Any]) -> dict[str, Any]:
    return schema | {"nullable": True}


SCHEMAS: dict[str, dict[str, Any]] = {
    "GenerateRequest": {
        "type": "object",
        "required": ["inputs"],
        "properties": {"inputs": STRING, "parameters": {"$ref": "GenerateParameters"}},
    },
    "GenerateParameters": {
        "type": "object",
        "properties": {
            "details": BOOLEAN,
            "do_sample": BOOLEAN,
            "grammar": nullable({"$ref": "GrammarType"}),
            "max_new_tokens": nullable(COUNT32),
            "return_full_text": nullable(BOOLEAN),
            "seed": nullable(COUNT64 | {"exclusiveMinimum": 0}),
            "stop": {"type": "array", "items": STRING, "maxItems": 4},
            "temperature": nullable(NUMBER | {"exclusiveMinimum": 0}),
            "top_p": nullable(NUMBER | {"exclusiveMinimum": 0, "maximum": 1}),
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
            {
                "type": "object",
                "required": ["type", "value"],
                "properties": {"type": {"enum": ["json_schema"]}, "value": {"$ref": "JsonSchemaConfig"}},
            },
        ]
    },
    "JsonSchemaConfig": {
        "type": "object",
        "required": ["schema"],
        "properties": {"name": nullable(STRING), "schema": {}},
    },
    "GenerateResponse": {
        "type": "object",
        "required": ["generated_text"],
        "properties": {"generated_text": STRING, "details": nullable({"$ref": "Details"})},
    },
    "Details": {
        "type": "object",
        "required": ["finish_reason", "generated_tokens", "prefill", "tokens"],
        "properties": {
            "finish_reason": {"enum": ["length", "eos_token", "stop_sequence"]},
            "generated_tokens": COUNT32,
            "prefill": {"type": "array", "items": {"$ref": "PrefillToken"}},
            "seed": nullable(COUNT64),
            "tokens": {"type": "array", "items": {"$ref": "Token"}},
        },
    },
    "PrefillToken": {
        "type": "object",
        "required": ["id", "text", "logprob"],
        "properties": {"id": COUNT32, "text": STRING, "logprob": nullable(NUMBER)},
    },
    "Token": {
        "type": "object",
        "required": ["id", "text", "logprob", "special"],
        "properties": {"id": COUNT32, "text": STRING, "logprob": nullable(NUMBER), "special": BOOLEAN},
    },
    "ChatRequest": {
        "type": "object",
        "required": ["messages"],
        "properties": {
            "max_tokens": nullable(COUNT32),
            "messages": {"type": "array", "items": {"$ref": "Message"}},
            "model": nullable(STRING),
            "response_format": nullable({"$ref": "GrammarType"}),
            "seed": nullable(COUNT64),
            "stop": nullable({"type": "array", "items": STRING}),
            "stream": BOOLEAN,
            "temperature": nullable(NUMBER),
            "top_p": nullable(NUMBER),
        },
    },
    "Message": {
        "type": "object",
        "required": ["role", "content"],
        "properties": {"role": STRING, "content": {"$ref": "MessageContent"}, "name": nullable(STRING)},
    },
    "MessageContent": {"oneOf": [STRING, {"type": "array", "items": {"$ref": "MessageChunk"}}]},
    "MessageChunk": {
        "type": "object",
        "required": ["text", "type"],
        "properties": {"text": STRING, "type": {"enum": ["text"]}},
    },
    "ChatCompletion": {
        "type": "object",
        "required": ["id", "created", "model", "system_fingerprint", "choices", "usage"],
        "properties": {
            "id": STRING,
            "created": COUNT64,
            "model": STRING,
            "object": STRING,
            "system_fingerprint": STRING,
            "choices": {"type": "array", "items": {"$ref": "ChatCompletionComplete"}},
            "usage": {"$ref": "Usage"},
        },
    },
    "ChatCompletionComplete": {
        "type": "object",
        "required": ["index", "message", "finish_reason"],
        "properties": {
            "index": COUNT32,
            "finish_reason": STRING,
            "logprobs": nullable({"type": "object"}),
            "message": {"$ref": "TextMessage"},
        },
    },
    "TextMessage": {
        "type": "object",
        "required": ["role", "content"],
        "properties": {"role": STRING, "content": STRING, "tool_call_id": nullable(STRING)},
    },
    "Usage": {
        "type": "object",
        "required": ["prompt_tokens", "completion_tokens", "total_tokens"],
        "properties": {"prompt_tokens": COUNT32, "completion_tokens": COUNT32, "total_tokens": COUNT32},
    },
    "CompletionRequest": {
        "type": "object",
        "required": ["prompt"],
        "properties": {
            "max_tokens": nullable(COUNT32),
            "model": nullable(STRING),
            "prompt": {"$ref": "Prompt"},
            "seed": nullable(COUNT64),
            "stop": nullable({"type": "array", "items": STRING}),
            "stream": BOOLEAN,
            "temperature": nullable(NUMBER),
            "top_p": nullable(NUMBER),
        },
    },
    "Prompt": {"type": "array", "items": STRING},
    "CompletionFinal": {
        "type": "object",
        "required": ["id", "created", "model", "system_fingerprint", "choices", "usage"],
        "properties": {
            "id": STRING,
            "created": COUNT64,
            "model": STRING,
            "object": STRING,
            "system_fingerprint": STRING,
            "choices": {"type": "array", "items": {"$ref": "CompletionComplete"}},
            "usage": {"$ref": "Usage"},
        },
    },
    "CompletionComplete": {
        "type": "object",
        "required": ["index", "text", "finish_reason"],
        "properties": {
            "index": COUNT32,
            "finish_reason": STRING,
            "logprobs": nullable({"type": "array", "items": NUMBER}),
            "text": STRING,
        },
    },
    "ModelInfo": {
        "type": "object",
        "required": ["id", "object", "created", "owned_by"],
        "properties": {"id": STRING, "object": STRING, "created": COUNT64, "owned_by": STRING},
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
            "model_sha": nullable(STRING),
            "model_pipeline_tag": nullable(STRING),
            "max_concurrent_requests": COUNT,
            "max_best_of": COUNT,
            "max_stop_sequences": COUNT,
            "max_input_tokens": COUNT,
            "max_total_tokens": COUNT,
            "validation_workers": COUNT,
            "max_client_batch_size": COUNT,
            "router": STRING,
            "version": STRING,
            "sha": nullable(STRING),
            "docker_label": nullable(STRING),
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
        "properties": {"id": COUNT32, "text": STRING, "start": COUNT, "stop": COUNT},
    },
    "ErrorResponse": {
        "type": "object",
        "required": ["error", "error_type"],
        "properties": {"error": STRING, "error_type": STRING},
    },
}

_LARGEST = {"int32": 2**31 - 1, "int64": 2**63 - 1}
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
    if value is None and schema.get("nullable"):
        return []
    if "$ref" in schema:
        return problems(value, SCHEMAS[schema["$ref"]], where)
    if "oneOf" in schema:
        tried = [problems(value, one, where) for one in schema["oneOf"]]
        return [] if any(not found for found in tried) else [f"{where}: fits none of {len(tried)} forms: {tried}"]
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
    if "format" in schema and value > _LARGEST[schema["format"]]:
        found.append(f"{where}: {value} is no {schema['format']}")
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
