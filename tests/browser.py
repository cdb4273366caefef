"""A headless Chromium, driven over its DevTools protocol, that remembers what a page asked for and what went wrong."""

from __future__ import annotations

import asyncio
import base64
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
BROWSER = next((found for name in NAMES if (found := shutil.which(name))), None)
START_S = 60
ANSWER_S = 60


class Page:
    """One page.

    Attributes:
        requests: the addresses that it asked for, its own and those of data it carries left out.
        problems: console errors, warnings and exceptions.
    """

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.requests: list[str] = []
        self.problems: list[str] = []
        self._socket = socket
        self._waiting: dict[int, asyncio.Future[Any]] = {}
        self._loaded = asyncio.Event()
        self._reader = asyncio.create_task(self._read())

    async def _read(self) -> None:
        async for message in self._socket:
            told = message.json()
            if "id" in told:
                self._waiting.pop(told["id"]).set_result(told)
                continue
            about = told.get("params", {})
            match told["method"]:
                case "Page.loadEventFired":
                    self._loaded.set()
                case "Network.requestWillBeSent":
                    url = about["request"]["url"]
                    if not url.startswith(("file:", "data:", "blob:")):
                        self.requests.append(url)
                case "Runtime.exceptionThrown":
                    about = about["exceptionDetails"]
                    self.problems.append(about.get("exception", {}).get("description", about["text"]))
                case "Log.entryAdded" if about["entry"]["level"] in ("error", "warning"):
                    self.problems.append(about["entry"]["text"])
                case "Runtime.consoleAPICalled" if about["type"] in ("error", "warning", "assert"):
                    self.problems.append(str(about["args"]))

    async def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Send one command and wait for its result."""
        number = len(self._waiting) + id(object()) % 2**20
        while number in self._waiting:
            number += 1
        self._waiting[number] = asyncio.get_running_loop().create_future()
        reply = self._waiting[number]
        await self._socket.send_json({"id": number, "method": method, "params": parameters})
        told = await asyncio.wait_for(reply, ANSWER_S)
        if "error" in told:
            raise RuntimeError(f"{method}: {told['error']}")
        return dict(told["result"])

    async def open(self, path: Path, width: int = 1280, height: int = 900, dark: bool = False) -> None:
        """Open a file and wait until its scripts say that it is ready."""
        for domain in ("Page", "Network", "Runtime", "Log"):
            await self.call(f"{domain}.enable")
        await self.call(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 600
        )
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        await self.call("Emulation.setEmulatedMedia", features=[scheme])
        self._loaded.clear()
        await self.call("Page.navigate", url=path.absolute().as_uri())
        await asyncio.wait_for(self._loaded.wait(), START_S)
        await self.until("document.documentElement.dataset.ready === 'true'")

    async def value(self, script: str) -> Any:
        """What an expression comes to; a promise is waited for."""
        told = await self.call("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in told:
            raise RuntimeError(told["exceptionDetails"].get("exception", {}).get("description", "error"))
        return told["result"].get("value")

    async def until(self, script: str) -> None:
        """Wait until an expression is true."""
        for _ in range(20 * ANSWER_S):
            if await self.value(f"Boolean({script})"):
                return
            await asyncio.sleep(0.05)
        raise TimeoutError(f"never true: {script}; {self.problems}")

    async def press(self, key: str, code: int = 0) -> None:
        """Press and release one key."""
        text = {"Enter": "\r"}.get(key, key if len(key) == 1 else "")
        what = {"key": key, "code": key, "windowsVirtualKeyCode": code, "text": text}
        await self.call("Input.dispatchKeyEvent", type="keyDown", **what)
        await self.call("Input.dispatchKeyEvent", type="keyUp", key=key, code=key, windowsVirtualKeyCode=code)

    async def screenshot(self, path: Path) -> None:
        """Write what is in sight as PNG."""
        told = await self.call("Page.captureScreenshot", format="png")
        path.write_bytes(base64.b64decode(told["data"]))

    async def close(self) -> None:
        """End the reading of events."""
        self._reader.cancel()
        await asyncio.gather(self._reader, return_exceptions=True)


@asynccontextmanager
async def browser_page() -> AsyncIterator[Page]:
    """A page in a browser of its own, which ends with it."""
    if BROWSER is None:
        raise RuntimeError(f"no browser: expected one of {', '.join(NAMES)} on the PATH")
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        options = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run"]
        options += ["--disable-background-networking", "--disable-component-update", "--remote-debugging-port=0"]
        process = await asyncio.create_subprocess_exec(
            BROWSER,
            *options,
            f"--user-data-dir={profile}",
            "about:blank",
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )
        try:
            port = await _port(Path(profile) / "DevToolsActivePort")
            async with aiohttp.ClientSession() as session:
                async with session.get(f"http://127.0.0.1:{port}/json/list") as reply:
                    (target, *_) = [one for one in await reply.json() if one["type"] == "page"]
                async with session.ws_connect(target["webSocketDebuggerUrl"], max_msg_size=0) as socket:
                    page = Page(socket)
                    try:
                        yield page
                    finally:
                        await page.close()
        finally:
            process.terminate()
            await process.wait()


async def _port(file: Path) -> int:
    for _ in range(20 * START_S):
        if file.exists() and (lines := file.read_text().splitlines()):
            return int(lines[0])
        await asyncio.sleep(0.05)
    raise TimeoutError("the browser did not start")
