import { NodeServices } from "@effect/platform-node"
import { assert, it, layer } from "@effect/vitest"
import { Config, ConfigProvider, Effect, Layer, Option, Redacted } from "effect"
import { SqlClient } from "effect/sql"
import { execFile } from "node:child_process"
import { existsSync, readFileSync } from "node:fs"
import { execPath } from "node:process"
import { fileURLToPath } from "node:url"
import { DatabasePostgres } from "../../layers/Postgres/connection/Postgres.ts"
import { asOwner } from "../support/databases/asOwner.ts"
import { stores } from "../support/databases/stores.ts"
import { SupabaseLike } from "../support/databases/SupabaseLike.ts"
import { startStack } from "../support/harness/Stack.ts"
import { ann, ben, fill } from "./complete.ts"
import { makeToken, servePostgrest } from "./postgrest.ts"

const clients = fileURLToPath(new URL("clients/", import.meta.url))
const urls = Option.toArray(Effect.runSync(Config.option(Config.String("DATABASE_URL"))))
const missing = [
  ...urls.length === 0 ? ["DATABASE_URL is not set"] : [],
  ...existsSync(`${clients}node_modules`) ? [] : ["the clients are not installed"]
]

/** The environment, without DATABASE_URL. */
const withoutServer = Layer.unwrap(
  Effect.map(Config.String("PATH"), (PATH) => ConfigProvider.layer(ConfigProvider.fromEnv({ env: { PATH } })))
)

/** Its passages, or what it said of its failure. */
const ask = (client: string, env: Readonly<Record<string, string>>) =>
  Effect.callback<string>((resume) => {
    execFile(execPath, [`${clients}${client}.mjs`], { env: { ...env } }, (error, stdout, stderr) => {
      resume(Effect.succeed(error === null ? stdout : JSON.stringify(stderr)))
    })
  })

const ofAnn = [
  { text: "Groundwater is insured after 21 days.", filename: "policy.pdf" },
  { text: "Hail is insured at once.", filename: "policy.pdf" }
]
const ofBen = [{ text: "Ben's letter about groundwater.", filename: "letter.txt" }]

/** Logins of the kinds that a project has; `authenticator` is PostgREST's. */
const logins = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  for (const login of ["accessa_test_authenticator", "accessa_test_reader"]) {
    yield* sql.unsafe(`
      DO $$ BEGIN CREATE ROLE ${login} LOGIN NOINHERIT PASSWORD 'postgres';
      EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$`)
  }
  yield* sql`ALTER ROLE accessa_test_reader INHERIT`
  yield* sql`ALTER ROLE accessa_test_reader SET search_path = public, extensions`
  yield* sql`GRANT anon, authenticated, service_role TO accessa_test_authenticator`
  yield* sql`GRANT accessa_reader TO accessa_test_reader`
})

const places = (server: string) =>
  Effect.gen(function*() {
    const sql = yield* SqlClient.SqlClient
    const [row] = yield* sql<{ readonly name: string }>`SELECT current_database() AS name`
    const as = (user: string) => {
      const url = new URL(server)
      url.pathname = `/${row?.name}`
      url.username = user
      return url.href
    }
    const api = yield* Effect.provide(
      servePostgrest,
      yield* Layer.build(DatabasePostgres({
        url: Redacted.make(as("accessa_test_authenticator")),
        maxConnections: 2,
        applicationName: "postgrest",
        as: "login"
      }))
    )
    return { api, reader: as("accessa_test_reader") }
  })

for (const reason of missing) {
  // oxlint-disable-next-line vitest/no-disabled-tests -- nothing runs here, the name is the message
  it.skip(`clients that read: ${reason}`, () => {})
}

for (const server of missing.length === 0 ? urls : []) {
  layer(Layer.provideMerge(stores, SupabaseLike(server)), { excludeTestServices: true, timeout: "2 minutes" })(
    "clients that read",
    (it) => {
      it.effect("through PostgREST see the documents of the user in the token", () =>
        Effect.gen(function*() {
          const superuser = new URL(server)
          yield* Effect.provide(
            logins,
            DatabasePostgres({
              url: Redacted.make(superuser.href),
              maxConnections: 1,
              applicationName: "t",
              as: "login"
            })
          )
          yield* fill
          const { api } = yield* places(server)
          for (const client of ["supabase-js", "langchain-supabase", "llamaindex-supabase"]) {
            const as = (role: string, sub?: string) =>
              ask(client, {
                SUPABASE_URL: api,
                ANON_KEY: makeToken({ role: "anon" }),
                USER_TOKEN: makeToken({ role, ...sub === undefined ? {} : { sub } })
              })
            assert.deepStrictEqual(JSON.parse(yield* as("authenticated", ann)), ofAnn, client)
            assert.deepStrictEqual(JSON.parse(yield* as("authenticated", ben)), ofBen, client)
            for (const role of ["anon", "service_role"]) assert.include(yield* as(role), "permission denied", client)
          }
        }))

      it.effect("on Postgres see the documents of the users listed for their login", () =>
        Effect.gen(function*() {
          const sql = yield* SqlClient.SqlClient
          const { reader } = yield* places(server)
          for (const client of ["langchain-postgres", "llamaindex-postgres"]) {
            const see = Effect.map(ask(client, { DATABASE_URL: reader }), (out) => JSON.parse(out))
            yield* asOwner(sql`DELETE FROM readers`)
            assert.deepStrictEqual(yield* see, [], client)
            yield* asOwner(sql`INSERT INTO readers VALUES ('accessa_test_reader', ${ann})`)
            assert.deepStrictEqual(yield* see, ofAnn, client)
            yield* asOwner(sql`UPDATE readers SET user_id = ${ben}`)
            assert.deepStrictEqual(yield* see, ofBen, client)
          }
        }))
    }
  )
}

it.live.skipIf(!existsSync(`${clients}node_modules`))(
  "clients that read a stack without a database server see the documents of their key",
  () =>
    Effect.gen(function*() {
      const { directory, ingest, ports } = yield* startStack({})
      assert.strictEqual(yield* ingest("policy.md", "# Policy\n\nGroundwater is insured after 21 days."), "complete")
      const key = readFileSync(`${directory}/local-key`, "utf8").trim()
      for (const client of ["supabase-js", "langchain-supabase", "llamaindex-supabase"]) {
        const see = (token: string) =>
          ask(client, { SUPABASE_URL: `http://127.0.0.1:${ports.api}`, ANON_KEY: token, USER_TOKEN: token })
        assert.deepStrictEqual(
          JSON.parse(yield* see(key)),
          [{ text: "# Policy\n\nGroundwater is insured after 21 days.", filename: "policy.md" }],
          client
        )
        assert.include(yield* see("acc_of_no_user"), "BAD_CREDENTIAL", client)
      }
    }).pipe(
      Effect.scoped,
      Effect.provide(Layer.merge(withoutServer, NodeServices.layer))
    )
)

it("docs/reading.md shows the calls that the clients make", () => {
  const page = readFileSync("docs/reading.md", "utf8")
  for (
    const client of [
      "supabase-js",
      "langchain-supabase",
      "langchain-postgres",
      "llamaindex-supabase",
      "llamaindex-postgres"
    ]
  ) {
    const [call] = /(?:supabase\.rpc|new \w+VectorStore)\([^\n]*|PGVectorStore\.initialize\([\s\S]*?\n}\)/.exec(
      readFileSync(`${clients}${client}.mjs`, "utf8")
    ) ?? [client]
    assert.include(page, call)
  }
})
