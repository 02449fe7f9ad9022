import { assert, describe, it } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { randomUUID } from "node:crypto"
import { UserId } from "../../../src/domain/Ids.ts"
import { keyOf, tokenOf } from "../../support/harness/Credentials.ts"
import { runCli } from "../../support/harness/runCli.ts"
import { formOf, TestApi, testApi } from "../../support/harness/TestApi.ts"

const cli = (args: ReadonlyArray<string>, key = keyOf("admin")) =>
  Effect.flatMap(TestApi, ({ url }) => runCli(args, { env: { ACCESSA_URL: url.href, ACCESSA_API_KEY: key } }))
const decode = Schema.decodeUnknownSync(Schema.fromJsonString(Schema.Struct({
  entries: Schema.Array(Schema.Struct({ action: Schema.String, target_id: Schema.String })),
  next_cursor: Schema.NullOr(Schema.String)
})))

/** An operator looks at another user's job, which is recorded. */
const lookAt = Effect.fnUntraced(function*(name: string) {
  const { upload } = yield* TestApi
  const user = randomUUID()
  const authorization = `Bearer ${tokenOf(UserId.make(user))}`
  const { body } = yield* upload(formOf("a.txt", name), { authorization })
  const job = String(body["job_id"])
  yield* cli(["jobs", "show", job, "--user", user, "--reason", `for – ${name}`], keyOf("operator"))
  return job
})

describe("accessa audit", () => {
  it.live("lists what was done with its reason, page after page, and only what matches the filter", () =>
    Effect.gen(function*() {
      const jobs = yield* Effect.forEach(["first", "second", "third"], lookAt)
      assert.match((yield* cli(["audit", "list"])).stdout, /for – third\n.*for – second\n/)
      const newest = decode((yield* cli(["audit", "list", "--limit", "2", "--json"])).stdout)
      assert.strictEqual(newest.entries.length, 2)
      const rest = yield* cli(["audit", "list", "--cursor", newest.next_cursor ?? ""])
      assert.include(rest.stdout, "for – first")
      assert.notInclude(rest.stdout, "for – third")
      const second = decode(
        (yield* cli(["audit", "list", "--action", "jobs.get", "--target", jobs[1] ?? "", "--json"])).stdout
      )
      assert.deepStrictEqual(second.entries, [{ action: "jobs.get", target_id: jobs[1] ?? "" }])
      const none = yield* cli(["audit", "list", "--actor", "key:none"])
      assert.include(none.stderr, "entries read match.")
    }).pipe(Effect.provide(testApi())))

  it.live("checks the whole chain, and says the hash to compare", () =>
    Effect.gen(function*() {
      yield* lookAt("once")
      const { code, stdout } = yield* cli(["audit", "check"])
      assert.strictEqual(code, 0)
      assert.match(stdout, /\d+ entries, unbroken\.\nLast hash: /)
    }).pipe(Effect.provide(testApi())))

  it.live("is for admins alone", () =>
    Effect.gen(function*() {
      assert.strictEqual((yield* cli(["audit", "list"], keyOf("operator"))).code, 4)
    }).pipe(Effect.provide(testApi())))
})
