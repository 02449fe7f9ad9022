"""Upload, wait, events, search: `Accessa("https://ingestion.example.com", key)`."""
import json
import re
import ssl
import time
import uuid
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any, Callable, Iterator, Mapping, Optional, Union
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPHandler, HTTPSHandler, Request, build_opener

from .schemas import AcceptedJob, Job, JobEvent, KnownJob, Receipt, SearchResult


class AccessaError(Exception):
    """A refusal of the API; `code` tells the kinds apart."""

    def __init__(self, status: int, problem: Mapping[str, Any]):
        super().__init__(problem.get("detail") or problem.get("title") or f"The server answered {status}.")
        self.status = status
        self.problem = problem
        self.code: Optional[str] = problem.get("code")
        self.retry_after: Optional[int] = problem.get("retry_after_s")


class _Connection(HTTPConnection):
    """Reads the answer even if the API closes the connection before the whole body is sent: it refuses an upload early."""

    def request(self, *args: Any, **options: Any) -> None:
        try:
            super().request(*args, **options)
        except (BrokenPipeError, ConnectionResetError, ssl.SSLEOFError):
            if self.sock is None:
                raise


class _SecureConnection(_Connection, HTTPSConnection):
    pass


class _Handler(HTTPHandler):
    def http_open(self, request: Request):
        return self.do_open(_Connection, request)


class _SecureHandler(HTTPSHandler):
    def https_open(self, request: Request):
        return self.do_open(_SecureConnection, request)


_opener = build_opener(_Handler, _SecureHandler)


def _has_ended(status: Optional[str]) -> bool:
    return status == "complete" or (status or "").startswith("failed_")


class Accessa:
    def __init__(self, url: str, key: str, timeout: float = 75):
        self._url = url.rstrip("/")
        self._key = key
        self._timeout = timeout

    def upload(
        self,
        content: bytes,
        filename: str,
        *,
        metadata: Optional[Mapping[str, str]] = None,
        document_id: Optional[str] = None,
        priority: Optional[int] = None,
        force: bool = False,
        idempotency_key: Optional[str] = None,
    ) -> Union[AcceptedJob, KnownJob]:
        """Sends a file; the job is the existing one if the same bytes are known, unless `force` is set."""
        fields = {
            "document_id": document_id,
            "metadata": None if metadata is None else json.dumps(metadata),
            "priority": priority,
            "force": "true" if force else None,
        }
        boundary = uuid.uuid4().hex
        # As browsers write it; a header may hold no control characters, and file systems allow them.
        name = re.sub(r"[\x00-\x1f\x7f]", "", filename).replace('"', "%22")
        # Python's name for a file whose own is not UTF-8 cannot be encoded.
        name = name.encode(errors="replace").decode()
        parts = [
            f'--{boundary}\r\ncontent-disposition: form-data; name="{field}"\r\n\r\n{value}\r\n'.encode()
            for field, value in fields.items()
            if value is not None
        ]
        parts.append(
            f'--{boundary}\r\ncontent-disposition: form-data; name="file"; filename="{name}"\r\n'
            "content-type: application/octet-stream\r\n\r\n".encode() + content + f"\r\n--{boundary}--\r\n".encode()
        )
        headers = {"content-type": f"multipart/form-data; boundary={boundary}"}
        if idempotency_key is not None:
            headers["idempotency-key"] = idempotency_key
        with self._open("POST", "/api/v1/documents", b"".join(parts), headers) as response:
            return json.load(response)

    def wait(self, job_id: str) -> Job:
        """The job when it has ended, however that was. Waits out restarts of the API and its limits."""
        while True:
            job: Job = self._patiently(lambda: self._long_poll(job_id))
            if _has_ended(job["status"]):
                return job

    def _long_poll(self, job_id: str) -> Job:
        """A user may wait for a few jobs at once: whether another one has ended is asked without waiting."""
        try:
            return self.request("GET", f"/api/v1/jobs/{job_id}?wait=50")
        except AccessaError as error:
            if error.code != "TOO_MANY_AT_ONCE":
                raise
            job: Job = self.request("GET", f"/api/v1/jobs/{job_id}")
            if not _has_ended(job["status"]):
                raise
            return job

    def events(self, job_id: str, after: int = 0) -> Iterator[JobEvent]:
        """Every event of a job until it has ended, resumed after the last one if the connection breaks."""
        is_final = had_ended = False
        while True:
            before, is_whole = after, False
            headers = {"last-event-id": str(after), "accept": "text/event-stream"}
            stream = self._patiently(lambda: self._open("GET", f"/api/v1/jobs/{job_id}/events", None, headers))
            try:
                with stream:
                    for line in stream:
                        if not line.startswith(b"data:"):
                            continue
                        event: JobEvent = json.loads(line[5:])
                        after = event["event_id"]
                        is_final = _has_ended(event["to_status"])
                        yield event
                # Not before the API ends the stream: a job that was retried has an end in its history.
                if is_final:
                    return
                is_whole = True
            except (OSError, HTTPException):
                pass
            # The job had ended before `after`: no event came on a connection that began after its end.
            if is_whole and had_ended and after == before:
                return
            had_ended = _has_ended(self._patiently(lambda: self.request("GET", f"/api/v1/jobs/{job_id}"))["status"])

    def search(self, query: str, limit: int = 5, document_id: Optional[str] = None) -> SearchResult:
        body: dict[str, Any] = {"query": query, "limit": limit}
        if document_id is not None:
            body["document_id"] = document_id
        return self.request("POST", "/api/v1/search", body)

    def receipt(self, job_id: str) -> Receipt:
        return self.request("GET", f"/api/v1/jobs/{job_id}/receipt")

    def request(self, method: str, path: str, body: Any = None, query: Optional[Mapping[str, str]] = None) -> Any:
        """Any other route; the types of bodies and answers are in `accessa.schemas`."""
        data = None if body is None else json.dumps(body).encode()
        headers = {} if body is None else {"content-type": "application/json"}
        with self._open(method, path + ("" if not query else f"?{urlencode(query)}"), data, headers) as response:
            text = response.read()
            return json.loads(text) if text else None

    def _patiently(self, read: Callable[[], Any]) -> Any:
        """Repeats a read while the API is away, for two minutes, and as long as the user's own limits delay it."""
        until = time.monotonic() + 120
        while True:
            pause = 1
            try:
                return read()
            except AccessaError as error:
                # A proxy in between answers for an API that restarts.
                is_gateway = error.code is None and error.status in (502, 503, 504)
                if error.status == 429:
                    until = time.monotonic() + 120
                if (error.retry_after is None and not is_gateway) or time.monotonic() > until:
                    raise
                pause = error.retry_after or pause
            except (OSError, HTTPException):
                if time.monotonic() > until:
                    raise
            time.sleep(pause)

    def _open(self, method: str, path: str, data: Optional[bytes], headers: Mapping[str, str]):
        request = Request(self._url + path, data, {"authorization": f"Bearer {self._key}", **headers}, method=method)
        try:
            return _opener.open(request, timeout=self._timeout)
        except HTTPError as error:
            text = error.read()
            try:
                problem = json.loads(text)
                problem.keys()
            except (AttributeError, ValueError):
                problem = {"detail": text[:200].decode(errors="replace")}
            raise AccessaError(error.code, problem) from None
