import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer, Option, Stream } from "effect"
import { Inventory } from "../../../services/Inventory.ts"
import { ObjectStorage } from "../../../services/ObjectStorage.ts"
import type { Comparison, CoveragePolicy } from "../../../src/domain/coverage/Coverage.ts"
import { sha256 } from "../../../src/domain/hash.ts"
import type { ClaimedJob } from "../../../src/domain/Job.ts"
import { CoverageRules } from "../../../src/stages/CoverageRules.ts"
import { cover } from "../../../src/stages/text/cover.ts"
import { aClaim } from "../../support/stubs/QueueLog.ts"
import { ObjectStorageMemory } from "../../twins/ObjectStorageMemory.ts"

const pageMissing = { kind: "page" as const, page: 2, count: 1, detail: "None of its words are in the parsed text." }
const coverage = { pages: 2, words: 100, found: 80, order: 1, lowest: [{ page: 2, share: 0 }] }

const inventoryOf = (comparison: Comparison) =>
  Layer.succeed(Inventory, {
    covers: (mediaType) => mediaType === "application/pdf",
    compare: ({ content }) => Effect.as(Stream.runDrain(content), comparison),
    attachments: () => Effect.die(new Error("no cover has a use for this"))
  })
const lossy = inventoryOf({ _tag: "Compared", coverage, omissions: [pageMissing], shares: coverage.lowest })

const covered = (fields: Partial<ClaimedJob>) =>
  cover(aClaim({ mediaType: "application/pdf", ...fields }), Option.some("text\n"))
const withPolicy = (policy: CoveragePolicy, inventory: Layer.Layer<Inventory>) =>
  Effect.provide([inventory, ObjectStorageMemory, Layer.succeed(CoverageRules, { policy, leastShare: 0.9 })])

const stored = { bytes: 4, rawSha256: sha256(new TextEncoder().encode("%PDF")) }
const putOriginal = Effect.gen(function*() {
  const storage = yield* ObjectStorage
  yield* storage.put(aClaim().rawPath, Stream.make(new TextEncoder().encode("%PDF")), "application/pdf")
})

describe("the coverage of a parsed text", () => {
  it.effect("says what the inventory of the original misses", () =>
    Effect.gen(function*() {
      yield* putOriginal
      assert.deepStrictEqual(yield* covered(stored), {
        coverage,
        leftOut: [pageMissing],
        policy: "warn",
        warnings: ["1 page is not in the parsed text: 2.", "The parsed text has 80 % of the source's words."]
      })
    }).pipe(withPolicy("warn", lossy)))

  it.effect("is unknown, with the reason, if the original cannot be read", () =>
    Effect.gen(function*() {
      yield* putOriginal
      assert.deepStrictEqual(yield* covered(stored), {
        coverageUnknown: "The PDF is damaged.",
        policy: "warn",
        warnings: ["Coverage unknown: The PDF is damaged."]
      })
    }).pipe(withPolicy("warn", inventoryOf({ _tag: "Unknown", reason: "The PDF is damaged." }))))

  it.effect("is not taken from a stored file that is not the one uploaded", () =>
    Effect.gen(function*() {
      yield* putOriginal
      const error = yield* Effect.flip(covered({ bytes: 4, rawSha256: sha256(new Uint8Array(4)) }))
      assert.include(error, { _tag: "PermanentError", code: "RAW_CORRUPT" })
    }).pipe(withPolicy("warn", lossy)))

  it.effect("is not asked for a format without an inventory, of which nothing is read", () =>
    Effect.gen(function*() {
      assert.deepStrictEqual(yield* covered({ mediaType: "text/plain" }), { policy: "fail" })
    }).pipe(withPolicy("fail", lossy)))

  it.effect("that the parser brought is kept when a job is resumed, with what the parser left out", () =>
    Effect.gen(function*() {
      const parseReport = { characters: 5, pages: 2, duplicateOf: null, coverage, leftOut: [pageMissing] }
      assert.deepStrictEqual(yield* covered({ parseReport }), {
        coverage,
        leftOut: [pageMissing],
        policy: "warn",
        warnings: ["1 page is not in the parsed text: 2.", "The parsed text has 80 % of the source's words."]
      })
    }).pipe(withPolicy("warn", inventoryOf({ _tag: "Unknown", reason: "It was asked again." }))))
})
