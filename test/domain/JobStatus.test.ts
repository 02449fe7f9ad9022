import { it } from "@effect/vitest"
import { assert, describe } from "vitest"
import { ErrorCode } from "../../src/domain/ErrorCode.ts"
import {
  activeStatuses,
  edges,
  failedStatuses,
  failureOf,
  isEdge,
  isTerminal,
  JobStatus,
  kept,
  resumeStatus,
  stateGraph,
  statuses,
  terminalStatuses
} from "../../src/domain/JobStatus.ts"

const line: ReadonlyArray<JobStatus> = [
  "uploaded",
  "parse_queued",
  "parsed",
  "parse_validated",
  "chunking",
  "chunks_stored",
  "embedding_queued",
  "embedding_in_progress",
  "embeddings_stored",
  "complete"
]

/** As in the design's table, written out so that a mistake in the graph is noticed. */
const failures: Readonly<Record<string, ReadonlyArray<JobStatus>>> = {
  failed_parse: ["uploaded", "parse_queued", "parsed"],
  failed_chunking: ["parse_validated", "chunking"],
  failed_embedding: ["chunks_stored", "embedding_queued", "embedding_in_progress", "embeddings_stored"]
}

describe("the state graph", () => {
  it("the state graph leads from uploaded to complete, through every active status once", () => {
    const walked: Array<JobStatus> = []
    for (let at: JobStatus | undefined = "uploaded"; at !== undefined; at = stateGraph[at].next) walked.push(at)
    assert.deepStrictEqual(walked, line)
    assert.sameMembers([...activeStatuses], line.slice(0, -1))
  })

  it("the state graph ends in complete or in one failed state per phase", () => {
    assert.sameMembers([...terminalStatuses], ["complete", ...Object.keys(failures)])
    assert.sameMembers([...failedStatuses], Object.keys(failures))
    assert.sameMembers([...activeStatuses, ...terminalStatuses], [...statuses])
  })

  it("the state graph leads from each active status to its phase's failed state, and from no terminal one", () => {
    for (const [failed, from] of Object.entries(failures)) {
      for (const status of from) assert.strictEqual(failureOf(status), failed)
    }
    for (const status of terminalStatuses) assert.isUndefined(failureOf(status))
  })

  it("the state graph has exactly nine steps, nine failures, nine retries and one retry with a new parse", () => {
    const expected = new Set([
      ...line.slice(1).map((to, index) => `${line[index]} ${to}`),
      ...Object.entries(failures).flatMap(([failed, from]) =>
        from.flatMap((s) => [`${s} ${failed}`, `${failed} ${s}`])
      ),
      "failed_chunking uploaded"
    ])
    assert.strictEqual(edges.length, 28)
    for (const from of statuses) {
      for (const to of statuses) assert.strictEqual(isEdge(from, to), expected.has(`${from} ${to}`), `${from} → ${to}`)
    }
  })

  it.prop(
    "the state graph has no edge from complete, and from a failure only to its own phase or a new parse",
    [JobStatus, JobStatus],
    ([from, to]) => {
      if (from === "complete") assert.isFalse(isEdge(from, to))
      if (isTerminal(from) && isEdge(from, to) && to !== "uploaded") assert.strictEqual(failureOf(to), from)
      assert.isFalse(isEdge(from, from))
    }
  )
})

describe("a failed job", () => {
  it("a failed job can be retried from where it resumes, regardless of its error", () => {
    for (const status of activeStatuses) {
      const failed = failureOf(status)
      assert.isDefined(failed)
      for (const code of ErrorCode.literals) {
        const resumed = resumeStatus(status, code)
        assert.isTrue(isEdge(failed, resumed), `${code} at ${status} resumes at ${resumed}`)
      }
    }
  })

  it.each<[JobStatus, ErrorCode, JobStatus, string]>([
    ["parse_queued", "NO_TEXT", "uploaded", "The uploaded file."],
    ["parsed", "TEXT_NOT_SANE", "uploaded", "The uploaded file."],
    ["parse_queued", "PARSER_TIMEOUT", "parse_queued", "The uploaded file."],
    ["parse_queued", "PARSER_QUOTA", "parse_queued", "The uploaded file."],
    ["parse_queued", "PARSER_CANCELLED", "uploaded", "The uploaded file."],
    ["parse_queued", "CANCELLED", "uploaded", "The uploaded file."],
    ["parsed", "CANCELLED", "parsed", "The uploaded file."],
    ["parse_queued", "WORKER_CRASHED", "parse_queued", "The uploaded file."],
    ["uploaded", "RAW_MISSING", "uploaded", "Nothing."],
    ["chunking", "PARSED_CORRUPT", "uploaded", "The uploaded file."],
    ["chunking", "WORKER_CRASHED", "chunking", "The uploaded file and its parsed text."],
    [
      "embedding_in_progress",
      "EMBED_REJECTED",
      "embedding_in_progress",
      "The file, its parsed text, its chunks, and every vector bought so far."
    ]
  ])("at %s with %s resumes at %s and says what it kept", (status, code, resumed, sentence) => {
    assert.strictEqual(resumeStatus(status, code), resumed)
    assert.strictEqual(kept(status, code), sentence)
  })
})
