import { assert, layer } from "@effect/vitest"
import { Duration, Effect, Option } from "effect"
import { randomUUID } from "node:crypto"
import { ErrorCode, errorCodes } from "../../../src/domain/ErrorCode.ts"
import { UserId } from "../../../src/domain/Ids.ts"
import { PermanentError, RecoverableError, TransientError } from "../../../src/domain/ServiceError.ts"
import { anUpload } from "../../support/builders/jobInMemory.ts"
import { type Answer, formOf, TestApi, testApi } from "../../support/harness/TestApi.ts"
import { MeteredStorage } from "../../support/stubs/MeteredStorage.ts"
import { Pipeline } from "../../twins/Pipeline.ts"

const failures = { transient: TransientError, permanent: PermanentError, recoverable: RecoverableError }
const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

const assertProblem = ({ body, headers, status }: Answer) => {
  assert.strictEqual(headers.get("content-type"), "application/problem+json")
  assert.strictEqual(body["status"], status)
  assert.match(String(body["type"]), /^urn:accessa:problem:[a-z-]+$/)
  assert.match(String(body["title"]), /\.$/)
  assert.match(String(body["detail"]), /\S/)
  assert.match(String(body["code"]), /^[A-Z_]+$/)
  assert.include(["transient", "permanent", "recoverable"], body["class"])
  assert.match(String(body["correlation_id"]), uuid)
  assert.strictEqual(headers.get("x-correlation-id"), body["correlation_id"])
  assert.strictEqual(headers.get("retry-after"), "retry_after_s" in body ? String(body["retry_after_s"]) : null)
}

layer(testApi(), { excludeTestServices: true })("every refusal is a problem", (it) => {
  const json = { method: "POST", headers: { "content-type": "application/json" } }
  const rows: ReadonlyArray<readonly [path: string, init: RequestInit, status: number, code: string]> = [
    ["/nowhere", {}, 404, "NOT_FOUND"],
    ["/api/v1/jobs", { method: "PUT" }, 405, "METHOD_NOT_ALLOWED"],
    ["/api/v1/jobs/7", {}, 400, "BAD_REQUEST"],
    ["/api/v1/jobs/%F0%28", {}, 404, "NOT_FOUND"],
    ["/api/v1/jobs?filename=%00", {}, 400, "BAD_REQUEST"],
    [`/api/v1/jobs/${randomUUID()}`, {}, 404, "JOB_NOT_FOUND"],
    [`/api/v1/jobs/${randomUUID()}/events`, { headers: { "last-event-id": "x" } }, 400, "BAD_REQUEST"],
    [`/api/v1/documents/${randomUUID()}`, {}, 404, "DOCUMENT_NOT_FOUND"],
    ["/api/v1/search", { ...json, body: "{" }, 400, "BAD_REQUEST"],
    ["/api/v1/search", { ...json, body: "null" }, 400, "BAD_REQUEST"],
    ["/api/v1/search", { ...json, body: "" }, 400, "BAD_REQUEST"],
    ["/api/v1/search", { ...json, body: `"${"x".repeat(2_000_000)}"` }, 413, "BODY_TOO_LARGE"],
    ["/api/v1/search", { method: "POST", headers: { "content-type": "text/csv" }, body: "a" }, 415, "UNSUPPORTED_TYPE"],
    [`/webhooks/llamaparse/${randomUUID()}`, { ...json, body: "{}" }, 401, "BAD_SIGNATURE"]
  ]
  for (const [path, init, status, code] of rows) {
    const body = typeof init.body === "string" ? ` ${init.body.slice(0, 10)}` : ""
    it.effect(`${init.method ?? "GET"} ${path.replaceAll(/[0-9a-f-]{36}/g, "…")}${body} → ${status} ${code}`, () =>
      Effect.gen(function*() {
        const { request } = yield* TestApi
        const answer = yield* request(path, init)
        assert.deepStrictEqual([answer.status, answer.body["code"]], [status, code])
        assertProblem(answer)
      }))
  }

  it.effect("every refusal is a problem with the code, class and Retry-After of the failed port", () =>
    Effect.gen(function*() {
      const { request } = yield* TestApi
      const pipeline = yield* Pipeline
      for (const code of ErrorCode.literals) {
        const kind = errorCodes[code].class
        pipeline.failure = new failures[kind]({ code, message: errorCodes[code].title, cause: new Error("the cause") })
        const answer = yield* request("/api/v1/jobs")
        assertProblem(answer)
        assert.strictEqual(answer.status, kind === "permanent" ? code === "INTERNAL" ? 500 : 422 : 503)
        assert.deepInclude(answer.body, { code, class: kind })
        assert.notInclude(answer.text, "the cause")
      }
      pipeline.failure = new TransientError({
        code: "DATABASE_FAILED",
        message: "Busy.",
        retryAfter: Duration.millis(1500)
      })
      assert.strictEqual((yield* request("/api/v1/jobs")).headers.get("retry-after"), "2")
      pipeline.failure = undefined
    }))

  it.effect("even for a defect, about which it reveals nothing", () =>
    Effect.gen(function*() {
      const { request } = yield* TestApi
      const pipeline = yield* Pipeline
      const { documentId } = yield* pipeline.accept(anUpload())
      pipeline.chunks.get = () => {
        throw new Error("a secret of ours")
      }
      const answer = yield* request(`/api/v1/documents/${documentId}/chunks`)
      assert.deepStrictEqual([answer.status, answer.body["code"]], [500, "INTERNAL"])
      assertProblem(answer)
      assert.notInclude(answer.text, "secret")
    }))
})

