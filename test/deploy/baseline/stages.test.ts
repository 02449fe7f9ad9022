import { DateTime } from "effect"
import { expect, it } from "vitest"
import { stageTimes } from "../../../src/deploy/baseline/stages.ts"
import type { JobStatus } from "../../../src/domain/JobStatus.ts"

const at = (toStatus: JobStatus, millis: number) => ({ toStatus, createdAt: DateTime.makeUnsafe(millis) })

it("a stage lasts from the first of its statuses to the first of the next stage, waits included", () => {
  expect(stageTimes([
    at("uploaded", 0),
    at("parse_queued", 100),
    at("parse_queued", 1_100),
    at("parsed", 2_100),
    at("parse_validated", 2_110),
    at("chunking", 2_120),
    at("chunks_stored", 2_150),
    at("embedding_queued", 2_151),
    at("embedding_in_progress", 2_160),
    at("embeddings_stored", 2_400),
    at("complete", 2_401)
  ])).toEqual({ submit: 100, parse: 2_000, validate: 10, chunk: 40, plan: 1, embed: 249, prove: 1, total: 2_401 })
})
