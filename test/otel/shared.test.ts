import { assert, describe, it } from "@effect/vitest"
import { Effect, Option, Tracer } from "effect"
import { onBehalfOf, requester, tracedIfRecorded } from "../../otel/shared.ts"

const keepingSpans = () => {
  const made: Array<Tracer.Span> = []
  const tracer = Tracer.make({
    span: (options) => {
      const span = new Tracer.NativeSpan(options)
      made.push(span)
      return span
    }
  })
  return { made, tracer }
}

/** Two requests whose work one fiber does, and the spans of that work. */
const together = Effect.fnUntraced(function*(sampled: readonly [boolean, boolean]) {
  const { made, tracer } = keepingSpans()
  yield* Effect.gen(function*() {
    const asked = yield* Effect.forEach(
      sampled,
      (isSampled, n) =>
        Effect.flatMap(
          Effect.makeSpan(`request ${n}`, { sampled: isSampled, root: true }),
          (span) => Effect.withParentSpan(requester, span)
        )
    )
    // Whose fiber does the work makes no difference.
    yield* Effect.void.pipe(Effect.withSpan("work"), onBehalfOf(asked), tracedIfRecorded)
  }).pipe(Effect.withTracer(tracer))
  const named = (name: string) => made.find((span) => span.name === name)
  return { work: named("work"), batch: named("batch"), requests: [named("request 0"), named("request 1")] as const }
})
const parentOf = (span: Tracer.Span | undefined) => Option.getOrUndefined(span?.parent ?? Option.none())?.spanId

describe("work for several requests", () => {
  it.effect("is in the trace of the first, and linked with the others", () =>
    Effect.gen(function*() {
      const { batch, requests: [first, second], work } = yield* together([true, true])
      assert.strictEqual(parentOf(work), batch?.spanId)
      assert.strictEqual(parentOf(batch), first?.spanId)
      assert.deepStrictEqual(batch?.links.map(({ span }) => span.spanId), [second?.spanId])
      assert.deepStrictEqual(second?.links.map(({ span }) => span.spanId), [batch?.spanId])
    }))

  it.effect("is in the trace of the one that is recorded", () =>
    Effect.gen(function*() {
      const { batch, requests, work } = yield* together([false, true])
      assert.isUndefined(batch)
      assert.strictEqual(parentOf(work), requests[1]?.spanId)
    }))

  it.effect("is not traced if none of them is", () =>
    Effect.gen(function*() {
      assert.isUndefined((yield* together([false, false])).work)
    }))
})

describe("a trace in this process", () => {
  const spansOf = Effect.fnUntraced(function*(sampled: boolean) {
    const { made, tracer } = keepingSpans()
    yield* Effect.void.pipe(
      Effect.withSpan("work"),
      tracedIfRecorded,
      Effect.withSpan("job", { sampled }),
      Effect.withTracer(tracer)
    )
    return made.map(({ name }) => name)
  })

  it.effect("has the spans below its first one if that is recorded", () =>
    Effect.gen(function*() {
      assert.deepStrictEqual(yield* spansOf(true), ["job", "work"])
    }))

  it.effect("has no spans below its first one if that is not recorded", () =>
    Effect.gen(function*() {
      assert.deepStrictEqual(yield* spansOf(false), ["job"])
    }))
})
