/**
 * What the service's own connection may do, which notifications it receives, and what it is kept from. Everything it writes
 * is rolled back.
 */
import { Data, Effect, Option, Stream } from "effect"
import { type SqlClient, SqlError } from "effect/sql"
import { randomUUID } from "node:crypto"
import { UserId } from "../../../src/domain/Ids.ts"
import type { DatabaseSight } from "../../../src/domain/Inspection.ts"
import { asUsers } from "../connection/asUser.ts"
import { workChannel } from "../connection/channels.ts"
import type { Notifications } from "../connection/listen.ts"

type Session = Omit<DatabaseSight, "findings" | "trespasses" | "hears" | "roundTripMs">

export const readSession = Effect.fnUntraced(function*(sql: SqlClient.SqlClient) {
  const [row] = yield* sql<Session>`
    SELECT current_user::text AS role, session_user::text AS login,
      current_setting('server_version') AS postgres,
      coalesce((SELECT extversion FROM pg_extension WHERE extname = 'vector'), '') AS pgvector,
      array(
        SELECT format('%s %s', rolname, power) FROM pg_roles,
          LATERAL (VALUES (rolsuper, 'is a superuser'), (rolbypassrls, 'bypasses row security'),
            (rolname = current_user AND EXISTS (SELECT FROM pg_class WHERE relowner = pg_roles.oid), 'owns tables')
          ) AS powers (has, power)
        WHERE has AND rolname IN (current_user, session_user) ORDER BY 1
      )::text[] AS powers`
  return row ?? { role: "", login: "", postgres: "", pgvector: "", powers: [] }
})

/** The median of a few, in milliseconds. */
export const roundTrip = (sql: SqlClient.SqlClient) =>
  Effect.gen(function*() {
    const before = performance.now()
    yield* sql`SELECT 1`
    return performance.now() - before
  }).pipe(
    Effect.replicateEffect(5),
    Effect.map((times) => times.toSorted((a, b) => a - b)[2] ?? Number.POSITIVE_INFINITY)
  )

/** Poolers in transaction mode accept LISTEN, and lose what it would bring. */
export const hears = Effect.fnUntraced(
  function*(sql: SqlClient.SqlClient, notifications: Notifications["Service"]) {
    const token = `hears ${randomUUID()}`
    const heard = yield* notifications.subscribe(workChannel).pipe(
      // The first one says that listening has begun.
      Stream.tap((payload) =>
        payload === "" ? Effect.asVoid(sql`SELECT pg_notify(${workChannel}, ${token})`) : Effect.void
      ),
      Stream.filter((payload) => payload === token),
      Stream.runHead,
      Effect.timeoutOption("4 seconds")
    )
    return Option.isSome(Option.flatten(heard))
  }
)

/** Ends a transaction without keeping any of it. */
class Undone extends Data.TaggedError("Undone")<{ readonly seen: ReadonlyArray<number> }> {}

/**
 * As the role that acts for users: a row of one user, and the attempts of another user, and of no user, to see and to write
 * it.
 */
export const tryTrespass = Effect.fnUntraced(function*(sql: SqlClient.SqlClient) {
  const [owner, stranger] = [UserId.make(randomUUID()), UserId.make(randomUUID())]
  const document = randomUUID()
  const insert = sql`
    INSERT INTO documents (document_id, user_id, filename, media_type, bytes, raw_sha256, raw_path)
    VALUES (${document}, ${owner}, 'inspection', 'text/plain', 1, ${"0".repeat(64)}, 'raw/inspection')`
  const visible = (users: string) =>
    sql`SELECT set_config('accessa.users', ${users}, true)`.pipe(
      Effect.andThen(sql<{ readonly rows: number }>`
        SELECT count(*)::int AS rows FROM documents WHERE document_id = ${document}`),
      Effect.map(([row]) => row?.rows ?? 0)
    )

  const seen = yield* insert.pipe(
    Effect.andThen(Effect.all([visible(owner), visible(stranger), visible("")])),
    Effect.flatMap((counts) => new Undone({ seen: counts })),
    asUsers(sql, [owner]),
    Effect.catchTag("Undone", ({ seen }) => Effect.succeed(seen))
  )
  const wrote = yield* insert.pipe(
    Effect.andThen(new Undone({ seen: [] })),
    asUsers(sql, [stranger]),
    Effect.catchTag("Undone", () => Effect.succeed(true)),
    Effect.catchIf(isDenied, () => Effect.succeed(false))
  )
  const [own = 0, others = 0, none = 0] = seen
  return [
    ...(own === 1 ? [] : ["a user does not see a document of their own"]),
    ...(others === 0 ? [] : ["a user sees the document of another"]),
    ...(none === 0 ? [] : ["without a user, documents are visible"]),
    ...(wrote ? ["a user may write a document of another"] : [])
  ]
})

const isDenied = (error: unknown): boolean => SqlError.isSqlError(error) && error.reason._tag === "AuthorizationError"
