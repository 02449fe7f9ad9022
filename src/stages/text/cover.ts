/** Compares the parsed text with an inventory of the source, unless its parser has brought the comparison. */
import { Effect, Option, Stream } from "effect"
import { Inventory } from "../../../services/Inventory.ts"
import { ObjectStorage } from "../../../services/ObjectStorage.ts"
import { warningsOf } from "../../domain/coverage/warnings.ts"
import type { ClaimedJob, ParseReport } from "../../domain/Job.ts"
import { CoverageRules } from "../CoverageRules.ts"
import { originalOf } from "../originalOf.ts"
import { withComparison } from "../withComparison.ts"
import { textInParts } from "./parsedText.ts"

type Covered = Pick<ParseReport, "coverage" | "coverageUnknown" | "leftOut" | "warnings" | "replaced" | "policy">

export const cover = Effect.fn("text.cover")(function*(job: ClaimedJob, markdown: Option.Option<string>) {
  const { leastShare, policy } = yield* CoverageRules
  const found = withComparison(job.parseReport ?? {}, yield* compareWithSource(job, markdown))
  const warnings = warningsOf({ ...found, leftOut: found.leftOut ?? [] }, leastShare)
  const { replaced } = job.parseReport ?? {}
  const covered: Covered = {
    ...found,
    policy,
    ...warnings.length === 0 ? {} : { warnings },
    ...replaced === undefined ? {} : { replaced }
  }
  return covered
})

const compareWithSource = Effect.fnUntraced(function*(job: ClaimedJob, markdown: Option.Option<string>) {
  const inventory = yield* Inventory
  const { coverage, coverageUnknown } = job.parseReport ?? {}
  if (coverage !== undefined || coverageUnknown !== undefined || !inventory.covers(job.mediaType)) return undefined
  const storage = yield* ObjectStorage
  const text = Option.match(markdown, {
    onNone: () => textInParts(storage, job),
    onSome: (whole) => Stream.sync(() => new TextEncoder().encode(whole))
  })
  return yield* inventory.compare({ mediaType: job.mediaType, content: originalOf(storage, job) }, text)
})