layer(testApi(), { excludeTestServices: true })("a correlation id", (it) => {
  it.effect("a correlation id is the caller's if it is a UUID, in lower case, and a new one otherwise", () =>
    Effect.gen(function*() {
      const { request } = yield* TestApi
      const id = randomUUID()
      for (const path of ["/health", "/nowhere", "/api/v1/jobs", "/"]) {
        const of = (headers: Record<string, string>) =>
          Effect.map(request(path, { headers }), (answer) => answer.headers.get("x-correlation-id"))
        assert.strictEqual(yield* of({ "x-correlation-id": id }), id)
        assert.strictEqual(yield* of({ "x-correlation-id": id.toUpperCase() }), id)
        const made = yield* of({ "x-correlation-id": "not a UUID" })
        assert.match(String(made), uuid)
        assert.notStrictEqual(made, yield* of({}))
      }
    }))
})

layer(testApi(), { excludeTestServices: true })("health", (it) => {
  it.effect("is alive regardless of its dependencies, but ready only if all of them are", () =>
    Effect.gen(function*() {
      const { request, upload } = yield* TestApi
      const pipeline = yield* Pipeline
      const storage = yield* MeteredStorage
      const unready = Effect.gen(function*() {
        assert.strictEqual((yield* request("/health")).status, 200)
        const answer = yield* request("/health/ready")
        if (answer.status === 200) {
          assert.include(answer.text, "No monitor has ever run", "it is shown, but documents are processed without one")
          return []
        }
        assert.strictEqual(answer.status, 503)
        assertProblem(answer)
        const checks = answer.body["checks"] as ReadonlyArray<{ name: string; ok: boolean }>
        return checks.filter(({ name, ok }) => !ok && name !== "monitor").map(({ name }) => name)
      })
      assert.deepStrictEqual(yield* unready, [])
      pipeline.heartbeat = Option.none()
      assert.deepStrictEqual(yield* unready, ["worker"])
      pipeline.heartbeat = Option.some(Duration.minutes(2))
      assert.deepStrictEqual(yield* unready, ["worker"])
      pipeline.failure = new TransientError({ code: "DATABASE_FAILED", message: "The connection was lost." })
      assert.deepStrictEqual(yield* unready, ["database", "worker"])
      pipeline.failure = undefined
      pipeline.heartbeat = Option.some(Duration.seconds(10))
      storage.failure = new TransientError({ code: "STORAGE_FAILED", message: "The storage answered 500." })
      assert.deepStrictEqual(yield* unready, ["storage"])
      assert.strictEqual((yield* upload(formOf("kept.md", "# Kept"))).status, 503)
      storage.failure = undefined
      assert.deepStrictEqual(yield* unready, ["intake"], "an upload was refused, and none has succeeded since")
      assert.strictEqual((yield* upload(formOf("kept.md", "# Kept"))).status, 202)
      assert.deepStrictEqual(yield* unready, [])
    }))
})

