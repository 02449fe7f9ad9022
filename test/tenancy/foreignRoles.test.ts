/** What foreign roles can access if the database grants them everything by default, as a Supabase project does. */
import { NodeServices } from "@effect/platform-node"
import { assert, layer } from "@effect/vitest"
import { Effect, FileSystem, Layer } from "effect"
import { SqlClient } from "effect/sql"
import { fileURLToPath } from "node:url"
import { foreignGrantsQuery, ourObjects } from "../../layers/Postgres/schema/grants.ts"
import { migrate } from "../../layers/Postgres/schema/migrate.ts"
import { asServer, emptyDatabase, ownedBy } from "../support/databases/EmptyDatabases.ts"
import { foreigners, grantByDefault, isRefused, makeForeigners, makeRole } from "../support/databases/foreigners.ts"
import { migrationsDirectory } from "../support/databases/migrationsTemplate.ts"

const cache = fileURLToPath(new URL("../../.cache", import.meta.url))

const attempts = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  const objects = yield* ourObjects(sql)
  const columns = yield* sql<{ readonly name: string; readonly column: string }>`
    SELECT attrelid::regclass::text AS name, min(attname) AS column FROM pg_attribute
    WHERE attnum > 0 AND attidentity = '' GROUP BY attrelid`
  return objects.flatMap(({ kind, name }) => {
    const column = columns.find((each) => each.name === name)?.column
    switch (kind) {
      case "TABLE":
        return [
          `SELECT FROM ${name}`,
          `INSERT INTO ${name} DEFAULT VALUES`,
          `UPDATE ${name} SET ${column} = ${column}`,
          `DELETE FROM ${name}`,
          `TRUNCATE ${name} CASCADE`,
          `LOCK TABLE ${name}`,
          `CREATE TRIGGER t BEFORE INSERT ON ${name} EXECUTE FUNCTION suppress_redundant_updates_trigger()`
        ]
      case "VIEW":
        return [`SELECT FROM ${name}`]
      case "SEQUENCE":
        return [`SELECT nextval('${name}')`, `SELECT setval('${name}', 1)`, `SELECT last_value FROM ${name}`]
      default: {
        const [called, types = ""] = name.replace(")", "").split("(")
        const values = types === "" ? [] : types.split(",").map(() => "NULL")
        return [`SELECT ${called}(${values.join(", ")})`]
      }
    }
  })
})

/** To PostgREST's role, and without a token there is nothing to see. */
const published = /accessa_chunks|accessa_llamaindex|accessa_readable_users|match_documents/

/** One call for all: thousands of single statements would take half a minute. Every attempt is undone, also one that succeeds. */
const createAttempt = `
  CREATE OR REPLACE FUNCTION pg_temp.attempt(role text, statement text) RETURNS text LANGUAGE plpgsql AS $$
  BEGIN
    EXECUTE format('SET LOCAL ROLE %I', role);
    EXECUTE statement;
    RAISE EXCEPTION 'let in';
  EXCEPTION WHEN OTHERS THEN RETURN SQLSTATE;
  END $$`
const refused = "42501"

const mayDoNothing = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  assert.deepStrictEqual(yield* sql.unsafe(foreignGrantsQuery), [])
  const tried = yield* attempts
  assert.isAbove(tried.length, 150)
  const answers = yield* sql.withTransaction(Effect.andThen(
    sql.unsafe(createAttempt),
    sql<{ readonly role: string; readonly statement: string; readonly code: string }>`
      SELECT role, statement, pg_temp.attempt(role, statement) AS code
      FROM unnest(${foreigners}::text[]) role, unnest(${tried}::text[]) statement`
  ))
  assert.lengthOf(answers, foreigners.length * tried.length)
  for (const { code, role, statement } of answers) {
    const mayRead = role === "authenticated" && published.test(statement)
    assert.strictEqual(code === refused, !mayRead, `${role}: ${statement}`)
  }
})

/** What our roles may, as lines of `schema.sql` say it. */
const ourRights = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  return yield* sql`
    SELECT c.relname AS name, g.grantee::regrole::text AS role, string_agg(g.privilege_type, ', ' ORDER BY g.privilege_type) AS rights
    FROM pg_class c, aclexplode(c.relacl) g
    WHERE c.relnamespace = 'public'::regnamespace AND g.grantee <> c.relowner AND (
      g.grantee::regrole::text LIKE 'accessa%' OR g.grantee::regrole::text = 'authenticated'
    )
    GROUP BY 1, 2 ORDER BY 1, 2`
})

