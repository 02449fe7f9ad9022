"""What test/clients/clients.test.ts does with the TypeScript client, with the one for Python."""
import io
import json

from accessa import Accessa, AccessaError, client


class Clock:
    now = 0.0

    def monotonic(self):
        return self.now

    def sleep(self, seconds):
        self.now += seconds


clock = client.time = Clock()


class Limited(Accessa):
    def _open(self, method, path, data, headers):
        is_events = path.endswith("/events")
        if (is_events or "?wait=" in path) and clock.now < 600:
            raise AccessaError(429, {"code": "TOO_MANY_AT_ONCE", "retry_after_s": 15})
        status = "complete" if clock.now >= 300 else "parse_queued"
        history = ["uploaded", "failed_parse", "uploaded", status]
        events = [f'data: {json.dumps({"event_id": n + 1, "to_status": each})}\n\n' for n, each in enumerate(history)]
        return io.BytesIO(("".join(events) if is_events else json.dumps({"status": status})).encode())


accessa = Limited("http://127.0.0.1:9", "key")
waited = [accessa.wait("job")["status"], clock.now]
followed = [event["to_status"] for event in accessa.events("job")]
print(json.dumps({"waited": waited, "followed": [*followed, clock.now]}))
