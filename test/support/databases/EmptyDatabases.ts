/** An empty database, used as its owner: on the server that `DATABASE_URL` names, or else PGlite. */
import type { PgClient } from "@effect/sql-pg"
import { Config, Effect, Layer, Option, Redacted } from "effect"
import { SqlClient } from "effect/sql"
import { randomUUID } from "node:crypto"
import { DatabasePostgres } from "../../../layers/Postgres/connection/Postgres.ts"
import { DatabasePgliteInProcess } from "../../../layers/Postgres/pglite/PgliteInProcess.ts"

type Empty = Layer.Layer<PgClient.PgClient | SqlClient.SqlClient, unknown>

const serverUrl = Effect.runSync(
  Effect.map(Config.option(Config.Redacted("DATABASE_URL")), Option.getOrUndefined)
)

/** `user`: not the server's own, but a role that owns this database. */
const connect = (database: string | undefined, user?: string) => {
  const url = new URL(serverUrl === undefined ? "postgres://" : Redacted.value(serverUrl))
  if (database !== undefined) url.pathname = `/${database}`
  if (user !== undefined) url.username = user
  return DatabasePostgres({ url: Redacted.make(url.href), maxConnections: 3, applicationName: "test", as: "login" })
}

const install = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  const schemas = yield* sql`SELECT FROM pg_namespace WHERE nspname = 'extensions'`
  yield* sql`CREATE EXTENSION vector SCHEMA ${sql(schemas.length === 0 ? "public" : "extensions")}`
})

/** There, extensions have a schema of their own, which belongs to the projects' owner. */
const asOnSupabase = Effect.fnUntraced(function*(owner: string) {
  const sql = yield* SqlClient.SqlClient
  yield* sql`CREATE SCHEMA extensions AUTHORIZATION ${sql(owner)}`
})

/** With the extension installed, which requires a superuser. */
const onServer = (user?: string): Empty =>
  Layer.unwrap(Effect.gen(function*() {
    const sql = yield* SqlClient.SqlClient
    const name = `accessa_empty_${randomUUID().replaceAll("-", "")}`
    yield* Effect.acquireRelease(
      sql`CREATE DATABASE ${sql(name)}`,
      // A finalizer cannot fail, and a database that is left behind must be noticed.
      () => Effect.orDie(sql`DROP DATABASE ${sql(name)} WITH (FORCE)`)
    )
    yield* Effect.provide(
      user === undefined ? install : Effect.andThen(asOnSupabase(user), install),
      connect(name)
    )
    if (user !== undefined) yield* sql`ALTER DATABASE ${sql(name)} OWNER TO ${sql(user)}`
    return connect(name, user)
  })).pipe(Layer.provide(connect(undefined)))

export const emptyDatabase: { readonly name: string; readonly layer: Empty } = serverUrl === undefined
  ? { name: "pglite", layer: DatabasePgliteInProcess({ dataDir: "memory://" }) }
  : { name: "postgres", layer: onServer() }

/** Owned by a login without superuser rights; undefined without a server. */
export const ownedBy = (user: string): Empty | undefined => serverUrl === undefined ? undefined : onServer(user)

/** Runs on the server itself, as the login in `DATABASE_URL`. */
export const asServer = <A, E>(statements: Effect.Effect<A, E, SqlClient.SqlClient>) =>
  Effect.provide(statements, connect(undefined))
