/** The steps of a deployment, over a platform in memory and a real record of releases. */
import { assert } from "@effect/vitest"
import { Duration, Effect, Layer, Option, Redacted } from "effect"
import { SqlClient } from "effect/sql"
import { TestClock } from "effect/testing"
import { IdsRandom } from "../../../layers/Ids/Random.ts"
import { ReleasesSql } from "../../../layers/Postgres/releases/Releases.ts"
import { Releases } from "../../../services/Releases.ts"
import { runRelease } from "../../../src/deploy/release/run.ts"
import { releaseRenewal } from "../../../src/policy/releases.ts"
import { onEachDatabase } from "../../support/databases/Databases.ts"
import { makePlatform } from "../../twins/DeployPlatformMemory.ts"
import { type Answers, begin, by, names, played, stackOf } from "./played.ts"

const deployed = (answers: Answers, version = "v2") =>
  Effect.gen(function*() {
    const sql = yield* SqlClient.SqlClient
    yield* sql`DELETE FROM releases`
    const platform = makePlatform(names, "v1")
    const ended = yield* played(begin(platform, version, answers))
    const versions = [...platform.places.values()].map(({ live }) =>
      Option.getOrUndefined(Option.map(live, ({ version }) => version))
    )
    return { ended, platform, versions }
  })

const expectRolledBack = Effect.fnUntraced(function*(answers: Answers, version?: string) {
  const { ended, platform, versions } = yield* deployed(answers, version)
  assert.strictEqual(ended.outcome, "rolled_back", ended.reason)
  assert.deepStrictEqual(versions, ["v1", "v1"])
  assert.deepStrictEqual([...platform.places.values()].map(({ autodeploy }) => autodeploy), [false, false])
  const { calls } = platform
  const back = calls.findIndex((call) => call.startsWith("rollback"))
  assert.isAbove(back, calls.indexOf("autodeploy off base-worker"))
  assert.notInclude(calls.slice(back).join(), "autodeploy on")
  return ended
})

const less = (unusedSince: Option.Option<number>) => ({
  number: 2,
  name: "0002_less",
  contracts: ["drops a column"],
  unusedSince
})

