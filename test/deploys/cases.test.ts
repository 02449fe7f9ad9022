import { assert, it } from "@effect/vitest"
import { cases } from "./cases.ts"

it("every release of deploy:test that patches a file finds what it patches", () => {
  assert.strictEqual(new Set(cases.map(({ id }) => id)).size, cases.length)
})
