/** A PostgreSQL server as the database. The URL configures TLS (`?sslmode=require`). */
import { PgClient, PgTypes } from "@effect/sql-pg"
import { Duration, Effect, Redacted } from "effect"
import type { SqlError } from "effect/sql"
import { Leases } from "../../../src/policy/leases.ts"
import { checkRoles, RoleRefused } from "../schema/checkRoles.ts"
import { DatabaseUnreachable } from "./DatabaseUnreachable.ts"
import { serviceRole } from "./serviceRole.ts"

export interface PostgresOptions {
  readonly url: Redacted.Redacted
  readonly maxConnections: number
  /** Shown in `pg_stat_activity`. */
  readonly applicationName: string
  /** The pipeline's role; or the login's own, which may change the schema. */
  readonly as: "service" | "login"
  /** Further parameters of each session. */
  readonly parameters?: Readonly<Record<string, string>>
  /** Types that are already registered. */
  readonly types?: PgTypes.Registry | undefined
}

/** Connects once before anything else is built, so that a wrong URL stops the start and not the first job. */
export const DatabasePostgres = (options: PostgresOptions) =>
  PgClient.layerFrom(
    Effect.gen(function*() {
      const { applicationName, as, maxConnections, parameters, types, url } = options
      const { idleInTransaction } = yield* Leases
      const client = yield* PgClient.make({
        url,
        maxConnections,
        applicationName,
        connectTimeout: "10 seconds",
        keepAlive: "30 seconds",
        startupParameters: {
          statement_timeout: "60s",
          idle_in_transaction_session_timeout: `${Duration.toMillis(idleInTransaction)}ms`,
          ...indexesOnly,
          ...as === "service" ? { role: serviceRole } : {},
          ...parameters
        },
        types: types ?? PgTypes.makeRegistry()
      })
      yield* as === "service" ? checkRoles(client) : client`SELECT 1`
      return client
    }).pipe(
      Effect.catchTag("SqlError", (error) => {
        const where = address(options.url)
        return Effect.fail(refused(where, error) ?? new DatabaseUnreachable({ message: unreachable(where, error) }))
      })
    )
  )

/**
 * Cached plans date from when the tables were empty and sequential scans looked cheap: without this, a fresh database took
 * ten times as long for its first 500 documents. All our statements use an index. If there is no other way, the planner
 * still scans a table, but rates it so expensive that it would enable JIT, which is therefore off.
 */
const indexesOnly = { enable_seqscan: "off", enable_hashjoin: "off", enable_mergejoin: "off", jit: "off" }

/** The server accepts the login, but the role does not exist or the login may not assume it. */
const refused = (where: string | undefined, { reason }: SqlError.SqlError): RoleRefused | undefined => {
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

/** The driver's own error may hold the connection options; only what the server or the socket said is repeated. */
const unreachable = (where: string | undefined, error: SqlError.SqlError): string => {
  if (where === undefined) return "DATABASE_URL must be a URL like postgres://user:password@host:5432/database."
  const { cause } = error.reason
  // Node's error over several addresses (`localhost`) has a code and no message.
  const said = cause instanceof Error ? cause.message || ("code" in cause ? cause.code : cause.name) : error.message
  if (error.reason._tag === "AuthenticationError") {
    return `Postgres at ${where} rejects the user or password in DATABASE_URL: ${said}.`
  }
  const help = /certificate/.test(`${said}`) ? " Name the server's root certificate in NODE_EXTRA_CA_CERTS." : ""
  return `Cannot connect to Postgres at ${where}: ${said}.${help}`
}

const address = (redacted: Redacted.Redacted): string | undefined => {
  const url = URL.parse(Redacted.value(redacted))
  if (url === null || !/^postgres(ql)?:$/.test(url.protocol)) return undefined
  return `${url.searchParams.get("host") ?? (url.hostname || "localhost")}:${
    url.searchParams.get("port") ?? (url.port || "5432")
  }`
}
