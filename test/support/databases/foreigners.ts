/** The roles of a Supabase project, and what such a project grants them by default. */
import { Effect } from "effect"
import { SqlClient } from "effect/sql"

/** `stranger` has what PUBLIC has. The roles belong to the server, and another test may have made them. */
export const foreigners = ["anon", "authenticated", "service_role", "stranger"]

export const makeRole = Effect.fnUntraced(function*(role: string, options = "") {
  const sql = yield* SqlClient.SqlClient
  yield* sql.unsafe(`
    DO $$ BEGIN
      IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '${role}') THEN CREATE ROLE ${role} ${options}; END IF;
    EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$`)
})

export const makeForeigners = Effect.forEach(
  foreigners,
  (role) => makeRole(role, role === "service_role" ? "BYPASSRLS" : ""),
  { discard: true }
)

/** As in the initial schema of a Supabase project, and also for PUBLIC and for our own roles. */
export const grantByDefault = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  const to = "anon, authenticated, service_role, PUBLIC"
  for (const kind of ["TABLES", "FUNCTIONS", "SEQUENCES"]) {
    yield* sql.unsafe(`ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT ALL ON ${kind} TO ${to}`)
  }
  for (const role of ["accessa_service", "accessa_user"]) {
    yield* makeRole(role)
    yield* sql.unsafe(`ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT ALL ON TABLES TO ${role}`)
  }
  yield* sql.unsafe(`GRANT USAGE ON SCHEMA public TO ${to}`)
})

/** By executing SQL as the role: the server's answer counts, not its catalogs. */
export const isRefused = Effect.fnUntraced(function*(role: string, statement: string) {
  const sql = yield* SqlClient.SqlClient
  const outcome = yield* Effect.result(
    sql.withTransaction(
      Effect.andThen(sql`SET LOCAL ROLE ${sql(role)}`, Effect.andThen(sql.unsafe(statement), Effect.fail("let in")))
    )
  )
  return outcome._tag === "Failure" && typeof outcome.failure !== "string"
    && outcome.failure.reason._tag === "AuthorizationError"
})
