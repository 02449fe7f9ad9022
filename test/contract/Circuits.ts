/** The contract of circuits, as a suite over a layer. */
import { assert, layer } from "@effect/vitest"
import { Duration, Effect, type Layer, Option } from "effect"
import { Alerts } from "../../services/Alerts.ts"
import { Circuits, type Finding } from "../../services/Circuits.ts"

export const refusal = {
  dependency: "embedder",
  code: "EMBED_AUTH",
  message: "The key is refused.",
  failures: 1,
  probeAfter: Duration.minutes(5),
  actor: "worker:1"
} satisfies Omit<Finding, "generation">
export const operator = { actor: "key:7", role: "operator", reason: "A new key is set.", correlationId: null }

export const embedder = Effect.gen(function*() {
  const { list } = yield* Circuits
  return yield* Effect.fromNullishOr((yield* list).find(({ dependency }) => dependency === "embedder"))
})

/** All closed, and their alerts with them. */
const begin = Effect.gen(function*() {
  const circuits = yield* Circuits
  for (const { dependency } of yield* circuits.list) yield* circuits.reset(dependency, operator)
  return { ...circuits, generation: (yield* embedder).generation }
})

const openAlerts = Effect.flatMap(Alerts, ({ list }) => list({ which: "open" }))

export const circuitsContract = <E>(name: string, circuits: Layer.Layer<Alerts | Circuits, E>) =>
  layer(circuits)(`Circuits ${name}`, (it) => {
    it.effect("every dependency has one circuit, which is initially closed", () =>
      Effect.gen(function*() {
        const circuits = yield* begin
        assert.deepStrictEqual(
          (yield* circuits.list).map(({ dependency, state }) => `${dependency} ${state}`),
          ["database closed", "embedder closed", "parser closed", "storage closed"]
        )
      }))

    it.effect("a circuit is halted once, with one alert that counts all workers with the same finding", () =>
      Effect.gen(function*() {
        const { generation, halt } = yield* begin
        const took = yield* Effect.forEach([1, 2, 3, 4], () => halt({ ...refusal, generation }), {
          concurrency: "unbounded"
        })
        assert.lengthOf(took.filter((isCurrent) => isCurrent), 1)
        const found = yield* embedder
        assert.deepInclude(found, {
          code: "EMBED_AUTH",
          generation: generation + 1,
          state: "halted",
          updatedBy: "worker:1"
        })
        assert.approximately(Duration.toSeconds(found.probeIn ?? Duration.zero), 300, 5)
        assert.deepStrictEqual((yield* openAlerts).map(({ count, key }) => [key, count]), [["embedder:EMBED_AUTH", 4]])
      }))

    it.effect("a halted circuit is not tripped by an earlier finding", () =>
      Effect.gen(function*() {
        const { generation, halt, trip } = yield* begin
        yield* halt({ ...refusal, generation })
        assert.isFalse(yield* trip({ ...refusal, generation, code: "EMBED_UNAVAILABLE", probeAfter: Duration.zero }))
        assert.deepInclude(yield* embedder, { state: "halted", code: "EMBED_AUTH" })
      }))

    it.effect("a circuit that an operator has reset is not opened by an earlier finding, and raises no alert", () =>
      Effect.gen(function*() {
        const { generation, halt, reset, trip } = yield* begin
        yield* halt({ ...refusal, generation })
        assert.isTrue(Option.isSome(yield* reset("embedder", operator)))
        assert.isTrue(Option.isNone(yield* reset("embedder", operator)), "it is closed already")
        for (const late of [generation, generation + 1]) {
          assert.isFalse(yield* halt({ ...refusal, generation: late }))
          assert.isFalse(yield* trip({ ...refusal, generation: late, code: "EMBED_UNAVAILABLE" }))
        }
        assert.deepInclude(yield* embedder, { state: "closed", reason: operator.reason })
        assert.lengthOf(yield* openAlerts, 0)
      }))

    it.effect("a circuit admits one probe however many workers ask, and none before it is due", () =>
      Effect.gen(function*() {
        const { admitProbe, generation, halt, trip } = yield* begin
        assert.isTrue(Option.isNone(yield* admitProbe("embedder", "worker:1")), "the circuit is closed")
        yield* halt({ ...refusal, generation })
        assert.isTrue(Option.isNone(yield* admitProbe("embedder", "worker:1")), "too early")
        yield* trip({ ...refusal, generation: generation + 1, probeAfter: Duration.zero })
        const asked = yield* Effect.forEach(
          Array.from({ length: 20 }),
          () => admitProbe("embedder", "worker:2"),
          { concurrency: "unbounded" }
        )
        assert.deepStrictEqual(asked.flatMap(Option.toArray), [generation + 3])
        assert.deepInclude(yield* embedder, { state: "half_open", updatedBy: "worker:2", generation: generation + 3 })
      }))

    it.effect("a circuit is closed only by the latest probe", () =>
      Effect.gen(function*() {
        const { close, generation, halt } = yield* begin
        yield* halt({ ...refusal, generation })
        assert.isFalse(yield* close("embedder", generation, "worker:1"))
        assert.strictEqual((yield* embedder).state, "halted")
        assert.isTrue(yield* close("embedder", generation + 1, "worker:1"))
        assert.deepInclude(yield* embedder, { state: "closed", code: null, probeAt: null })
      }))

    it.effect("the alert of a circuit that a probe closes goes on if the circuit opens again, and ends with a reset", () =>
      Effect.gen(function*() {
        const { close, generation, halt, reset } = yield* begin
        const [before] = yield* openAlerts
        yield* halt({ ...refusal, generation })
        yield* close("embedder", generation + 1, "api")
        yield* halt({ ...refusal, generation: generation + 2 })
        const [alert, ...others] = yield* openAlerts
        assert.isAbove(alert?.count ?? 0, before?.count ?? 1)
        assert.lengthOf(others, 0)
        yield* reset("embedder", operator)
        assert.lengthOf(yield* openAlerts, 0)
      }))
  })