layer(Layer.merge(emptyDatabase.layer, NodeServices.layer))(`foreign roles, on ${emptyDatabase.name}`, (it) => {
  /** Right after the migrations. */
  let granted: Effect.Success<typeof ourRights> = []

  it.effect(
    "cannot read, write or call anything despite default grants, and lose the rights that an earlier release left",
    () =>
      Effect.gen(function*() {
        const fs = yield* FileSystem.FileSystem
        const sql = yield* SqlClient.SqlClient
        // A migration imports effect, so it must be inside the project.
        yield* fs.makeDirectory(cache, { recursive: true })
        const before = yield* fs.makeTempDirectoryScoped({ directory: cache })
        for (const file of yield* fs.readDirectory(migrationsDirectory)) {
          if (/^00(0\d|1[0-3])_/.test(file)) yield* fs.copyFile(`${migrationsDirectory}/${file}`, `${before}/${file}`)
        }
        yield* makeForeigners
        yield* grantByDefault
        yield* migrate(before)
        assert.isFalse(yield* isRefused("anon", "DELETE FROM migration_files WHERE false"))
        assert.isFalse(yield* isRefused("service_role", "SELECT FROM api_keys"))
        assert.include(yield* migrate(migrationsDirectory), "0014_foreign_grants")
        yield* mayDoNothing
        // It exists for BYPASSRLS, which is useless without a grant.
        assert.deepStrictEqual(
          yield* sql`SELECT rolbypassrls FROM pg_roles WHERE rolname = 'service_role'`,
          [{ rolbypassrls: true }]
        )
        granted = yield* ourRights
      }),
    180_000
  )

  it.effect(
    "lose privileges granted later, including those on columns and those passed on",
    () =>
      Effect.gen(function*() {
        const sql = yield* SqlClient.SqlClient
        yield* sql`GRANT ALL ON ALL TABLES IN SCHEMA public TO anon, authenticated WITH GRANT OPTION`
        yield* sql`GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO service_role`
        yield* sql`GRANT ALL ON ALL FUNCTIONS IN SCHEMA public TO PUBLIC`
        yield* sql`GRANT SELECT (text), UPDATE (text) ON document_chunk_buffer TO stranger`
        yield* sql`GRANT SELECT ON api_keys TO accessa_service WITH GRANT OPTION`
        for (const role of ["anon", "accessa_service"]) {
          yield* sql.withTransaction(Effect.andThen(
            sql`SET LOCAL ROLE ${sql(role)}`,
            sql`GRANT SELECT ON api_keys TO stranger`
          ))
        }
        assert.isFalse(yield* isRefused("anon", "DELETE FROM migration_files WHERE false"))
        assert.isFalse(yield* isRefused("stranger", "SELECT FROM api_keys"))
        assert.deepStrictEqual(yield* migrate(migrationsDirectory), [])
        yield* mayDoNothing
      }),
    180_000
  )

  it.effect("have nothing, and our two roles have exactly what the migrations grant", () =>
    Effect.gen(function*() {
      const sql = yield* SqlClient.SqlClient
      assert.isNotEmpty(granted)
      assert.isFalse(JSON.stringify(granted).includes("TRUNCATE"))
      yield* sql`GRANT ALL ON ALL TABLES IN SCHEMA public TO accessa_user, accessa_service`
      yield* sql`GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO accessa_user`
      yield* sql`GRANT UPDATE (hash) ON audit_log TO accessa_service`
      yield* sql`REVOKE SELECT ON documents FROM accessa_user`
      yield* sql`GRANT ALL ON accessa_chunks TO authenticated`
      yield* sql`REVOKE SELECT ON accessa_llamaindex FROM authenticated`
      yield* migrate(migrationsDirectory)
      assert.deepStrictEqual(yield* ourRights, granted)
    }))

  it.effect("do not get the views of readers, which show all users' rows to their owner, by a restore without owners", () =>
    Effect.gen(function*() {
      const sql = yield* SqlClient.SqlClient
      for (const view of ["accessa_chunks", "accessa_llamaindex"]) {
        yield* sql`ALTER VIEW ${sql(view)} OWNER TO CURRENT_USER`
      }
      yield* migrate(migrationsDirectory)
      assert.deepStrictEqual(
        yield* sql`SELECT DISTINCT viewowner FROM pg_views WHERE viewname LIKE 'accessa%'`,
        [{ viewowner: "accessa_publisher" }]
      )
      assert.deepStrictEqual(yield* ourRights, granted)
      const [publisher] = yield* sql`SELECT has_schema_privilege('accessa_publisher', 'public', 'CREATE') AS creates`
      assert.deepStrictEqual(publisher, { creates: false })
    }))

  it.effect("the rule for our objects covers every object of a fresh schema", () =>
    Effect.gen(function*() {
      const sql = yield* SqlClient.SqlClient
      const known = (yield* ourObjects(sql)).map(({ name }) => name)
      const found = yield* sql<{ readonly name: string }>`
          SELECT c.oid::regclass::text AS name FROM pg_class c
          WHERE relnamespace = 'public'::regnamespace AND relkind NOT IN ('i', 'I', 't', 'c')
            AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = c.oid AND deptype = 'e')
          UNION ALL
          SELECT p.oid::regprocedure::text FROM pg_proc p WHERE pronamespace = 'public'::regnamespace
            AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = p.oid AND deptype = 'e')`
      assert.deepStrictEqual(found.map((each) => each.name).toSorted(), known.toSorted())
      // Functions that run as their owner only resolve names in the catalog.
      const definers = yield* sql<{ readonly name: string; readonly config: ReadonlyArray<string> | null }>`
          SELECT proname AS name, proconfig AS config FROM pg_proc WHERE prosecdef
            AND pronamespace = 'public'::regnamespace`
      assert.isAbove(definers.length, 1)
      for (const { config, name } of definers) {
        assert.deepStrictEqual(config, ["search_path=pg_catalog, pg_temp"], name)
      }
    }))

  // Last: it leaves another schema behind.
  it.effect("keep a match_documents of the project's own, and what is granted on it", () =>
    Effect.gen(function*() {
      const sql = yield* SqlClient.SqlClient
      yield* sql`DROP SCHEMA public CASCADE`
      yield* sql`CREATE SCHEMA public`
      yield* sql`CREATE FUNCTION match_documents(query text) RETURNS text LANGUAGE sql AS $$ SELECT query $$`
      yield* sql`GRANT EXECUTE ON FUNCTION match_documents(text) TO anon`
      yield* migrate(migrationsDirectory)
      assert.deepStrictEqual(yield* migrate(migrationsDirectory), [])
      assert.isFalse(yield* isRefused("anon", "SELECT match_documents('here')"))
      assert.isFalse(yield* isRefused("authenticated", "SELECT accessa_match_documents(NULL, NULL, NULL)"))
      assert.deepStrictEqual(yield* sql.unsafe(foreignGrantsQuery), [])
    }), 180_000)
})

