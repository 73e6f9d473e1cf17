"""A real gateway on this machine: it takes messages over HTTP, and answers as a test tells it to."""

import json
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Gateway(ThreadingHTTPServer):
    """`answers` says how the next ones are answered: a status, a body of 200, "silent" to take it and let the asker
    wait, or "gone" to take it and hang up.

    It keeps what came (`asked`), and what it sent on: what comes again under a key that it knows it sends on once.
    """

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answers: list = []
        self.asked: list[dict] = []
        self.sent: list[dict] = []
        self.known: set[str] = set()
        self.url = f"http://127.0.0.1:{self.server_port}/send"

    def take(self, body, headers):
        key = headers.get("Idempotency-Key")
        self.asked.append({**body, "authorization": headers.get("Authorization"), "key": key})
        answer = self.answers.pop(0) if self.answers else 200
        if answer in (200, "silent", "gone") and key not in self.known:
            self.sent.append(body)
            self.known.add(key)
        return answer


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        answer = self.server.take(body, self.headers)
        if answer in ("silent", "gone"):
            self.close_connection = True
            time.sleep(3 if answer == "silent" else 0)
            return
        status, said = (answer, b"{}") if isinstance(answer, int) else (200, json.dumps(answer).encode())
        self.send_response(status)
        if status == 302:
            self.send_header("Location", "/elsewhere")
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    do_GET = do_POST

    def log_message(self, *_):
        """Nothing: a test looks at what came."""


@contextmanager
def gateway():
    """A gateway that runs while the block does."""
    server = Gateway()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
