"""A load of several clients from one process: prepared bytes out, a counted answer back, the time in between."""

import asyncio
import random
import statistics
from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter

import uvloop

#: Makes the bytes of the next request.
Maker = Callable[[random.Random], bytes]


@dataclass(frozen=True, slots=True)
class Run:
    """What one burst gave: the median time of an answer in milliseconds, and answers a second."""

    p50: float
    rate: float


def burst(port: int, maker: Maker, *, clients: int, requests: int, seed: int) -> Run:
    """``requests`` from ``clients`` at once over connections that stay open. Raises RuntimeError for any status from 400."""
    return uvloop.run(_burst(port, maker, clients, requests, seed))


async def _burst(port: int, maker: Maker, clients: int, requests: int, seed: int) -> Run:
    times: list[float] = []
    began = perf_counter()
    await asyncio.gather(
        *(_client(port, maker, requests // clients, random.Random(seed * 1000 + n), times) for n in range(clients))
    )
    took = perf_counter() - began
    return Run(statistics.median(times) * 1000, len(times) / took)


async def _client(port: int, maker: Maker, requests: int, chance: random.Random, times: list[float]) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for _ in range(requests):
        asked = maker(chance)
        began = perf_counter()  # the loop's own clock stands still within a millisecond
        writer.write(asked)
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
        body = await reader.readexactly(length) if length else b""
        times.append(perf_counter() - began)
        if int(head[9:12]) >= 400:
            raise RuntimeError(f"{asked.split(b' HTTP')[0].decode()} answered {head[9:12].decode()}: {body[:300]!r}")
    writer.close()
