import { assert, it } from "@effect/vitest"
import { Effect } from "effect"
import { cases, casesNamed } from "./cases.ts"

it("every release of deploy:test that patches a file finds what it patches", () => {
  assert.strictEqual(new Set(cases.map(({ id }) => id)).size, cases.length)
})

it.effect("deploy:test runs the cases that are named, in that order, and refuses one that does not exist", () =>
  Effect.gen(function*() {
    assert.deepStrictEqual((yield* casesNamed(["D9", "D2"])).map(({ id }) => id), ["D9", "D2"])
    assert.strictEqual(yield* casesNamed([]), cases)
    assert.strictEqual((yield* Effect.flip(casesNamed(["D2", "D99", "d3"]))).message, "There is no case D99, d3.")
  }))
