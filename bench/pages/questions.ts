/** What the pages of the dashboard and the lists of the API ask the database, each through its port, with changing parameters. */
import { Clock, Effect, Option, Result } from "effect"
import { SqlClient } from "effect/sql"
import { Alerts } from "../../services/Alerts.ts"
import { ApiKeys } from "../../services/ApiKeys.ts"
import { AuditLog } from "../../services/AuditLog.ts"
import { Budgets } from "../../services/Budgets.ts"
import { Chunks } from "../../services/Chunks.ts"
import { Circuits } from "../../services/Circuits.ts"
import { Documents } from "../../services/Documents.ts"
import { Health } from "../../services/Health.ts"
import { Jobs } from "../../services/Jobs.ts"
import { ObjectNames } from "../../services/ObjectNames.ts"
import { Overview } from "../../services/Overview.ts"
import { PipelineStats } from "../../services/PipelineStats.ts"
import { Vectors } from "../../services/Vectors.ts"
import { Webhooks } from "../../services/Webhooks.ts"
import type { DocumentId, JobId, UserId } from "../../src/domain/Ids.ts"
import { parseJobFilter } from "../../src/domain/jobFilter.ts"

/** A job to ask about: every second one is the largest user's. */
export interface Subject {
  readonly jobId: JobId
  readonly documentId: DocumentId
  readonly userId: UserId
}

export const questions = Effect.gen(function*() {
  const overview = yield* Overview
  const jobs = yield* Jobs
  const documents = yield* Documents
  const chunks = yield* Chunks
  const webhooks = yield* Webhooks
  const alerts = yield* Alerts
  const circuits = yield* Circuits
  const budgets = yield* Budgets
  const keys = yield* ApiKeys
  const audit = yield* AuditLog
  const health = yield* Health
  const names = yield* ObjectNames
  const stats = yield* PipelineStats
  const vectors = yield* Vectors
  const now = yield* Clock.currentTimeMillis

  const filtered = (text: string, cursor?: string) => overview.jobs(Result.getOrThrow(parseJobFilter(text)), cursor, 50)
  const filters = [
    "",
    "is:open",
    "is:failed",
    "is:parked",
    "is:complete",
    "status:failed_parse",
    "status:complete",
    "error_code:EMBED_AUTH",
    "is:failed error_code:EMBED_AUTH",
    "is:failed fingerprint:00000000",
    "age:>30d",
    "created:<1h",
    "cost:>1",
    "policy",
    "nothing-has-this-name",
    "is:failed nothing-has-this-name"
  ]
  const onPages = (
    page: string,
    asked: Readonly<Record<string, (subject: Subject, n: number) => Effect.Effect<unknown, unknown>>>
  ) => Object.entries(asked).map(([name, ask]) => ({ page, name, ask }))
  const later = (user: UserId) =>
    Effect.flatMap(
      jobs.list(user, { limit: 50 }),
      ({ next }) => Option.isNone(next) ? Effect.void : jobs.list(user, { limit: 50, after: next.value })
    )

  return [
    ...onPages("Overview", { glance: () => overview.glance }),
    ...onPages("Jobs", Object.fromEntries(filters.map((text) => [text === "" ? "all" : text, () => filtered(text)]))),
    ...onPages("Jobs", {
      "id:…": ({ jobId }) => filtered(`id:${jobId.slice(0, 8)}`),
      "user:…": ({ userId }) => filtered(`user:${userId}`),
      "is:failed user:…": ({ userId }) => filtered(`is:failed user:${userId}`),
      "a word like an id": ({ documentId }) => filtered(documentId.slice(0, 8)),
      "page 2": () => Effect.flatMap(filtered(""), ({ next }) => filtered("", Option.getOrUndefined(next))),
      "a page of long ago": (_, n) =>
        filtered("", `${(now - n * 86_400_000) * 1000}.ffffffff-ffff-4fff-8fff-ffffffffffff`)
    }),
    ...onPages("Failures", { failures: () => overview.failures }),
    ...onPages("Job", {
      job: ({ jobId, userId }) => jobs.find(userId, jobId),
      events: ({ jobId, userId }) => jobs.events(userId, jobId, 0),
      look: ({ jobId, userId }) => jobs.look(userId, jobId, 0),
      receipt: ({ jobId, userId }) => jobs.receipt(userId, jobId),
      calls: ({ jobId, userId }) => jobs.calls(userId, jobId)
    }),
    ...onPages("Document", {
      document: ({ documentId, userId }) => documents.find(userId, documentId),
      nearest: ({ documentId, userId }) =>
        Effect.flatMap(chunks.page(userId, documentId, -1, 1), (found) => {
          const [chunk] = Option.getOrElse(found, () => [])
          return chunk === undefined ? Effect.void : vectors.nearest(userId, chunk.chunkId, 8)
        }),
      chunks: ({ documentId, userId }) => chunks.page(userId, documentId, -1, 50)
    }),
    ...onPages("Workers", { held: () => overview.held }),
    ...onPages("Providers", { providers: () => circuits.list, health: () => health.heartbeatAge }),
    ...onPages("Costs", { costs: () => overview.costs, budgets: () => budgets.list }),
    ...onPages("Alerts", {
      open: () => alerts.list({ which: "open" }),
      all: () => alerts.list({ which: "all" }),
      monitor: () => alerts.monitor
    }),
    ...onPages("Metrics", { stats: () => stats.read }),
    ...onPages("Webhooks", {
      webhooks: ({ userId }) => webhooks.list(userId),
      deliveries: ({ userId }) =>
        Effect.flatMap(
          webhooks.list(userId),
          ([first]) =>
            first === undefined ? Effect.void : webhooks.deliveries(userId, first.subscriptionId, { limit: 50 })
        )
    }),
    ...onPages("Audit", {
      newest: () => audit.page(undefined, 50),
      older: (_, n) => audit.page(1_000 + n * 50, 50)
    }),
    ...onPages("Capacity", { capacity: () => overview.capacity }),
    ...onPages("API", {
      "GET /jobs": ({ userId }) => jobs.list(userId, { limit: 50 }),
      "GET /jobs, page 2": ({ userId }) => later(userId),
      "GET /jobs?status": ({ userId }) => jobs.list(userId, { limit: 50, status: ["failed_parse"] }),
      "GET /jobs?filename": ({ userId }) => jobs.list(userId, { limit: 50, filename: "nothing-has-this-name" }),
      "GET /jobs?document_id": ({ documentId, userId }) => jobs.list(userId, { limit: 50, documentId }),
      "GET /keys": () => keys.list({ limit: 1_000 }),
      "GET /storage/check": ({ documentId, userId }) => names.page({ documentId, userId }, 200)
    })
  ]
})

/** Spread over all ages. */
export const subjects = Effect.fnUntraced(function*(count: number) {
  const sql = yield* SqlClient.SqlClient
  return yield* Effect.forEach(Array.from({ length: count }, (_, n) => n), (n) =>
    sql<Subject>`
      SELECT job_id AS "jobId", document_id AS "documentId", user_id AS "userId" FROM upload_jobs
      WHERE created_at <= now() - ${
      (n / count) ** 2 * 364
    }::float8 * interval '1 day' ORDER BY created_at DESC, job_id DESC OFFSET ${n % 7} LIMIT 1`)
    .pipe(Effect.map((rows) => rows.flat()))
})