const owned = ownedBy("accessa_test_owner")
if (owned !== undefined) {
  layer(Layer.merge(
    Layer.unwrap(Effect.as(
      asServer(Effect.gen(function*() {
        const sql = yield* SqlClient.SqlClient
        yield* makeForeigners
        for (const role of ["accessa_service", "accessa_user", "accessa_publisher", "accessa_test_owner"]) {
          yield* makeRole(role)
        }
        yield* sql`ALTER ROLE accessa_test_owner LOGIN PASSWORD 'postgres'`
        yield* sql`GRANT accessa_service, accessa_user, accessa_publisher TO accessa_test_owner`
        yield* sql`GRANT anon, authenticated, service_role, stranger TO accessa_test_owner`
      })),
      owned
    )),
    NodeServices.layer
  ))("an owner without superuser's rights, on postgres", (it) => {
    it.effect(
      "migrates, and can migrate again, despite row security on the migrations' own tables",
      () =>
        Effect.gen(function*() {
          const sql = yield* SqlClient.SqlClient
          yield* grantByDefault
          const ran = yield* migrate(migrationsDirectory)
          assert.isAbove(ran.length, 9)
          assert.deepStrictEqual(yield* migrate(migrationsDirectory), [])
          assert.lengthOf(yield* sql`SELECT FROM migration_files`, ran.length)
          yield* sql`INSERT INTO effect_sql_migrations (migration_id, name) VALUES (9999, 'later')`
          yield* sql`SELECT accessa_audit('a', 'r', NULL, 'x.y', 't', 'i', NULL, NULL, NULL, NULL)`
          yield* mayDoNothing
        }),
      180_000
    )
  })
}
