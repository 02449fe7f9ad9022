"""What test/stack/clients.ts does with the TypeScript client, with the one for Python."""
import json
import sys

from accessa import Accessa, AccessaError

url, key = sys.argv[1:]
accessa = Accessa(url, key)
text = "# Policy\n\nWater damage by pythons is covered.\n" + "More words of the policy.\n" * 4_000
job = accessa.upload(text.encode(), "pythons 5\" pipe\x1b\n.md", metadata={"from": "python"})
# It has ended by the time its events are read.
accessa.wait(job["job_id"])
events = list(accessa.events(job["job_id"]))
ended = accessa.wait(job["job_id"])
hits = accessa.search("water damage", limit=3, document_id=job["document_id"])["hits"]
chunks = accessa.request("GET", f"/api/v1/documents/{job['document_id']}/chunks", query={"limit": "200"})
try:
    accessa.request("GET", "/api/v1/jobs", query={"statuss": "complete"})
    refusal = False
except AccessaError as error:
    refusal = error.problem["errors"][0]["detail"]
# Of known bytes, too, if told so.
known, forced = (accessa.upload(text.encode(), "again.md", priority=7, force=force) for force in (False, True))
assert (known["duplicate"], forced["duplicate"], forced["priority"]) == (True, False, 7), (known, forced)
# Refused before it is read: the connection is closed while the client still sends.
try:
    accessa.upload(text.encode() * 200, "policy.pdf")
    raise AssertionError("accepted as a PDF")
except AccessaError as error:
    assert error.code == "TYPE_MISMATCH", error.code
# As os.listdir names a file whose name is not UTF-8.
odd = accessa.upload(b"Some other text.", "caf\udce9.txt")
assert odd["filename"] == "caf?.txt", odd["filename"]
print(json.dumps({
    "status": ended["status"],
    "receipt": len(accessa.receipt(job["job_id"])["failed_checks"]),
    "eventIds": [event["event_id"] for event in events],
    "last": events[-1]["to_status"],
    "hits": ["number" if isinstance(hit["score"], (int, float)) else "other" for hit in hits],
    "chunks": len(chunks["chunks"]) > 0,
    "progress": True,
    "name": job["filename"],
    "refusal": refusal,
}))
