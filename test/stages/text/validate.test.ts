/** What a loss of text does to the job, by COVERAGE_POLICY. */
import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer, Option } from "effect"
import { Inventory } from "../../../services/Inventory.ts"
import type { CoveragePolicy } from "../../../src/domain/coverage/Coverage.ts"
import { CoverageRules } from "../../../src/stages/CoverageRules.ts"
import { advance } from "../../../src/stages/Stage.ts"
import { validate } from "../../../src/stages/text/validate.ts"
import { noDocuments } from "../../support/stubs/noDocuments.ts"
import { aClaim } from "../../support/stubs/QueueLog.ts"
import { ObjectStorageMemory } from "../../twins/ObjectStorageMemory.ts"
import { run, surroundings } from "../stageRuns.ts"

const unused = () => Effect.die(new Error("a validation has no use for this"))
const ports = Layer.mergeAll(
  ObjectStorageMemory,
  Layer.succeed(Inventory, { covers: () => false, compare: unused, attachments: unused }),
  noDocuments
)

const coverage = { pages: 2, words: 100, found: 95, order: 1, lowest: [] }
const aPage = { kind: "page" as const, page: 2, count: 1, detail: "None of its words are in the parsed text." }

/** The move that follows the validation of a text that its parser has compared, and whether the text was cut. */
const validated = Effect.fnUntraced(
  function*(policy: CoveragePolicy, leftOut: ReadonlyArray<typeof aPage>) {
    let isCut = false
    const parseReport = { characters: 5, pages: 2, duplicateOf: null, coverage, leftOut }
    const { move } = yield* run(aClaim({ status: "parsed", parseReport }), (it) =>
      Effect.gen(function*() {
        const report = yield* validate(it, Option.some("A text.\n"))
        isCut = true
        return advance("parse_validated", { parseReport: report })
      }).pipe(Effect.provide(ports))).pipe(Effect.provideService(CoverageRules, { policy, leastShare: 0.9 }))
    return { isCut, move }
  },
  Effect.provide(surroundings)
)

describe("a parsed text that lacks a page of its source", () => {
  it.effect("fails the job under the policy fail, before anything is cut, and its report is kept", () =>
    Effect.gen(function*() {
      const { isCut, move } = yield* validated("fail", [aPage])
      assert.isFalse(isCut)
      assert.strictEqual(move?.to, "failed_parse")
      assert.deepInclude(move?.set.lastError, {
        code: "PARSE_INCOMPLETE",
        message: "1 page is not in the parsed text: 2."
      })
      assert.deepInclude(move?.set.parseReport, { coverage, leftOut: [aPage], policy: "fail" })
    }))

  it.effect("a lossy text continues under the policy warn, with its warning", () =>
    Effect.gen(function*() {
      const { isCut, move } = yield* validated("warn", [aPage])
      assert.isTrue(isCut)
      assert.deepInclude(move?.set.parseReport, { warnings: ["1 page is not in the parsed text: 2."] })
    }))

  it.effect("a complete text continues under the policy fail", () =>
    Effect.gen(function*() {
      assert.isTrue((yield* validated("fail", [])).isCut)
    }))
})
