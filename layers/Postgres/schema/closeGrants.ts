/**
 * The last step of each migration run: revokes all privileges on our objects from everyone but the owner, and grants our
 * two roles exactly what the migrations define. Databases may grant more by default, and people by a click.
 */
import { Effect, FileSystem } from "effect"
import type { SqlClient } from "effect/sql"
import { type ForeignGrant, foreignGrantsQuery, ourObjects, type OwnRight, ownRights } from "./grants.ts"

/** `exact`: the privileges of our roles; `undefined` if this release cannot know them. */
export const closeGrants = Effect.fn("Database.closeGrants")(
  function*(sql: SqlClient.SqlClient, exact: Rights | undefined) {
    yield* openVectorSchema(sql)
    yield* returnViews(sql)
    const current = yield* ownRights(sql)
    for (const { kind, name, role } of current.filter(({ grantable }) => grantable)) {
      yield* sql.unsafe(`REVOKE GRANT OPTION FOR ALL PRIVILEGES ON ${word(kind)} ${name} FROM ${role} CASCADE`)
    }
    for (const { grantee, kind, name } of yield* foreignGrants(sql)) {
      yield* sql.unsafe(`REVOKE ALL PRIVILEGES ON ${word(kind)} ${name} FROM ${grantee} CASCADE`)
    }
    if (exact !== undefined) {
      // A project may have a match_documents of its own in place of ours.
      const ours = new Set((yield* ourObjects(sql)).map(({ name }) => name))
      const names = new Set([...exact.names].filter((name) => ours.has(name)))
      for (const statement of corrections(current, { ...exact, names })) yield* sql.unsafe(statement)
    }
    const [left] = yield* foreignGrants(sql)
    if (left !== undefined) {
      yield* Effect.logWarning(
        `${left.grantee} may still ${left.privileges} on ${left.name}: the login of DATABASE_URL does not own it. `
          + "Run `pnpm migrate` as its owner."
      )
    }
  }
)

/** Our roles and those that read need pgvector's schema, which is the public one only by default. */
const openVectorSchema = Effect.fnUntraced(function*(sql: SqlClient.SqlClient) {
  const missing = yield* sql<{ readonly role: string; readonly schema: string }>`
    SELECT rolname AS role, quote_ident(nspname) AS schema
    FROM pg_extension JOIN pg_namespace n ON n.oid = extnamespace JOIN pg_roles r ON rolname IN ${sql.in(roles)}
    WHERE extname = 'vector' AND NOT has_schema_privilege(r.oid, n.oid, 'USAGE')`
  for (const { role, schema } of missing) yield* sql.unsafe(`GRANT USAGE ON SCHEMA ${schema} TO ${role}`)
})

/**
 * The views show what their owner may see: after `pg_restore --no-owner` that is the login that restored, and each reader would see the
 * documents of all users.
 */
const returnViews = Effect.fnUntraced(function*(sql: SqlClient.SqlClient) {
  const lost = yield* sql<{ readonly name: string }>`
    SELECT oid::regclass::text AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'v'
      AND relname IN ('accessa_chunks', 'accessa_llamaindex') AND relowner::regrole::text <> 'accessa_publisher'`
  if (lost.length === 0) return
  yield* sql`GRANT CREATE ON SCHEMA public TO accessa_publisher`
  for (const { name } of lost) yield* sql.unsafe(`ALTER VIEW ${name} OWNER TO accessa_publisher`)
  yield* sql`REVOKE CREATE ON SCHEMA public FROM accessa_publisher`
})

const foreignGrants = (sql: SqlClient.SqlClient) => sql.unsafe<ForeignGrant>(foreignGrantsQuery)

/** Column privileges are revoked with the table's. */
const word = (kind: ForeignGrant["kind"]): string => kind === "COLUMN" || kind === "VIEW" ? "TABLE" : kind

export interface Rights {
  /** The objects created by the migrations. */
  readonly names: ReadonlySet<string>
  /** The privileges our roles have on them. */
  readonly given: ReadonlyArray<Pick<OwnRight, "role" | "name" | "privilege">>
}

/** From `schema.sql`, the schema after all migrations; undefined if the folder has none. */
export const readRights = Effect.fnUntraced(function*(directory: string) {
  const fs = yield* FileSystem.FileSystem
  const file = `${directory}/schema.sql`
  return (yield* fs.exists(file)) ? rightsIn(yield* fs.readFileString(file)) : undefined
})

const created = [
  /^CREATE TABLE (\S+) \($/,
  /^CREATE VIEW (\S+) /,
  /^REVOKE EXECUTE ON FUNCTION (.+) FROM PUBLIC;$/
]

const rightsIn = (schema: string): Rights => {
  const lines = schema.split("\n")
  const names = lines.flatMap((line) => created.flatMap((statement) => statement.exec(line)?.slice(1) ?? []))
  const given = lines.flatMap((line) => {
    const [, privileges, name, role] = /^GRANT ([A-Z]+(?:, [A-Z]+)*) ON (?:FUNCTION )?(.+) TO (\w+);$/.exec(line) ?? []
    if (privileges === undefined || name === undefined || role === undefined) return []
    return privileges.split(", ").map((privilege) => ({ role, name, privilege }))
  })
  return { names: new Set(names), given }
}

const roles = ["accessa_service", "accessa_user", "accessa_publisher", "accessa_reader", "authenticated"]

const corrections = (current: ReadonlyArray<OwnRight>, { given, names }: Rights): ReadonlyArray<string> => {
  const sequences = current.filter(({ kind }) => kind === "SEQUENCE").map(({ name }) => name)
  return [...names, ...new Set(sequences)].flatMap((name) =>
    roles.flatMap((role) => {
      const isThis = (right: Rights["given"][number]) => right.name === name && right.role === role
      const has = current.filter(isThis).map(({ kind, privilege }) => `${privilege}${kind === "COLUMN" ? " (…)" : ""}`)
      const may = given.filter(isThis).map(({ privilege }) => privilege)
      if (may.length === has.length && may.every((privilege) => has.includes(privilege))) return []
      const on = `${name.includes("(") ? "ROUTINE" : sequences.includes(name) ? "SEQUENCE" : "TABLE"} ${name}`
      return [
        `REVOKE ALL PRIVILEGES ON ${on} FROM ${role} CASCADE`,
        ...may.length === 0 ? [] : [`GRANT ${may.join(", ")} ON ${on} TO ${role}`]
      ]
    })
  )
}
