import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { randomUUID } from "node:crypto"
import { toHeaderText } from "../../src/domain/headerText.ts"
import { localUserId } from "../../src/domain/Ids.ts"
import { UserId } from "../../src/domain/Ids.ts"
import { keyOf, tokenOf } from "../support/harness/Credentials.ts"
import { formOf, TestApi, testApi } from "../support/harness/TestApi.ts"

const bearer = (credential: string) => ({ authorization: `Bearer ${credential}` })
const live = (name: string, body: Effect.Effect<void, unknown, TestApi>) =>
  it.live(name, () => Effect.provide(body, testApi()))

const post = (path: string, body: unknown, headers: Record<string, string> = bearer(keyOf("admin"))) =>
  Effect.flatMap(TestApi, ({ request }) =>
    request(path, {
      method: "POST",
      body: JSON.stringify(body),
      headers: { ...headers, "content-type": "application/json" }
    }))
const get = (path: string, headers: Record<string, string> = bearer(keyOf("admin"))) =>
  Effect.flatMap(TestApi, ({ request }) => request(path, { headers }))

describe("an API key", () => {
  live(
    "an API key is shown once, works for its user and role, and never appears in a list",
    Effect.gen(function*() {
      const userId = randomUUID()
      const made = yield* post("/api/v1/keys", { name: "reader", role: "viewer", user_id: userId })
      assert.strictEqual(made.status, 201)
      assert.strictEqual(made.headers.get("cache-control"), "no-store")
      const secret = String(made.body["secret"])
      assert.include(made.body, { user_id: userId, role: "viewer", name: "reader", expires_at: null })
      assert.strictEqual((yield* get("/api/v1/jobs", bearer(secret))).status, 200)
      const list = yield* get("/api/v1/keys")
      assert.include(list.text, String(made.body["prefix"]))
      assert.notInclude(list.text, secret)
    })
  )

  live(
    "an API key is on one of the pages of the list, the last of which has no cursor",
    Effect.gen(function*() {
      const all = (yield* get("/api/v1/keys")).body
      assert.isNull(all["next_cursor"])
      const first = (yield* get("/api/v1/keys?limit=2")).body
      const rest = (yield* get(`/api/v1/keys?limit=50&cursor=${first["next_cursor"]}`)).body
      assert.isNull(rest["next_cursor"])
      assert.deepStrictEqual([first, rest].flatMap(({ keys }) => keys), all["keys"])
      assert.strictEqual((yield* get("/api/v1/keys?cursor=none")).status, 400)
    })
  )

  live(
    "an API key expires at a moment that exists, in its own zone, and at none that has to be guessed",
    Effect.gen(function*() {
      const expiring = (expires_at: string) => post("/api/v1/keys", { name: "x", role: "user", expires_at })
      const made = yield* expiring("2999-03-28T02:30:00+02:00")
      assert.strictEqual(made.body["expires_at"], "2999-03-28T00:30:00.000Z")
      assert.strictEqual((yield* expiring("2996-02-29T12:00Z")).status, 201)
      for (const no of ["2999-02-29T00:00:00Z", "2999-04-31T00:00:00Z", "2999-01-01T25:00:00Z"]) {
        assert.strictEqual((yield* expiring(no)).status, 400, no)
      }
      for (const no of ["2999-03-28T02:30:00", "2999-03-28", "2999", "March 1, 2999", "+012999-01-01T00:00:00Z"]) {
        const { body, status } = yield* expiring(no)
        assert.strictEqual(status, 400, no)
        assert.include(JSON.stringify(body["errors"]), "a time with its zone, such as 2027-03-01T12:00:00Z")
      }
    })
  )

  live(
    "an API key is rotated and revoked by its id, and an unknown one is not found",
    Effect.gen(function*() {
      const { body } = yield* post("/api/v1/keys", { name: "x", role: "user" })
      const next = yield* post(`/api/v1/keys/${body["key_id"]}/rotate`, { grace_s: 0 })
      assert.strictEqual(next.status, 201)
      assert.strictEqual((yield* get("/api/v1/jobs", bearer(String(body["secret"])))).status, 401)
      assert.strictEqual((yield* post(`/api/v1/keys/${body["key_id"]}/rotate`, {})).status, 404)
      assert.strictEqual((yield* post(`/api/v1/keys/${next.body["key_id"]}/revoke`, {})).status, 200)
      assert.strictEqual((yield* get("/api/v1/jobs", bearer(String(next.body["secret"])))).status, 401)
      const unknown = yield* post(`/api/v1/keys/${randomUUID()}/revoke`, {})
      assert.include(unknown.body, { status: 404, code: "KEY_NOT_FOUND" })
    })
  )
})

describe("an operator", () => {
  const operator = bearer(keyOf("operator"))
  const other = UserId.make(randomUUID())
  const upload = Effect.flatMap(TestApi, ({ upload }) => upload(formOf("a.txt", "some text"), bearer(tokenOf(other))))

  live(
    "may read another user's job with a reason, which the audit log records",
    Effect.gen(function*() {
      const { body } = yield* upload
      const path = `/api/v1/jobs/${body["job_id"]}`
      assert.strictEqual((yield* get(path, operator)).status, 404)
      const silent = yield* get(`${path}?user_id=${other}`, operator)
      assert.strictEqual(silent.status, 400)
      assert.deepInclude(silent.body["errors"], {
        pointer: "/headers/x-reason",
        detail: "Acting for another user requires a reason."
      })
      const shown = yield* get(`${path}?user_id=${other}`, {
        ...operator,
        "x-reason": toHeaderText("ticket 7 – Łukasz")
      })
      assert.include(shown.body, { job_id: body["job_id"], user_id: other })
      const { body: { entries } } = yield* get("/api/v1/audit")
      assert.lengthOf(Array.isArray(entries) ? entries : [], 1)
      assert.deepInclude(Array.isArray(entries) ? entries[0] : undefined, {
        action: "jobs.get",
        user_id: other,
        target_id: body["job_id"],
        reason: "ticket 7 – Łukasz",
        role: "operator"
      })
      const check = yield* get("/api/v1/audit/check")
      assert.deepStrictEqual(check.body, { entries: 1, last_hash: "", broken_entry: null, next_cursor: null })
      assert.strictEqual((yield* get("/api/v1/audit/check?cursor=bm9uc2Vuc2U")).status, 400)
    })
  )

  live(
    "may cancel it, but not read its document or search in it",
    Effect.gen(function*() {
      const { body } = yield* upload
      const headers = { ...operator, "x-reason": "it hangs" }
      const cancelled = yield* post(`/api/v1/jobs/${body["job_id"]}/cancel?user_id=${other}`, {}, headers)
      assert.include(cancelled.body, { status: "failed_parse", user_id: other })
      const document = yield* get(`/api/v1/documents/${body["document_id"]}?user_id=${other}`, headers)
      assert.deepStrictEqual(document.body["errors"], [
        { pointer: "/query/user_id", detail: "Unknown: nothing is expected here." }
      ])
    })
  )

  live(
    "an operator gets an error for an invalid user id, and a user may not name another user at all",
    Effect.gen(function*() {
      const headers = { ...operator, "x-reason": "a look" }
      assert.strictEqual((yield* get("/api/v1/jobs?user_id=me", headers)).status, 400)
      const user = { ...bearer(keyOf("user")), "x-reason": "curious" }
      assert.strictEqual((yield* get(`/api/v1/jobs?user_id=${other}`, user)).status, 403)
      assert.strictEqual((yield* get(`/api/v1/jobs?user_id=${localUserId}`, user)).status, 200)
    })
  )
})
