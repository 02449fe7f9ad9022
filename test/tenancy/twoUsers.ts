/** Two users with a row in every table that users can access, and ways to inspect those rows from outside. */
import { Effect } from "effect"
import { SqlClient, type SqlError } from "effect/sql"
import type { asUsers } from "../../layers/Postgres/connection/asUser.ts"
import { VectorParameters } from "../../layers/Postgres/connection/VectorParameters.ts"
import { Jobs } from "../../services/Jobs.ts"
import { chunkId } from "../../src/domain/Chunk.ts"
import { UserId } from "../../src/domain/Ids.ts"
import type { Job } from "../../src/domain/Job.ts"
import { asOwner } from "../support/databases/asOwner.ts"
import { accept, someone } from "../support/databases/stores.ts"
import { subscribe } from "../support/databases/webhooks.ts"

export const me = UserId.make("00000000-0000-4000-8000-00000000000a")
export const other = UserId.make("00000000-0000-4000-8000-00000000000b")

/** Through the stores if they write it, and by hand what only a worker with its providers would. Returns a complete job. */
export const fillTables = Effect.fnUntraced(function*(user: UserId) {
  const sql = yield* SqlClient.SqlClient
  const jobs = yield* Jobs
  yield* subscribe(user)
  yield* jobs.cancel(user, (yield* accept({ userId: user })).jobId, someone)
  const job = yield* accept({ userId: user })
  yield* storeContent(job)
  yield* sql`INSERT INTO embedding_ledger (call_id, job_id, user_id, document_id, embed_model, embed_version, state, chunks,
      tokens, cost_usd, fence)
    VALUES (gen_random_uuid(), ${job.jobId}, ${user}, ${job.documentId}, 'm', '1', 'paid', 1, 1, 1, 1)`
  yield* sql`INSERT INTO webhook_receipts (provider, event_id, job_id, event_type, payload_sha256)
    VALUES ('p', ${job.jobId}::text, ${job.jobId}, 't', 's')`
  yield* sql`INSERT INTO budgets (user_id, limit_usd, updated_by) VALUES (${user}, 1, 'test')`
  yield* sql`INSERT INTO budget_spend (user_id, month, spent_usd) VALUES (${user}, '2026-11-01', 1)`
  yield* sql`INSERT INTO parse_cancellations (provider_job_id, job_id, user_id) VALUES ('p', ${job.jobId}, ${user})`
  yield* sql`INSERT INTO uploads (document_id, user_id, filename, bytes, path, metadata, priority, force, complete_by,
      url_until, sweep_at)
    VALUES (gen_random_uuid(), ${user}, 'a.md', 1, 'raw/a', '{}', 0, false, now(), now(), now())`
  return job
})

const storeContent = Effect.fnUntraced(function*(job: Job) {
  const sql = yield* SqlClient.SqlClient
  const { one } = yield* VectorParameters
  const [name = "", version = ""] = job.chunksVersion.split("@")
  const id = chunkId(job.documentId, job.chunksVersion, 0)
  yield* sql`INSERT INTO document_chunk_buffer
      (chunk_id, document_id, user_id, chunk_ord, chunker_name, chunker_version, chunk_sha, text, meta)
    VALUES (${id}, ${job.documentId}, ${job.userId}, 0, ${name}, ${version}, 's', ${`text of ${job.userId}`},
      '{"headings":[],"start":0,"end":1}')`
  yield* sql`INSERT INTO document_vector_buffer
      (chunk_id, document_id, user_id, embed_model, embed_version, vector, vector_sha, batch_id)
    VALUES (${id}, ${job.documentId}, ${job.userId}, ${job.embedModel}, ${job.embedVersion},
      ${one(new Float32Array(1536).fill(1))}, '', gen_random_uuid())`
  yield* sql`UPDATE upload_jobs SET status = 'complete', run_at = NULL WHERE job_id = ${job.jobId}`
})

export interface Table {
  readonly name: string
  /** The column with a row's owner; none in internal tables. */
  readonly owner: "user_id" | "job_id" | null
  readonly forced: boolean
  readonly policies: ReadonlyArray<string>
  readonly service: ReadonlyArray<string>
  readonly user: ReadonlyArray<string>
}

/** From the catalog, so that a new table is tested without being named. */
export const tables = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  const rights = (role: string) =>
    sql.literal(
      `(SELECT coalesce(json_agg(p), '[]') FROM unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE']) p
      WHERE has_table_privilege('${role}', c.oid, p))`
    )
  return yield* sql<Table>`
    SELECT relname AS name, relrowsecurity AND relforcerowsecurity AS forced,
      (SELECT max(attname::text) FROM pg_attribute WHERE attrelid = c.oid AND attname IN ('user_id', 'job_id')) AS owner,
      (SELECT coalesce(json_agg(polname), '[]') FROM pg_policy WHERE polrelid = c.oid) AS policies,
      ${rights("accessa_service")} AS service, ${rights("accessa_user")} AS user
    FROM pg_class c WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace ORDER BY relname`
})

/** The rows of a user, as a condition on the table's own columns; all rows of an internal table. */
export const rowsOf = ({ name, owner }: Table, user: UserId): string => {
  switch (owner) {
    case "user_id":
      return `${name}.user_id = '${user}'`
    case "job_id":
      return `EXISTS (SELECT FROM upload_jobs j WHERE j.job_id = ${name}.job_id AND j.user_id = '${user}')`
    case null:
      return "true"
  }
}

interface Rows {
  readonly count: number
  /** Changes with any write to any of them, even one that changes no value. */
  readonly digest: string
}

/** As only the owner sees them. */
const look = Effect.fnUntraced(function*(table: Table, user: UserId) {
  const sql = yield* SqlClient.SqlClient
  const [rows] = yield* sql.unsafe<Rows>(`
    SELECT count(*)::int, coalesce(string_agg(concat(${table.name}.ctid, xmin, md5(${table.name}::text)), ',' ORDER BY
      ${table.name}.ctid), '') AS digest
    FROM ${table.name} WHERE ${rowsOf(table, user)}`)
  return rows ?? { count: 0, digest: "" }
})

export const rowsFromOutside = (table: Table, user: UserId) => asOwner(look(table, user))

/**
 * What a command did to a user's rows, rolled back at once. `refused`: the role or a policy forbids it; any other error is
 * the test's.
 */
export const tryCommand = Effect.fnUntraced(function*(
  table: Table,
  user: UserId,
  as: ReturnType<typeof asUsers>,
  command: Effect.Effect<unknown, SqlError.SqlError>
) {
  const sql = yield* SqlClient.SqlClient
  const before = yield* rowsFromOutside(table, user)
  const seen = command.pipe(
    Effect.andThen(sql`SET LOCAL ROLE NONE`),
    Effect.andThen(look(table, user)),
    Effect.provideService(SqlClient.SqlClient, sql),
    Effect.flatMap(Effect.fail)
  )
  const after = yield* Effect.flip(as(seen))
  if ("count" in after) return after.digest === before.digest ? "untouched" as const : "changed" as const
  return /42501/.test(JSON.stringify(after.reason.cause)) ? "refused" as const : yield* Effect.fail(after)
})
