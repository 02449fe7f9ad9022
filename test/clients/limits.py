"""What test/clients/limits.test.ts does with the TypeScript client, with the one for Python."""
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
        if ("?wait=" in path or path.endswith("/events")) and clock.now < 600:
            raise AccessaError(429, {"code": "TOO_MANY_AT_ONCE", "retry_after_s": 15})
        status = "complete" if clock.now >= 300 else "parse_queued"
        if path.endswith("/events"):
            return io.BytesIO(f'data: {json.dumps({"event_id": 7, "to_status": status})}\n\n'.encode())
        return io.BytesIO(json.dumps({"status": status}).encode())


accessa = Limited("http://127.0.0.1:9", "key")
waited = [accessa.wait("job")["status"], clock.now]
followed = [event["to_status"] for event in accessa.events("job")]
print(json.dumps([waited, [followed, clock.now]]))
