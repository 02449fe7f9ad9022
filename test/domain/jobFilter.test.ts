import { assert, describe, it } from "@effect/vitest"
import { Result } from "effect"
import { parseJobFilter, sayJobFilter } from "../../src/domain/jobFilter.ts"

const parsed = (text: string) => Result.getOrThrow(parseJobFilter(text))
const refused = (text: string) => Result.getOrThrow(Result.flip(parseJobFilter(text)))

describe("a filter of jobs", () => {
  it("a filter of jobs accepts every known word", () => {
    assert.deepStrictEqual(parsed("status:chunking,complete is:open age:>10m created:<2d cost:>0.5 user:00ab note"), [
      { _tag: "status", statuses: ["chunking", "complete"] },
      { _tag: "is", state: "open" },
      { _tag: "age", over: true, milliseconds: 600_000 },
      { _tag: "created", over: false, milliseconds: 172_800_000 },
      { _tag: "cost", over: true, usd: 0.5 },
      { _tag: "user", ids: ["00ab"] },
      { _tag: "word", text: "note" }
    ])
  })

  it("a filter of jobs that is empty matches all jobs", () => {
    assert.deepStrictEqual(parsed("  "), [])
    assert.strictEqual(sayJobFilter([]), "All jobs, newest first.")
  })

  it("a filter of jobs with an unknown word is refused, never ignored", () => {
    assert.strictEqual(refused("statuss:complete"), "There is no filter \"statuss:\". Did you mean status:?")
    assert.strictEqual(refused("status:compleet"), "There is no status \"compleet\". Did you mean complete?")
    assert.match(refused("colour:red"), /no filter "colour:"\. Known are status:, is:/u)
    assert.match(refused("status:don"), /no status "don".*complete/u)
    assert.match(refused("error_code:NOPE"), /no error code "NOPE"/u)
    assert.match(refused("is:open,failed"), /one of open/u)
    assert.match(refused("age:10m"), /age:>10m/u)
    assert.match(refused("cost:cheap"), /cost:>0\.01/u)
    assert.match(refused("user:zz"), /not "zz"/u)
  })

  it("a filter of jobs can be described in words", () => {
    assert.strictEqual(
      sayJobFilter(parsed("is:failed age:>1h report")),
      "Jobs that failed, written more than 1h ago, with \"report\" in their file name or an id."
    )
  })
})
