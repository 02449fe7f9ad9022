/** What each role can access in every table, by executing SQL. */
import { assert } from "@effect/vitest"
import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import { asUsers } from "../../layers/Postgres/connection/asUser.ts"
import { asOwner } from "../support/databases/asOwner.ts"
import { onEachDatabase } from "../support/databases/Databases.ts"
import { stores } from "../support/databases/stores.ts"
import { noWebhooks } from "../support/databases/webhooks.ts"
import { fillTables, me, other, rowsFromOutside, rowsOf, type Table, tables, tryCommand } from "./twoUsers.ts"

const filled = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  yield* noWebhooks
  yield* asOwner(sql`TRUNCATE budgets, budget_spend, parse_cancellations`)
  yield* fillTables(me)
  yield* fillTables(other)
  return yield* tables
})

const reach = (table: Table, right: string) => table.user.includes(right)
const firstColumn = Effect.fnUntraced(function*({ name }: Table) {
  const sql = yield* SqlClient.SqlClient
  const [row] = yield* sql<{ readonly attname: string }>`
    SELECT attname FROM pg_attribute WHERE attrelid = ${name}::regclass AND attnum > 0 AND attidentity = '' LIMIT 1`
  return row?.attname ?? ""
})

onEachDatabase("row security", (it) => {
  it.layer(stores)((it) => {
    it.effect("is forced on every table that either role can access, with a policy for the service", () =>
      Effect.gen(function*() {
        for (const { forced, name, policies, service, user } of yield* tables) {
          if (service.length + user.length === 0) continue
          assert.isTrue(forced, name)
          assert.include(policies, "service", name)
          if (user.length > 0) assert.include(policies, "own", name)
          assert.notInclude([...service, ...user], "TRUNCATE", name)
        }
      }))

    it.effect(
      "binds both roles: neither is a superuser, bypasses policies, owns a table, or can become "
        + "another role",
      () =>
        Effect.gen(function*() {
          const sql = yield* SqlClient.SqlClient
          const roles = yield* sql`
          SELECT rolname, rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb OR rolreplication AS mighty,
            EXISTS (SELECT FROM pg_class WHERE relowner = r.oid) AS owns,
            EXISTS (SELECT FROM pg_auth_members WHERE member = r.oid) AS member
          FROM pg_roles r WHERE rolname IN ('accessa_service', 'accessa_user') ORDER BY rolname`
          assert.deepStrictEqual(roles, [
            { rolname: "accessa_service", mighty: false, owns: false, member: false },
            { rolname: "accessa_user", mighty: false, owns: false, member: false }
          ])
        })
    )

    it.effect("applies to the stores, which run as the service and cannot change the schema", () =>
      Effect.gen(function*() {
        const sql = yield* SqlClient.SqlClient
        assert.deepStrictEqual(yield* sql`SELECT current_user`, [{ current_user: "accessa_service" }])
        for (
          const statement of [
            "CREATE TABLE more (n int)",
            "ALTER TABLE upload_jobs DISABLE ROW LEVEL SECURITY",
            "DROP POLICY own ON upload_jobs",
            "TRUNCATE upload_jobs CASCADE"
          ]
        ) assert.strictEqual((yield* Effect.flip(sql.unsafe(statement))).reason._tag, "AuthorizationError", statement)
      }))

    it.effect("shows a user all of their own rows and none of another's, in every table", () =>
      Effect.gen(function*() {
        const sql = yield* SqlClient.SqlClient
        for (const table of yield* filled) {
          if (table.user.length === 0) continue
          const [mine, theirs] = [yield* rowsFromOutside(table, me), yield* rowsFromOutside(table, other)]
          assert.isTrue(mine.count > 0 && theirs.count > 0, `fillTables has no row for ${table.name} yet`)
          if (!reach(table, "SELECT")) continue
          const [seen] = yield* asUsers(sql, [me])(sql.unsafe<{ readonly mine: number; readonly all: number }>(
            `SELECT count(*) FILTER (WHERE ${rowsOf(table, me)})::int AS mine, count(*)::int AS all FROM ${table.name}`
          ))
          assert.deepStrictEqual(seen, { mine: mine.count, all: mine.count }, table.name)
        }
      }))

    it.effect("lets a user neither change nor delete another's rows", () =>
      Effect.gen(function*() {
        const sql = yield* SqlClient.SqlClient
        for (const table of yield* filled) {
          const column = yield* firstColumn(table)
          const commands = {
            UPDATE: `UPDATE ${table.name} SET ${column} = ${column}`,
            DELETE: `DELETE FROM ${table.name}`
          }
          for (const [right, command] of Object.entries(commands)) {
            const outcome = yield* tryCommand(table, other, asUsers(sql, [me]), sql.unsafe(command))
            assert.strictEqual(outcome, reach(table, right) ? "untouched" : "refused", command)
          }
        }
      }))

    it.effect("does not let a user create a row for, or move a row to, another user", () =>
      Effect.gen(function*() {
        const sql = yield* SqlClient.SqlClient
        for (const table of yield* filled) {
          if (table.user.length === 0) continue
          const [row] = yield* asOwner(sql.unsafe<{ readonly row: string }>(
            `SELECT to_jsonb(${table.name})::text AS row FROM ${table.name} WHERE ${rowsOf(table, other)} LIMIT 1`
          ))
          const insert = sql.unsafe(
            `INSERT INTO ${table.name} OVERRIDING SYSTEM VALUE
              SELECT * FROM jsonb_populate_record(NULL::${table.name}, $1::jsonb)`,
            [row?.row]
          )
          assert.strictEqual(yield* tryCommand(table, other, asUsers(sql, [me]), insert), "refused", table.name)
          if (table.owner !== "user_id") continue
          const give = sql.unsafe(`UPDATE ${table.name} SET user_id = '${other}' WHERE user_id = '${me}'`)
          assert.strictEqual(yield* tryCommand(table, other, asUsers(sql, [me]), give), "refused", table.name)
        }
      }))

    it.effect("shows nothing without a user", () =>
      Effect.gen(function*() {
        const sql = yield* SqlClient.SqlClient
        const withoutUser = <A, E, R>(statements: Effect.Effect<A, E, R>) =>
          sql.withTransaction(Effect.andThen(sql`SET LOCAL ROLE accessa_user`, statements))
        for (const table of yield* filled) {
          const read = sql.unsafe(`SELECT FROM ${table.name}`)
          for (const as of [withoutUser, asUsers(sql, [])]) {
            const rows = yield* Effect.result(as(read))
            if (reach(table, "SELECT")) {
              assert.deepStrictEqual(rows._tag === "Success" ? rows.success : rows, [], table.name)
            } else {assert.strictEqual(
                rows._tag === "Failure" ? rows.failure.reason._tag : "",
                "AuthorizationError",
                table.name
              )}
          }
          if (reach(table, "DELETE")) {
            assert.strictEqual(
              yield* tryCommand(table, me, withoutUser, sql.unsafe(`DELETE FROM ${table.name}`)),
              "untouched",
              table.name
            )
          }
        }
      }))

    it.effect("hides workers, keys, the audit log and other internal tables from every user", () =>
      Effect.gen(function*() {
        const closed = (yield* tables).filter(({ user }) => user.length === 0).map(({ name }) => name)
        assert.includeMembers(closed, [
          "workers",
          "audit_log",
          "api_keys",
          "idempotency_keys",
          "migration_files"
        ])
      }))

    it.effect("ends with the transaction, so that no connection stays in a user's name", () =>
      Effect.gen(function*() {
        const sql = yield* SqlClient.SqlClient
        yield* Effect.exit(asUsers(sql, [me])(Effect.fail("stop")))
        yield* asUsers(sql, [me])(sql`SELECT 1`)
        const who =
          yield* sql`SELECT current_user AS role, coalesce(current_setting('accessa.users', true), '') AS users`
        assert.deepStrictEqual(who, [{ role: "accessa_service", users: "" }])
      }))
  })
})
