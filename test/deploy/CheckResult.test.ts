import { Option, Schema } from "effect"
import { describe, expect, it } from "vitest"
import { CheckResult, exitCodes, overall } from "../../src/deploy/CheckResult.ts"

const of = (...verdicts: ReadonlyArray<CheckResult["verdict"]>) => overall(verdicts.map((verdict) => ({ verdict })))

describe("the verdict over several checks", () => {
  it("passes if every check passes", () => expect(of("pass", "pass")).toBe("pass"))

  it("fails if one check fails, even if others are inconclusive", () =>
    expect(of("pass", "inconclusive", "fail")).toBe("fail"))

  it("is inconclusive if one check is in doubt", () => expect(of("pass", "inconclusive")).toBe("inconclusive"))

  it("is inconclusive without any check", () => expect(of()).toBe("inconclusive"))

  it("has an exit code of its own for each verdict", () =>
    expect(exitCodes).toEqual({ pass: 0, fail: 1, inconclusive: 6 }))
})

it("A check's result is written as JSON with null for no repair", () => {
  const result: CheckResult = {
    group: "database",
    check: "indexes",
    verdict: "pass",
    expected: "18 indexes",
    found: "18 indexes",
    repair: Option.none(),
    evidence: []
  }
  const json = Schema.encodeSync(CheckResult)(result)
  expect(json.repair).toBeNull()
  expect(Schema.decodeUnknownSync(CheckResult)(json)).toEqual(result)
})