onEachDatabase("a deployment", (it) => {
  it.layer(Layer.provideMerge(ReleasesSql, IdsRandom))((it) => {
    it.effect("a good version goes through every step, and autodeploy comes back on at its promotion", () =>
      Effect.gen(function*() {
        const { ended, platform, versions } = yield* deployed({})
        assert.deepStrictEqual(ended, { outcome: "promoted", reason: "all steps passed" })
        assert.deepStrictEqual(versions, ["v2", "v2"])
        assert.isTrue([...platform.places.values()].every(({ autodeploy }) => autodeploy))
        const releases = yield* Releases
        const [release] = yield* releases.list(Option.some("test"), 1)
        assert.strictEqual(release?.outcome, "promoted")
        const steps = yield* releases.steps(
          yield* Effect.map(Effect.fromNullishOr(release), ({ releaseId }) => releaseId)
        )
        assert.deepStrictEqual(
          steps.map(({ step }) => step),
          ["validate", "freeze", "migrate", "deploy", "verify", "smoke", "watch", "promote"]
        )
      }))

    it.effect("a version that never becomes live is rolled back, with autodeploy off first", () =>
      Effect.gen(function*() {
        assert.match((yield* expectRolledBack({}, "broken-2")).reason, /^deploy: /)
      }))

    for (
      const [title, answers] of [
        ["fails its verification", { verify: "fail" }],
        ["cannot be verified", { verify: "inconclusive" }],
        ["fails its smoke test", { smoke: "fail" }],
        ["becomes unhealthy while it is watched", { health: ["pass", "fail"] }],
        ["gives no data while it is watched", { health: ["inconclusive"] }]
      ] satisfies ReadonlyArray<readonly [string, Answers]>
    ) {
      // The smoke test is part of the proof that a rollback worked.
      if (title === "fails its smoke test") continue
      it.effect(`a version that ${title} is rolled back`, () => expectRolledBack(answers))
    }

    it.effect("one bad look while a version is watched rolls nothing back", () =>
      Effect.gen(function*() {
        const { ended } = yield* deployed({ health: ["pass", "fail", "pass"] })
        assert.strictEqual(ended.outcome, "promoted")
      }))

    it.effect("a rollback that cannot be verified asks for a person", () =>
      Effect.gen(function*() {
        const { ended } = yield* deployed({ smoke: "fail" })
        assert.strictEqual(ended.outcome, "needs_a_person")
        assert.match(ended.reason, /^smoke: .*The rollback stopped at rollback\.verify/)
      }))

    it.effect("an environment that is not valid is not touched", () =>
      Effect.gen(function*() {
        for (const validate of ["fail", "inconclusive"] as const) {
          const { ended, platform } = yield* deployed({ validate })
          assert.strictEqual(ended.outcome, "rolled_back")
          assert.deepStrictEqual(platform.calls, [])
        }
      }))

    it.effect("a migration that takes something away is refused, and what to do instead is said", () =>
      Effect.gen(function*() {
        const { reason } = yield* expectRolledBack({ migrations: [less(Option.none())] })
        assert.match(reason, /0002_less drops a column.*First deploy a release that no longer uses it/)
        yield* expectRolledBack({ migrations: [less(Option.some(2))] })
      }))

    it.effect("a migration that takes away what the running release no longer uses is applied, but not after a rollback", () =>
      Effect.gen(function*() {
        const migrations = [less(Option.some(1))]
        assert.strictEqual((yield* deployed({ migrations })).ended.outcome, "promoted")
        yield* played(begin(makePlatform(names, "v1"), "v2", { verify: "fail" }))
        const { reason } = yield* played(begin(makePlatform(names, "v1"), "v3", { migrations }))
        assert.match(reason, /0002_less drops a column/)
      }))

    it.effect("a rollback restores settings by name from the record of the last promotion", () =>
      Effect.gen(function*() {
        const sql = yield* SqlClient.SqlClient
        yield* sql`DELETE FROM releases`
        const platform = makePlatform(names, "v1")
        const { settings } = yield* Effect.fromNullishOr(platform.places.get("base-worker"))
        settings.set("OPENAI_API_KEY", Redacted.make("the good key"))
        yield* played(begin(platform, "v2", {}))
        settings.delete("OPENAI_API_KEY")
        settings.set("OPENAI_API_KYE", Redacted.make("the bad key"))
        const ended = yield* played(begin(platform, "v3", { verify: "fail" }))
        assert.strictEqual(ended.outcome, "rolled_back")
        const key = settings.get("OPENAI_API_KEY")
        assert.strictEqual(key && Redacted.value(key), "the good key")
        assert.isFalse(settings.has("OPENAI_API_KYE"))
        const rows = yield* sql<{ readonly text: string }>`SELECT releases::text AS text FROM releases`
        for (const { text } of rows) assert.notMatch(text, /the (good|bad) key/)
      }))

    it.effect("a second deployment is refused, and told of the first", () =>
      Effect.gen(function*() {
        const sql = yield* SqlClient.SqlClient
        yield* sql`DELETE FROM releases`
        const platform = makePlatform(names, "v1")
        yield* (yield* Releases).begin(
          { environment: "test", version: "v2", by, before: { migration: 1, services: [] } },
          Duration.minutes(1)
        )
        for (const version of ["v2", "v3"]) {
          const refused = yield* Effect.flip(begin(platform, version, {}))
          assert.strictEqual(refused._tag, "ReleaseRefused")
          if (refused._tag === "ReleaseRefused") assert.strictEqual(refused.release.version, "v2")
        }
      }))

    it.effect("a command killed after any step and started again ends in the same state", () =>
      Effect.gen(function*() {
        const sql = yield* SqlClient.SqlClient
        for (const step of ["validate", "freeze", "migrate", "deploy", "verify", "smoke", "watch", "promote"]) {
          yield* sql`DELETE FROM releases`
          const platform = makePlatform(names, "v1")
          const killed = runRelease({
            environment: "test",
            version: "v2",
            services: names,
            by,
            watchFor: Duration.minutes(2),
            canary: Option.none(),
            rolloutTime: Duration.minutes(1),
            onStep: (name, result) => name === step && result !== undefined ? Effect.die("killed") : Effect.void
          }).pipe(Effect.provide(Layer.merge(platform.layer, stackOf({}))))
          yield* Effect.exit(played(killed))
          const ended = yield* played(begin(platform, "v2", {}))
          assert.deepStrictEqual(ended, { outcome: "promoted", reason: "all steps passed" }, step)
          assert.isTrue([...platform.places.values()].every(({ autodeploy }) => autodeploy), step)
          const { calls } = platform
          const made = calls.length
          assert.strictEqual((yield* played(begin(platform, "v2", {}))).outcome, "promoted")
          assert.lengthOf(calls, made, "a version that runs is not deployed again")
          const began = yield* sql`SELECT DISTINCT release_id FROM releases`
          assert.lengthOf(began, 1)
        }
      }))

    it.effect("a lease that is renewed while the release is ended does not end the command", () =>
      Effect.gen(function*() {
        const sql = yield* SqlClient.SqlClient
        yield* sql`DELETE FROM releases`
        const releases = yield* Releases
        // The answer to the end comes as late as a lost lease would have been noticed.
        const slow = Releases.of({
          ...releases,
          end: (...args) =>
            Effect.tap(
              releases.end(...args),
              Effect.repeat(Effect.andThen(TestClock.adjust(releaseRenewal), releases.list(Option.none(), 1)), {
                times: 5
              })
            )
        })
        const platform = makePlatform(names, "v1")
        const ended = yield* Effect.provideService(played(begin(platform, "v2", {})), Releases, slow)
        assert.strictEqual(ended.outcome, "promoted")
      }))

    it.effect("a person rolls a release back that is on hold, and the audit log has the reason", () =>
      Effect.gen(function*() {
        const sql = yield* SqlClient.SqlClient
        yield* sql`DELETE FROM releases`
        const platform = makePlatform(names, "v1")
        const releases = yield* Releases
        const ask = Effect.fnUntraced(function*(request: "hold" | "rollback", reason: string) {
          const [release] = yield* releases.list(Option.some("test"), 1)
          if (release !== undefined) yield* releases.ask(release.releaseId, request, { ...by, reason })
        })
        const run = runRelease({
          environment: "test",
          version: "v2",
          services: names,
          by,
          watchFor: Duration.minutes(2),
          canary: Option.none(),
          rolloutTime: Duration.minutes(1),
          onStep: (name, result) =>
            // What the person asked for is judged by the outcome below.
            Effect.ignore(
              name !== "deploy" ? Effect.void : ask(result === undefined ? "hold" : "rollback", "the orders look wrong")
            )
        }).pipe(Effect.provide(Layer.merge(platform.layer, stackOf({}))))
        const ended = yield* played(run)
        assert.deepStrictEqual(ended, {
          outcome: "rolled_back",
          reason: "requested by a person: the orders look wrong"
        })
        const entries = yield* sql`
          SELECT action, reason FROM audit_log WHERE action IN ('release.hold', 'release.rollback') ORDER BY entry_id`
        assert.deepStrictEqual(entries, [
          { action: "release.hold", reason: "the orders look wrong" },
          { action: "release.rollback", reason: "the orders look wrong" }
        ])
      }))
  })
})
