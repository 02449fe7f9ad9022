/** A new version beside the old one, with a growing share of the documents: a platform in memory, and a real record of releases. */
import { assert } from "@effect/vitest"
import { DateTime, Duration, Effect, Layer, Option } from "effect"
import { SqlClient } from "effect/sql"
import { IdsRandom } from "../../../layers/Ids/Random.ts"
import { ReleasesSql } from "../../../layers/Postgres/releases/Releases.ts"
import { type ObservedJob, Releases } from "../../../services/Releases.ts"
import { runRelease } from "../../../src/deploy/release/run.ts"
import { randomFrom } from "../../../src/deploy/statistics/randomFrom.ts"
import { onEachDatabase } from "../../support/databases/Databases.ts"
import { makePlatform } from "../../twins/DeployPlatformMemory.ts"
import { type Answers, by, names, played, stackOf } from "./played.ts"

/** How the new version does with this share of the documents; undefined: none come. */
type Traffic = (percent: number) => { readonly slower: number; readonly failing: number } | undefined

/** All documents take ten times as long in so many looks, once the new version gets all of them. */
const busyAt100 = (looks: number) => {
  let made = 0
  let slow = false
  const traffic: Traffic = (percent) => {
    slow = percent === 100 && ++made <= looks
    return { slower: slow ? 10 : 1, failing: 0 }
  }
  return { slow: () => slow, looks: () => made, traffic }
}

/** A rollout beside the old version, with documents of both made up. */
const rolledOut = Effect.fnUntraced(function*(traffic: Traffic, answers: Answers = {}, version = "v2") {
  const sql = yield* SqlClient.SqlClient
  yield* sql`DELETE FROM releases`
  const platform = makePlatform(["base-worker-next", ...names], "v1")
  // It runs during a rollout alone.
  yield* Effect.map(Effect.fromNullishOr(platform.places.get("base-worker-next")), (place) => (place.replicas = 0))
  const releases = yield* Releases
  const random = randomFrom(7)
  const job = (isNew: boolean, slower: number, failing: number, at: DateTime.Utc): ObservedJob => ({
    isNew,
    status: "complete",
    troubled: random() < failing,
    history: (["uploaded", "parse_queued", "complete"] as const).map((toStatus, index) => ({
      toStatus,
      createdAt: DateTime.addDuration(at, Duration.millis(index * slower * (200 + 200 * random())))
    }))
  })
  const observed = Releases.of({
    ...releases,
    observe: (held) =>
      Effect.gen(function*() {
        // The port has no error for the test's own query.
        const [row] = yield* Effect.orDie(sql<{ readonly percent: number }>`
          SELECT claim_percent AS percent FROM releases WHERE release_id = ${held.release.releaseId}`)
        const now = yield* DateTime.now
        const ofNew = traffic(row?.percent ?? 0)
        return ofNew === undefined ? [] : Array.from(
          { length: 60 },
          (_, index) => index % 2 === 0 ? job(true, ofNew.slower, ofNew.failing, now) : job(false, 1, 0, now)
        )
      })
  })
  const ended = yield* played(
    runRelease({
      environment: "test",
      version,
      services: names,
      by,
      watchFor: Duration.minutes(2),
      canary: Option.some("base-worker-next"),
      rolloutTime: Duration.minutes(1),
      onStep: () => Effect.void
    }).pipe(
      Effect.provide(Layer.merge(platform.layer, stackOf(answers)))
    )
  ).pipe(Effect.provideService(Releases, observed))
  const [release] = yield* releases.list(Option.some("test"), 1)
  const steps = release === undefined ? [] : yield* releases.steps(release.releaseId)
  return { ended, platform, steps: steps.map(({ step }) => step) }
})

onEachDatabase("a rollout", (it) => {
  it.layer(Layer.provideMerge(ReleasesSql, IdsRandom))((it) => {
    it.effect("a version gets a growing share of the documents beside the old one, and all workers are replaced after it", () =>
      Effect.gen(function*() {
        const { ended, platform, steps } = yield* rolledOut(() => ({ slower: 1, failing: 0 }))
        assert.strictEqual(ended.outcome, "promoted", ended.reason)
        assert.includeMembers(steps, ["canary", "rollout.5", "rollout.25", "rollout.100"])
        const deploys = platform.calls.filter((call) => call.startsWith("deploy"))
        assert.deepStrictEqual(deploys.slice(0, 2), ["deploy base-worker-next v2", "deploy base-worker-next v2"])
      }))

    for (
      const [title, make, reason] of [
        ["is three times slower", () => ({ slower: 3, failing: 0 }), /^rollout\.5: time/],
        ["fails a third of its documents", () => ({ slower: 1, failing: 0.4 }), /^rollout\.5: failures/],
        ["gets no documents to compare", () => undefined, /^rollout\.5: documents: 0 of the new version/],
        [
          "becomes slower under more documents",
          (percent: number) => ({ slower: percent < 25 ? 1 : 4, failing: 0 }),
          /^rollout\.25: time/
        ]
      ] satisfies ReadonlyArray<readonly [string, Traffic, RegExp]>
    ) {
      it.effect(`a version that ${title} is rolled back before the other workers are replaced`, () =>
        Effect.gen(function*() {
          const { ended, platform } = yield* rolledOut(make)
          assert.strictEqual(ended.outcome, "rolled_back")
          assert.match(ended.reason, reason)
          assert.isEmpty(platform.calls.filter((call) => call === "deploy base-worker v2"))
        }))
    }

    it.effect("a good version is promoted although the machine was much slower for a while when it got all documents", () =>
      Effect.gen(function*() {
        const { slow, traffic } = busyAt100(12)
        const speed = () => slow() ? 100 : 10
        const { ended } = yield* rolledOut(traffic, { speed })
        assert.strictEqual(ended.outcome, "promoted", ended.reason)
      }))

    it.effect("a version that becomes slower with all documents is rolled back, at once if the machine is not slower", () =>
      Effect.gen(function*() {
        const { traffic } = busyAt100(Infinity)
        const alone = yield* rolledOut(traffic)
        assert.match(alone.ended.reason, /^rollout\.100: time/)
        const onSlow = busyAt100(Infinity)
        const together = yield* rolledOut(onSlow.traffic, { speed: () => onSlow.slow() ? 100 : 10 })
        assert.strictEqual(together.ended.outcome, "rolled_back")
        assert.match(together.ended.reason, /the environment itself may have become 10\.0 times slower/)
        assert.isAbove(onSlow.looks(), 10)
      }))

    it.effect("a canary that crashed does not run after the rollback, as before", () =>
      Effect.gen(function*() {
        const { ended, platform } = yield* rolledOut(() => undefined, {}, "broken-2")
        assert.match(ended.reason, /^canary: base-worker-next: it did not become healthy/)
        assert.strictEqual(platform.places.get("base-worker-next")?.replicas, 0)
        assert.strictEqual(platform.places.get("base-worker")?.replicas, 1)
      }))

    it.effect("a version whose canary is not what the old version makes of it gets no document of a user", () =>
      Effect.gen(function*() {
        const { ended, steps } = yield* rolledOut(() => ({ slower: 1, failing: 0 }), { beside: "fail" })
        assert.match(ended.reason, /^canary: /)
        assert.notInclude(steps, "rollout.5")
      }))
  })
})
