"""Clients that call a house: each a process of its own, one call at a time, a new connection for every call.

They speak HTTP by hand, because what they use of the processor is missing to whom they measure.
"""

import hashlib
import json
import multiprocessing
import socket
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

TOOK_TOO_LONG = 30


@dataclass
class Calls:
    """What came of the calls: how many by status, and how long those with the first status wanted took, in seconds."""

    seconds: float = 0.0
    statuses: Counter = field(default_factory=Counter)
    times: list[float] = field(default_factory=list)
    refusals: list[bytes] = field(default_factory=list)
    cpu_seconds: float = 0.0

    @property
    def done(self) -> int:
        return len(self.times)

    @property
    def per_second(self) -> float:
        return self.done / self.seconds if self.seconds else 0.0

    def milliseconds(self, share: float) -> float:
        """The time, in ms, within which this share of the calls was answered."""
        ordered = sorted(self.times)
        return 1000 * ordered[min(int(share * len(ordered)), len(ordered) - 1)] if ordered else float("nan")


def token_of(number: int) -> str:
    """The token of the guest with this number (`bench/ground.py` makes the same in SQL)."""
    return hashlib.md5(b"bench-%d" % number).hexdigest() + hashlib.md5(b"token-%d" % number).hexdigest()


def request(method: str, address: str, body: dict | None = None, guest: int | None = None, key: str = "") -> bytes:
    """A whole request, ready to be sent."""
    sent = b"" if body is None else json.dumps(body).encode()
    lines = [
        f"{method} {address} HTTP/1.1",
        "Host: 127.0.0.1",
        "Accept: application/json",
        "Accept-Language: zh-CN,zh;q=0.9",
        "Connection: close",
    ]
    if guest is not None:
        lines.append(f"Authorization: Bearer {token_of(guest)}")
    if key:
        lines.append(f"Idempotency-Key: {key}")
    if body is not None:
        lines += ["Content-Type: application/json", f"Content-Length: {len(sent)}"]
    return "\r\n".join([*lines, "", ""]).encode() + sent


def call(port: int, request: bytes) -> tuple[int, bytes]:
    """Send ``request`` and return the status and everything that came back."""
    with socket.create_connection(("127.0.0.1", port), TOOK_TOO_LONG) as line:
        line.sendall(request)
        parts = []
        while part := line.recv(65536):
            parts.append(part)
    answer = b"".join(parts)
    return int(answer[9:12]), answer


def call_all(
    port: int,
    streams: Sequence[Iterable[bytes]],
    seconds: float,
    wanted: int = 200,
) -> Calls:
    """Have one client for each of ``streams`` send its requests, all at once, until ``seconds`` are over or they end.

    Only what was answered with ``wanted`` counts as done.
    """
    forks = multiprocessing.get_context("fork")
    ready = forks.Barrier(len(streams) + 1)
    answers = forks.Queue()
    clients = [
        forks.Process(target=_client, args=(port, stream, seconds, wanted, ready, answers), daemon=True)
        for stream in streams
    ]
    for client in clients:
        client.start()
    ready.wait()
    began = time.perf_counter()
    together = Calls()
    last = began
    for _client_each in clients:
        calls, ended = answers.get(timeout=seconds + 2 * TOOK_TOO_LONG)
        together.statuses += calls.statuses
        together.times += calls.times
        together.refusals += calls.refusals
        together.cpu_seconds += calls.cpu_seconds
        last = max(last, ended)
    for client in clients:
        client.join()
    together.seconds = last - began
    return together


def _client(port, stream, seconds, wanted, ready, answers):
    calls, stream = Calls(), list(stream)
    ready.wait()
    until, used = time.perf_counter() + seconds, time.process_time()
    for each in stream:
        before = time.perf_counter()
        if before > until:
            break
        try:
            status, answer = call(port, each)
        except OSError as trouble:
            status, answer = 0, str(trouble).encode()
        calls.statuses[status] += 1
        if status == wanted:
            calls.times.append(time.perf_counter() - before)
        elif len(calls.refusals) < 50:
            calls.refusals.append(answer)
    calls.cpu_seconds = time.process_time() - used
    # The clock is the machine's, the same in every process.
    answers.put((calls, time.perf_counter()))
