import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { toCursor } from "../../src/http/server/pages.ts"
import { keyOf } from "../support/harness/Credentials.ts"
import { TestApi, testApi } from "../support/harness/TestApi.ts"

const other = "00000000-0000-4000-8000-0000000000bb"

const get = (path: string, reason?: string) =>
  Effect.flatMap(TestApi, ({ request }) =>
    request(path, {
      headers: { authorization: `Bearer ${keyOf("admin")}`, ...reason === undefined ? {} : { "x-reason": reason } }
    }))
const entries = Effect.map(get("/api/v1/audit"), ({ body }) => body["entries"] as ReadonlyArray<object>)

layer(testApi())("the export of a user's data", (it) => {
  it.effect("requires a reason, for rows and for files", () =>
    Effect.gen(function*() {
      for (const path of ["export", `documents/${other}/files/raw`]) {
        const { body, status } = yield* get(`/api/v1/users/${other}/${path}`)
        assert.strictEqual(status, 400)
        assert.include(JSON.stringify(body["errors"]), "/headers/x-reason")
      }
      assert.deepStrictEqual(yield* entries, [])
    }))

  it.effect("refuses cursors that it did not make", () =>
    Effect.gen(function*() {
      for (const place of ["0 zzz", "1 a\u0000b", "x"]) {
        const { status } = yield* get(`/api/v1/users/${other}/export?cursor=${toCursor(place)}`, "a letter")
        assert.strictEqual(status, 400, place)
      }
    }))

  it.effect("is in the audit log wherever it starts", () =>
    Effect.gen(function*() {
      const path = `/api/v1/users/${other}/export`
      assert.strictEqual((yield* get(path, "a letter")).status, 200)
      assert.strictEqual((yield* get(`${path}?cursor=${toCursor(`0 ${other}`)}`, "a letter")).status, 200)
      const found = yield* entries
      assert.lengthOf(found, 2)
      for (const entry of found) {
        assert.deepInclude(entry, { action: "user.export", user_id: other, reason: "a letter" })
      }
    }))
})
