/** Checks that the connection runs as the right role: without the roles, tenants are not isolated. */
import { Effect, Schema } from "effect"
import { SqlClient } from "effect/sql"
import { serviceRole } from "../connection/serviceRole.ts"

export class RoleRefused extends Schema.TaggedError<RoleRefused>()("RoleRefused", { message: Schema.String }) {}

export const checkRoles = Effect.fnUntraced(function*(sql: SqlClient.SqlClient) {
  const [row] = yield* sql<{ readonly role: string; readonly fit: number }>`
    SELECT current_setting('role') AS role, count(*)::int AS fit FROM pg_roles
    WHERE rolname IN (${serviceRole}, 'accessa_user') AND NOT rolsuper AND NOT rolbypassrls
      AND pg_has_role(session_user, oid, 'MEMBER')`
  if (row?.role !== serviceRole) {
    return yield* new RoleRefused({
      message:
        `The connection does not run as ${serviceRole}: a pooler between here and the server does not keep the role of a `
        + "session. See docs/databases.md."
    })
  }
  if (row.fit < 2) {
    return yield* new RoleRefused({
      message:
        `The login may not act as ${serviceRole} and accessa_user, or one of them is a superuser or bypasses row `
        + "security. See docs/tenancy.md."
    })
  }
})

/** For the embedded database, once the migrations have created the role: applies to its single session and all clients. */
export const takeServiceRole = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  yield* sql`SET ROLE ${sql(serviceRole)}`
  yield* checkRoles(sql)
})
