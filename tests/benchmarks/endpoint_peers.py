"""The peers of the endpoint benchmark, as their documentation has them: NAME URL FOLDER REQUESTS IN_FLIGHT.

Run by an interpreter in which the peer is installed. Each is given the same prompts, the same number in flight, and its
own way of keeping what it has: checkpoints, caches, or none. With 0 requests it only says whether the peer is there.

What each needs beside itself: datatrove aiofiles, aiosqlite, httpx and xxhash; distilabel openai and requests.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

from endpoint_clients import cpu_s, prompts


def datatrove(url: str, folder: Path, count: int, in_flight: int) -> int:
    import httpx  # noqa: F401 - without it, datatrove takes every server for one that is not ready
    from datatrove.data import Document
    from datatrove.pipeline.inference.run_inference import InferenceConfig, InferenceRunner
    from datatrove.pipeline.writers import JsonlWriter

    if not count:
        return 0

    async def rollout(document, generate):  # type: ignore[no-untyped-def]
        return await generate({"messages": [{"role": "user", "content": document.text}], "max_tokens": 128})

    config = InferenceConfig(
        server_type="endpoint",
        model_name_or_path="bench",
        endpoint_url=url,
        max_concurrent_generations=in_flight,
        max_concurrent_documents=in_flight,
        default_generation_params={"temperature": 0.7},
    )
    writer = JsonlWriter(str(folder / "out"), output_filename="${rank}_chunk_${chunk_index}.jsonl", compression=None)
    kept = str(folder / "checkpoints")  # a chunk must fill, or the run fails at its end
    runner = InferenceRunner(rollout, config, writer, checkpoints_local_dir=kept, records_per_chunk=500)
    documents = (Document(text=prompt, id=str(number)) for number, prompt in enumerate(prompts(count)))
    runner.run(documents, rank=0, world_size=1)
    return sum(len(file.read_text().splitlines()) for file in (folder / "out").glob("*.jsonl"))


def distilabel(url: str, folder: Path, count: int, in_flight: int) -> int:
    from distilabel.models import OpenAILLM
    from distilabel.pipeline import Pipeline
    from distilabel.steps import LoadDataFromDicts
    from distilabel.steps.tasks import TextGeneration

    if not count:
        return 0
    with Pipeline(name="bench", cache_dir=str(folder)) as pipeline:
        load = LoadDataFromDicts(data=[{"instruction": prompt} for prompt in prompts(count)], batch_size=in_flight)
        llm = OpenAILLM(
            model="bench",
            base_url=f"{url}/v1",
            api_key="none",
            generation_kwargs={"max_new_tokens": 128, "temperature": 0.7},
        )
        load >> TextGeneration(llm=llm, input_batch_size=in_flight)
    rows = pipeline.run(use_cache=True)["default"]["train"]
    return sum(bool(text) for text in rows["generation"])


def curator(url: str, folder: Path, count: int, in_flight: int) -> int:
    os.environ |= {"CURATOR_CACHE_DIR": str(folder), "TELEMETRY_ENABLED": "false", "CURATOR_DISABLE_RICH_DISPLAY": "1"}
    # It counts tokens with tiktoken, which downloads its vocabulary unless it finds that; litellm, which curator needs,
    # brings it along.
    litellm = find_spec("litellm")
    if litellm is not None and litellm.submodule_search_locations:
        files = Path(litellm.submodule_search_locations[0], "litellm_core_utils", "tokenizers")
        os.environ["TIKTOKEN_CACHE_DIR"] = str(files)
    from bespokelabs import curator as package

    if not count:
        return 0
    llm = package.LLM(
        model_name="bench",
        backend="openai",
        backend_params={
            "base_url": f"{url}/v1",
            "api_key": "none",
            "max_concurrent_requests": in_flight,
            "max_requests_per_minute": 10_000_000,
            "max_tokens_per_minute": 10_000_000_000,
        },
        generation_params={"max_tokens": 128, "temperature": 0.7},
    )
    answered = llm(list(prompts(count)))
    return len(getattr(answered, "dataset", answered))


def data_designer(url: str, folder: Path, count: int, in_flight: int) -> int:
    os.environ |= {"NEMO_TELEMETRY_ENABLED": "false", "DATA_DESIGNER_HOME": str(folder / "home")}
    import pandas as pd
    from data_designer import config
    from data_designer.interface import DataDesigner

    if not count:
        return 0
    parameters = config.ChatCompletionInferenceParams(
        max_parallel_requests=in_flight, max_tokens=128, temperature=0.7, timeout=600
    )
    model = config.ModelConfig(
        alias="bench", model="bench", provider="bench", inference_parameters=parameters, skip_health_check=True
    )
    builder = config.DataDesignerConfigBuilder([model])
    builder.with_seed_dataset(config.DataFrameSeedSource(df=pd.DataFrame({"prompt": list(prompts(count))})))
    builder.add_column(config.LLMTextColumnConfig(name="answer", model_alias="bench", prompt="{{ prompt }}"))
    provider = config.ModelProvider(name="bench", endpoint=f"{url}/v1", api_key="none")
    designer = DataDesigner(folder / "out", model_providers=[provider])
    designer.set_run_config(config.RunConfig(max_in_flight_tasks=max(1024, in_flight)))
    answers = designer.create(builder, num_records=count).load_dataset()["answer"]
    return sum(bool(answer) for answer in answers)


PEERS: dict[str, Callable[[str, Path, int, int], int]] = {
    "datatrove": datatrove,
    "distilabel": distilabel,
    "curator": curator,
    "data_designer": data_designer,
}


def main() -> None:
    name, url, folder, count, in_flight = sys.argv[1:]
    if int(count):
        Path(folder).mkdir(parents=True, exist_ok=True)
    PEERS[name]("", Path(folder), 0, 0)  # imported before the clock starts
    cpu, began = cpu_s(), time.perf_counter()
    answered = PEERS[name](url, Path(folder), int(count), int(in_flight))
    took = {
        "answered": answered,
        "wall_s": time.perf_counter() - began,
        "cpu_ms": 1000 * (cpu_s() - cpu) / max(1, int(count)),
        "rss_mb": max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
        / 1024,
    }
    sys.stdout.write(json.dumps(took) + "\n")


if __name__ == "__main__":
    main()
