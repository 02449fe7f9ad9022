import { NodeServices } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Effect, FileSystem, Schema } from "effect"
import { randomUUID } from "node:crypto"
import { UserId } from "../../../src/domain/Ids.ts"
import { keyOf, tokenOf } from "../../support/harness/Credentials.ts"
import { runCli } from "../../support/harness/runCli.ts"
import { formOf, TestApi, testApi } from "../../support/harness/TestApi.ts"
import { serveApiStub } from "../../support/stubs/ApiStub.ts"
import { serveStub } from "../../support/stubs/HttpStub.ts"

const withApi = (name: string, body: Effect.Effect<void, unknown, TestApi>) =>
  it.live(name, () => Effect.provide(body, testApi()))
const cli = (args: ReadonlyArray<string>, key = keyOf("admin")) =>
  Effect.flatMap(TestApi, ({ url }) => runCli(args, { env: { ACCESSA_URL: url.href, ACCESSA_API_KEY: key } }))
const decode = Schema.decodeUnknownSync(
  Schema.fromJsonString(Schema.Struct({ prefix: Schema.String, secret: Schema.String }))
)

describe("accessa keys", () => {
  withApi(
    "creates a working key, with nothing but the key on stdout",
    Effect.gen(function*() {
      const made = yield* cli(["keys", "create", "laptop", "--role", "viewer", "--expires", "90d"])
      assert.strictEqual(made.code, 0)
      assert.match(made.stdout, /^acc_\S+\n$/)
      assert.match(made.stderr, /^viewer key for user \S+, until \d{4}-\d\d-\d\dT\d\d:\d\dZ\. Save it/u)
      const list = yield* cli(["keys", "list"])
      assert.match(list.stdout, /viewer .*until .*laptop/)
    })
  )

  withApi(
    "creates no key for a time without a unit, or longer than a century",
    Effect.gen(function*() {
      for (const [time, said] of [["90", "such as 90s, 10m, 2h or 30d"], ["1000000000d", "at most 36500d"]] as const) {
        const { code, stderr } = yield* cli(["keys", "create", "laptop", "--expires", time])
        assert.strictEqual(code, 2)
        assert.include(stderr, said)
      }
    })
  )

  withApi(
    "replaces and revokes a key by its prefix",
    Effect.gen(function*() {
      const made = decode((yield* cli(["keys", "create", "x", "--json"])).stdout)
      const next = decode((yield* cli(["keys", "rotate", made.prefix, "--grace", "0s", "--json"])).stdout)
      assert.strictEqual((yield* cli(["jobs", "list"], made.secret)).code, 4)
      assert.strictEqual((yield* cli(["jobs", "list"], next.secret)).code, 0)
      const revoked = yield* cli(["keys", "revoke", next.prefix, "--reason", "left"])
      assert.strictEqual(revoked.code, 0)
      assert.strictEqual((yield* cli(["jobs", "list"], next.secret)).code, 4)
      assert.strictEqual((yield* cli(["keys", "revoke", "acc_nothing1"])).code, 3)
    })
  )

  it.live("a key that no header can carry is refused as a wrong setting, and not shown", () =>
    Effect.gen(function*() {
      const { url } = yield* serveApiStub({ key: "acc_kept" })
      const env = { ACCESSA_URL: url.href, ACCESSA_API_KEY: "acc_cut\u2026" }
      const { code, stderr } = yield* runCli(["jobs", "list"], { env })
      assert.strictEqual(code, 2)
      assert.include(
        stderr,
        "WRONG_SETTING: The setting ACCESSA_API_KEY is invalid: expected a key of ASCII characters"
      )
      assert.notInclude(stderr, "acc_cut")
    }).pipe(Effect.provide(NodeServices.layer), Effect.scoped))

  it.live("knows the keys of all pages", () =>
    Effect.gen(function*() {
      const key = (prefix: string) => ({
        key_id: randomUUID(),
        user_id: randomUUID(),
        role: "user",
        name: `key ${prefix}`,
        prefix,
        created_at: "2026-01-01T00:00:00.000Z",
        expires_at: null,
        revoked_at: null,
        last_used_at: null
      })
      const [newest, oldest] = [key("acc_newest12"), key("acc_oldest12")]
      const url = yield* serveStub(({ method, url: { pathname, searchParams } }) =>
        method === "POST"
          ? pathname === `/api/v1/keys/${oldest.key_id}/revoke` ? { status: 200, body: oldest } : { status: 500 }
          : searchParams.get("cursor") === "next"
          ? { status: 200, body: { keys: [oldest], next_cursor: null } }
          : { status: 200, body: { keys: [newest], next_cursor: "next" } }
      )
      const env = { ACCESSA_URL: url.href, ACCESSA_API_KEY: "acc_admin" }
      const { stdout } = yield* runCli(["keys", "list"], { env })
      assert.match(stdout, /acc_newest12[^]*acc_oldest12/)
      assert.include((yield* runCli(["keys", "revoke", "acc_oldest12"], { env })).stdout, "acc_oldest12 is revoked.")
    }).pipe(Effect.scoped))

  withApi(
    "warns that the key made from one that was rotated before expires with it",
    Effect.gen(function*() {
      const { prefix } = decode((yield* cli(["keys", "create", "x", "--json"])).stdout)
      const first = yield* cli(["keys", "rotate", prefix])
      assert.notInclude(first.stderr, "expires")
      const second = yield* cli(["keys", "rotate", prefix])
      assert.match(second.stderr, /until .*\nIt expires when the replaced key would have\./u)
      assert.match(second.stdout, /^acc_\S+\n$/)
    })
  )

  withApi(
    "is for admins: for others the error names the required role, and the exit code is 4",
    Effect.gen(function*() {
      const { code, stderr } = yield* cli(["keys", "list"], keyOf("operator"))
      assert.strictEqual(code, 4)
      assert.include(stderr, "ROLE_TOO_LOW")
      assert.include(stderr, "the role admin")
    })
  )
})

