/**
 * Users whose data a fuzz run may or may not reach: owners and other tenants with keys, and a bystander who never calls.
 */
import { Effect, Layer, Redacted, type Scope } from "effect"
import { SqlClient } from "effect/sql"
import { randomUUID } from "node:crypto"
import { IdsRandom } from "../../layers/Ids/Random.ts"
import { ApiKeysSql } from "../../layers/Postgres/access/ApiKeys.ts"
import { ApiKeys } from "../../services/ApiKeys.ts"
import { Jobs } from "../../services/Jobs.ts"
import { JobId, UserId } from "../../src/domain/Ids.ts"
import type { Role } from "../../src/domain/Principal.ts"
import type { CaseServices } from "../faults/Case.ts"
import { accept, smallText } from "../faults/documents.ts"
import { untilComplete } from "../faults/judge.ts"
import { World } from "../faults/World.ts"

export interface Caller {
  readonly name: string
  readonly headers: Readonly<Record<string, string>>
}

export interface Tenants {
  readonly owners: ReadonlyArray<Caller>
  /** The owners' accounts, read-only. */
  readonly viewers: ReadonlyArray<Caller>
  readonly strangers: ReadonlyArray<Caller>
  /** Ids of documents, jobs and users. */
  readonly ownersIds: ReadonlyArray<string>
  readonly bystanderIds: ReadonlyArray<string>
  readonly jobs: ReadonlyArray<{ readonly job_id: string; readonly secret: string }>
}

const by = { actor: "fuzz", role: "system", reason: null, correlationId: null }

const aUser = () => UserId.make(randomUUID())

/** Many of each, because each user has a rate limit. */
export const makeTenants: Effect.Effect<Tenants, unknown, CaseServices | Scope.Scope> = Effect.gen(function*() {
  const { seed, start } = yield* World
  const owners = Array.from({ length: 6 }, aUser)
  const strangers = Array.from({ length: 12 }, aUser)
  const bystander = aUser()
  yield* start("mock-openai")
  const documents = yield* populate([...owners, bystander], seed)
  const idsOf = (users: ReadonlyArray<UserId>) => [
    ...users,
    ...documents.filter(({ userId }) => users.includes(userId)).flatMap((
      { document_id, job_id }
    ) => [document_id, job_id])
  ]
  const sql = yield* SqlClient.SqlClient
  const jobs = yield* sql<{ readonly job_id: string; readonly secret: string }>`
    SELECT job_id::text, webhook_secret AS secret FROM upload_jobs WHERE user_id = ANY(${owners}::uuid[])`
  const callers = (users: ReadonlyArray<UserId>, role: Role, name: string) =>
    Effect.forEach(
      users,
      (userId) => Effect.map(keyOf(userId, role), (authorization) => ({ name, headers: { authorization } }))
    )
  return {
    owners: yield* callers(owners, "user", "an owner"),
    viewers: yield* callers(owners, "viewer", "a viewer"),
    strangers: yield* callers(strangers, "user", "another tenant"),
    ownersIds: idsOf(owners),
    bystanderIds: idsOf([bystander]),
    jobs
  }
})

/** For each, one document that is complete, one that was cancelled and one that waits. */
const populate = Effect.fnUntraced(function*(users: ReadonlyArray<UserId>, seed: number) {
  const { start } = yield* World
  const jobs = yield* Jobs
  const upload = (n: number) =>
    Effect.forEach(
      users,
      (userId, index) => Effect.map(accept(smallText(seed, n * 100 + index), { userId }), (job) => ({ ...job, userId }))
    )
  const worker = yield* start("worker")
  const complete = yield* upload(0)
  yield* Effect.forEach(complete, (job) => untilComplete(job))
  yield* worker.kill
  const cancelled = yield* upload(1)
  yield* Effect.forEach(cancelled, ({ job_id, userId }) => jobs.cancel(userId, JobId.make(job_id), by))
  const waiting = yield* upload(2)
  return [...complete, ...cancelled, ...waiting]
})

const keyOf = (userId: UserId, role: Role) =>
  Effect.gen(function*() {
    const keys = yield* ApiKeys
    const { secret } = yield* keys.make({ userId, role, name: "fuzz", expiresAt: null }, by)
    return `Bearer ${Redacted.value(secret)}`
  }).pipe(Effect.provide(ApiKeysSql.pipe(Layer.provide(IdsRandom))))
