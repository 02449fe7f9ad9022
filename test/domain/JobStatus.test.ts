import { it } from "@effect/vitest"
import { assert, describe } from "vitest"
import {
  activeStatuses,
  edges,
  failedStatuses,
  failureOf,
  isEdge,
  isTerminal,
  JobStatus,
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

/** As the design's table has them, written out so that a slip in the graph shows. */
const failures: Readonly<Record<string, ReadonlyArray<JobStatus>>> = {
  failed_parse: ["uploaded", "parse_queued", "parsed"],
  failed_chunking: ["parse_validated", "chunking"],
  failed_embedding: ["chunks_stored", "embedding_queued", "embedding_in_progress", "embeddings_stored"]
}

describe("the state graph", () => {
  it("leads from uploaded to complete, every active status once", () => {
    const walked: Array<JobStatus> = []
    for (let at: JobStatus | undefined = "uploaded"; at !== undefined; at = stateGraph[at].next) walked.push(at)
    assert.deepStrictEqual(walked, line)
    assert.sameMembers([...activeStatuses], line.slice(0, -1))
  })

  it("ends in complete or in one failed state a phase", () => {
    assert.sameMembers([...terminalStatuses], ["complete", ...Object.keys(failures)])
    assert.sameMembers([...failedStatuses], Object.keys(failures))
    assert.sameMembers([...activeStatuses, ...terminalStatuses], [...statuses])
  })

  it("fails from each status into its phase, and from no terminal one", () => {
    for (const [failed, from] of Object.entries(failures)) {
      for (const status of from) assert.strictEqual(failureOf(status), failed)
    }
    for (const status of terminalStatuses) assert.isUndefined(failureOf(status))
  })

  it("has the nine steps, the nine failures, the nine ways back and the one to a new parse, and no other edge", () => {
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
    "is left for good at complete, and at a failure for its own phase or a new parse only",
    [JobStatus, JobStatus],
    ([from, to]) => {
      if (from === "complete") assert.isFalse(isEdge(from, to))
      if (isTerminal(from) && isEdge(from, to) && to !== "uploaded") assert.strictEqual(failureOf(to), from)
      assert.isFalse(isEdge(from, from))
    }
  )
})