describe("an operator's command", () => {
  withApi(
    "about another user's job requires the user and a reason",
    Effect.gen(function*() {
      const { upload } = yield* TestApi
      const user = randomUUID()
      const { body } = yield* upload(formOf("a.txt", "some text"), {
        authorization: `Bearer ${tokenOf(UserId.make(user))}`
      })
      const job = String(body["job_id"])
      const operator = (...args: ReadonlyArray<string>) => cli(["jobs", ...args], keyOf("operator"))
      assert.strictEqual((yield* operator("show", job)).code, 3)
      assert.strictEqual((yield* operator("show", job, "--user", user)).code, 2)
      assert.strictEqual((yield* operator("show", job, "--user", user, "--reason", "ticket 7")).code, 0)
      assert.include((yield* operator("list", "--user", user, "--reason", "ticket 7")).stdout, "a.txt")
      const cancelled = yield* operator("cancel", job.slice(0, 8), "--user", user, "--reason", "it hangs")
      assert.include(cancelled.stdout, "failed_parse")
      assert.strictEqual((yield* cli(["jobs", "list", "--user", user, "--reason", "x"], keyOf("user"))).code, 4)
    })
  )
})

describe("the command line's own key", () => {
  it.live("the command line's own key is in the data directory of a stack on this machine, unless the environment names another", () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const directory = yield* fs.makeTempDirectoryScoped()
      const { url } = yield* serveApiStub({ key: "acc_kept" })
      const env = { ACCESSA_URL: url.href, ACCESSA_DATA_DIR: directory }
      const without = yield* runCli(["jobs", "list"], { env })
      assert.strictEqual(without.code, 4)
      assert.include(without.stderr, "ACCESSA_API_KEY")
      yield* fs.writeFileString(`${directory}/local-key`, "acc_kept\n")
      assert.strictEqual((yield* runCli(["jobs", "list"], { env })).code, 0)
      assert.strictEqual((yield* runCli(["jobs", "list"], { env: { ...env, ACCESSA_API_KEY: "acc_other" } })).code, 4)
    }).pipe(Effect.provide(NodeServices.layer), Effect.scoped))

  it.live("an unreadable key file is an error that names the file and says what to do", () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const directory = yield* fs.makeTempDirectoryScoped()
      const { url } = yield* serveApiStub({ key: "acc_kept" })
      // A directory in its place cannot be read by any user, root included.
      yield* fs.makeDirectory(`${directory}/local-key`)
      const result = yield* runCli(["jobs", "list"], { env: { ACCESSA_URL: url.href, ACCESSA_DATA_DIR: directory } })
      assert.strictEqual(result.code, 4)
      assert.include(result.stderr, "KEY_UNREADABLE")
      assert.include(result.stderr, `${directory}/local-key`)
      assert.include(result.stderr, "ACCESSA_API_KEY")
    }).pipe(Effect.provide(NodeServices.layer), Effect.scoped))
})
