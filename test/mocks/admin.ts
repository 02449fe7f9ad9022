/** The admin routes of the mock under test. */
import { Effect } from "effect"
import { assert } from "vitest"
import { serverUrl } from "./serverUrl.ts"

export const play = Effect.fnUntraced(function*(yaml: string) {
  const url = yield* serverUrl
  const response = yield* Effect.promise(() => fetch(`${url}/mock/scenario`, { method: "PUT", body: yaml }))
  assert.strictEqual(response.status, 200, yield* Effect.promise(() => response.text()))
})

export const reset = Effect.flatMap(
  serverUrl,
  (url) => Effect.promise(() => fetch(`${url}/mock/reset`, { method: "POST" }))
)

export const getJson = Effect.fnUntraced(function*(path: string) {
  const url = yield* serverUrl
  const body: unknown = yield* Effect.promise(() => fetch(`${url}${path}`).then((response) => response.json()))
  assert.isObject(body)
  return body
})
