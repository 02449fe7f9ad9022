import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { toCursor } from "../../src/http/server/pages.ts"
import { keyOf } from "../support/harness/Credentials.ts"
import { TestApi, testApi } from "../support/harness/TestApi.ts"

const as = (role: "user" | "operator", headers: Record<string, string> = {}) => ({
  authorization: `Bearer ${keyOf(role)}`,
  "content-type": "application/json",
  ...headers
})
const change = Effect.fnUntraced(function*(
  kind: "retry" | "cancel",
  body: unknown,
  headers: Record<string, string> = {},
  role: "user" | "operator" = "operator"
) {
  const { request } = yield* TestApi
  return yield* request(`/api/v1/jobs/${kind}`, {
    method: "POST",
    headers: as(role, headers),
    body: JSON.stringify(body)
  })
})

const withApi = (name: string, body: Effect.Effect<void, unknown, TestApi>) =>
  it.live(name, () => Effect.provide(body, testApi()))

describe("the operators' overview", () => {
  withApi(
    "the operators' overview tells every caller who they are, and only operators what all users do",
    Effect.gen(function*() {
      const { request } = yield* TestApi
      const me = yield* request("/api/v1/me", { headers: as("user") })
      assert.strictEqual(me.body["role"], "user")
      for (const path of ["overview", "failures", "operations/jobs", "operations/held", "costs", "capacity"]) {
        assert.strictEqual((yield* request(`/api/v1/${path}`, { headers: as("user") })).status, 403, path)
        assert.strictEqual((yield* request(`/api/v1/${path}`, { headers: as("operator") })).status, 200, path)
      }
    })
  )

  withApi(
    "the operators' overview refuses an unknown filter word, and lists the known ones",
    Effect.gen(function*() {
      const { request } = yield* TestApi
      const { body, status } = yield* request("/api/v1/operations/jobs?filter=statuss:complete", {
        headers: as("operator")
      })
      assert.strictEqual(status, 400)
      assert.include(JSON.stringify(body), "status:")
    })
  )
})

describe("the operators' list of jobs", () => {
  withApi(
    "the operators' list of jobs refuses a cursor that it did not make",
    Effect.gen(function*() {
      const { request } = yield* TestApi
      for (const place of ["1", `1.${"-".repeat(36)}`, `1.${"0".repeat(36)}`]) {
        const { status } = yield* request(`/api/v1/operations/jobs?cursor=${toCursor(place)}`, {
          headers: as("operator")
        })
        assert.strictEqual(status, 400, place)
      }
    })
  )
})

describe("a bulk change of jobs", () => {
  withApi(
    "a bulk change of jobs requires an operator, a valid filter, and a reason",
    Effect.gen(function*() {
      const body = { filter: "is:failed", dry_run: false }
      assert.strictEqual((yield* change("retry", body, {}, "user")).status, 403)
      assert.strictEqual((yield* change("retry", { ...body, filter: "" })).status, 400)
      assert.strictEqual((yield* change("retry", { ...body, filter: "iss:failed" })).status, 400)
      const unreasoned = yield* change("cancel", body)
      assert.strictEqual(unreasoned.status, 400)
      assert.include(unreasoned.text, "X-Reason")
      assert.strictEqual((yield* change("cancel", body, { "x-reason": "A test." })).status, 200)
    })
  )

  withApi(
    "a dry run of a bulk change of jobs says what it would change",
    Effect.gen(function*() {
      const { body, status } = yield* change("retry", { filter: "is:failed", dry_run: true })
      assert.strictEqual(status, 200)
      assert.deepInclude(body, { matched: 0, eligible: 0, changed: 0, more: false, said: "Jobs that failed." })
    })
  )
})
