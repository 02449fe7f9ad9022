/** The numbers of a pipeline in which everything occurs. */
import { Option } from "effect"
import type { PipelineStats } from "../../../src/domain/PipelineStats.ts"
import { noStats } from "../../twins/PipelineStatsMemory.ts"

export const busyStats: PipelineStats = {
  ...noStats,
  open: [
    { status: "uploaded", jobs: 4, oldestSeconds: 12, due: 3, dueSeconds: 9 },
    { status: "parse_queued", jobs: 7, oldestSeconds: 30, due: 0, dueSeconds: 0 }
  ],
  failed: [{ status: "failed_parse", jobs: 2, oldestSeconds: 3_600 }],
  completedLastHour: 11,
  workers: { running: 1, draining: 0, silent: 1, newestSeconds: Option.some(2), oldestSeconds: Option.some(90) },
  circuits: [{ dependency: "embedder", state: "open" }],
  alerts: [{ code: "EMBED_UNAVAILABLE", open: 1 }],
  monthUsd: 1.25,
  limitUsd: Option.some(10),
  tables: [
    { name: "document_chunk_buffer", rows: 100, bytes: 8_192, deadRows: 5, inserted: 140, deleted: 40 }
  ]
}
