/** A PostgreSQL server as the database, directly or through a pooler in session mode. */
import { PgClient, PgTypes } from "@effect/sql-pg"
import { Duration, Effect, Redacted } from "effect"
import type { SqlError } from "effect/sql"
import { Leases } from "../../../src/policy/leases.ts"
import { checkRoles, RoleRefused } from "../schema/checkRoles.ts"
import { DatabaseUnreachable } from "./DatabaseUnreachable.ts"
import { nameOf, readDatabaseUrl } from "./databaseUrl.ts"
import { openSession } from "./openSession.ts"
import { refuseTransactionPooler } from "./refuseTransactionPooler.ts"
import { serviceRole } from "./serviceRole.ts"
import { noSettings, sessionSettings } from "./sessionSettings.ts"
import { whyUnusable } from "./whyUnusable.ts"

export interface PostgresOptions {
  readonly url: Redacted.Redacted
  readonly maxConnections: number
  /** Shown in `pg_stat_activity`. */
  readonly applicationName: string
  /** The pipeline's role; or the login's own, which may change the schema. */
  readonly as: "service" | "login"
  /** Further parameters of each session. */
  readonly parameters?: Readonly<Record<string, string>>
  /** How long a pooler may take to find a server connection. */
  readonly patience?: Duration.Input
  /** Types that are already registered. */
  readonly types?: PgTypes.Registry | undefined
}

/** Connects once before anything else is built, so that a wrong URL stops the start and not the first job. */
export const DatabasePostgres = (options: PostgresOptions) =>
  PgClient.layerFrom(
    Effect.gen(function*() {
      const { applicationName, as, maxConnections, parameters, patience = "8 seconds", types, url } = options
      const address = yield* Effect.mapError(
        Effect.fromResult(readDatabaseUrl(Redacted.value(url))),
        (message) => new DatabaseUnreachable({ message })
      )
      const { idleInTransaction } = yield* Leases
      const settings = {
        statement_timeout: "60s",
        idle_in_transaction_session_timeout: `${Duration.toMillis(idleInTransaction)}ms`,
        ...indexesOnly,
        ...samePlan,
        ...parameters
      }
      const { database, host, port } = address
      const session = { address, patience: Duration.toMillis(Duration.fromInputUnsafe(patience)) }
      const connection = {
        url,
        host,
        port,
        database,
        ssl: false,
        applicationName,
        ...address.timeLimit ? {} : { connectTimeout: "10 seconds" } as const
      }
      const config = {
        ...connection,
        maxConnections,
        stream: openSession({
          ...session,
          settings: sessionSettings(settings, as === "service" ? serviceRole : undefined)
        }),
        types: types ?? PgTypes.makeRegistry()
      }
      return yield* Effect.gen(function*() {
        const unset = openSession({ ...session, settings: noSettings })
        yield* refuseTransactionPooler({ ...connection, stream: unset })
        const client = yield* PgClient.make(config)
        yield* as === "service" ? checkRoles(client) : client`SELECT 1`
        return client
      }).pipe(Effect.catchTags({
        SqlError: (error) =>
          Effect.fail(
            refused(nameOf(address), error) ?? new DatabaseUnreachable({ message: whyUnusable(address, error) })
          ),
        TransactionPooler: () => Effect.fail(new DatabaseUnreachable({ message: inTransactionMode(nameOf(address)) }))
      }))
    })
  )

/**
 * Cached plans date from when the tables were empty and sequential scans looked cheap: without this, a fresh database took
 * ten times as long for its first 500 documents. All our statements use an index. If there is no other way, the planner
 * still scans a table, but rates it so expensive that it would enable JIT, which is therefore off.
 */
const indexesOnly = { enable_seqscan: "off", enable_hashjoin: "off", enable_mergejoin: "off", jit: "off" }

/**
 * The values change nothing about these plans, so planning each execution anew is for nothing: it took an eighth of Postgres' CPU
 * for an ingestion. `anyValues` for sessions whose reads vary more.
 */
const samePlan = { plan_cache_mode: "force_generic_plan" }
export const anyValues = { plan_cache_mode: "auto" }

const inTransactionMode = (where: string): string =>
  `Postgres at ${where} is behind a pooler in transaction mode, which does not keep the role, LISTEN and prepared statements of a `
  + "session. Use the pooler's session mode (on Supabase the same host with port 5432) or the server itself. See "
  + "docs/databases.md."

/** The server accepts the login, but the role does not exist or the login may not assume it. */
const refused = (where: string, { reason }: SqlError.SqlError): RoleRefused | undefined => {
  const state = reason.cause instanceof Error && "code" in reason.cause ? reason.cause.code : undefined
  switch (state) {
    case "22023":
      return new RoleRefused({
        message: `Postgres at ${where} has no role ${serviceRole}: run \`pnpm migrate\` first.`
      })
    case "42501":
      return new RoleRefused({
        message:
          `Postgres at ${where} does not let the login of DATABASE_URL act as ${serviceRole}. See docs/tenancy.md.`
      })
    default:
      return undefined
  }
}