layer(testApi({ bounds: { uploads: 0 } }), { excludeTestServices: true })("health", (it) => {
  it.effect("is ready while uploads above the limit are refused: none of them failed to be stored", () =>
    Effect.gen(function*() {
      const { request, upload } = yield* TestApi
      const { body, status } = yield* upload(formOf("one.md", "# One"))
      assert.deepStrictEqual([status, body["code"]], [503, "OVERLOADED"])
      assert.strictEqual((yield* request("/health/ready")).status, 200)
    }))
})

layer(testApi(), { excludeTestServices: true })("health", (it) => {
  it.effect("is not ready on an older schema, and names the missing migration", () =>
    Effect.gen(function*() {
      const { request } = yield* TestApi
      const pipeline = yield* Pipeline
      pipeline.missingMigrations = ["0009_newest"]
      const { body, status } = yield* request("/health/ready")
      assert.strictEqual(status, 503)
      const [database, worker] = body["checks"] as ReadonlyArray<{ name: string; ok: boolean; detail: string }>
      assert.deepInclude(database, { name: "database", ok: false })
      assert.include(database?.detail, "run `pnpm migrate` for 0009_newest")
      assert.deepInclude(worker, { name: "worker", ok: false, detail: "Unknown while the database check fails." })
      pipeline.missingMigrations = []
      assert.strictEqual((yield* request("/health/ready")).status, 200)
    }))

  it.effect("is not ready while the database is read-only, and says so", () =>
    Effect.gen(function*() {
      const { request } = yield* TestApi
      const pipeline = yield* Pipeline
      pipeline.acceptsWrites = false
      const { body, status } = yield* request("/health/ready")
      pipeline.acceptsWrites = true
      assert.strictEqual(status, 503)
      assert.deepInclude(body["checks"], {
        name: "database",
        ok: false,
        detail: "It responds, but is read-only: a standby, or locked, for example because its disk is full."
      })
    }))
})

layer(testApi(), { excludeTestServices: true })("the description of the API", (it) => {
  it.effect("the description of the API is served as OpenAPI and as a page that the root leads to", () =>
    Effect.gen(function*() {
      const { request } = yield* TestApi
      const { body } = yield* request("/openapi.json")
      assert.includeMembers(Object.keys(body["paths"] as object), [
        "/api/v1/documents",
        "/api/v1/jobs/{job_id}/events",
        "/api/v1/search",
        "/webhooks/llamaparse/{job_id}",
        "/health/ready"
      ])
      assert.strictEqual((yield* request("/")).headers.get("location"), "/docs")
      assert.include((yield* request("/docs")).text, "Accessa Ingestion")
    }))
})

layer(testApi(), { excludeTestServices: true })("a document id", (it) => {
  it.effect("a document id of another tenant is not found", () =>
    Effect.gen(function*() {
      const { request } = yield* TestApi
      const { accept } = yield* Pipeline
      const theirs = yield* accept(anUpload({ userId: UserId.make(randomUUID()) }))
      for (const [path, method] of [["", "GET"], ["/chunks", "GET"], ["", "DELETE"]] as const) {
        assert.strictEqual((yield* request(`/api/v1/documents/${theirs.documentId}${path}`, { method })).status, 404)
      }
    }))
})
