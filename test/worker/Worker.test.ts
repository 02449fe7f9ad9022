/** The loop, over a queue that the test fills: which jobs, how many, and when. */
import { it } from "@effect/vitest"
import { Context, Deferred, Duration, Effect, Exit, Layer, Metric, Queue, Scope } from "effect"
import { TestClock } from "effect/testing"
import { assert, describe } from "vitest"
import { Circuits } from "../../services/Circuits.ts"
import { drainTime, guestJobs, pollInterval } from "../../src/policy/worker.ts"
import { EmbeddingBatches } from "../../src/stages/vectors/EmbeddingBatches.ts"
import { cancelParses } from "../../src/worker/cancelParses.ts"
import { Sweeper } from "../../src/worker/Sweeper.ts"
import { Worker } from "../../src/worker/Worker.ts"
import { workerId } from "../pipeline/worker.ts"
import { keyRefused } from "../support/builders/circuits.ts"
import { aClaim } from "../support/stubs/QueueLog.ts"
import { Desk, desk, idle } from "./Desk.ts"

const surroundings = EmbeddingBatches.layer.pipe(Layer.provideMerge(Layer.mergeAll(idle, desk, Sweeper.layer)))

const concurrency = 3
const start = Worker.layer({
  workerId,
  concurrency,
  heartbeat: Duration.seconds(10),
  hostname: "here",
  pid: 42,
  version: "1"
})

/** Everything that can happen without time passing has happened. */
const quiet = Effect.repeat(TestClock.adjust("1 millis"), { times: 20 })

/** A worker that runs for as long as the test, or until it is closed. */
const running = Effect.gen(function*() {
  const { gate } = yield* Desk
  const scope = yield* Scope.fork(yield* Effect.scope)
  // The clock stops when the test ends, and the worker would wait for its jobs.
  yield* Effect.addFinalizer(() => Deferred.succeed(gate, undefined))
  const context = yield* Layer.buildWithScope(start, scope)
  yield* quiet
  return { worker: Context.get(context, Worker), stop: Scope.close(scope, Exit.void) }
})

const jobs = (count: number) => Array.from({ length: count }, () => aClaim())

describe("a worker", () => {
  it.effect("a worker claims as many jobs as its concurrency allows, and another one when one ends", () =>
    Effect.gen(function*() {
      const { asked, begun, due, gate } = yield* Desk
      due.push(...jobs(5))
      const { worker } = yield* running
      assert.lengthOf(begun, concurrency)
      assert.strictEqual((yield* worker.report).holds.length, concurrency)
      assert.isTrue(asked.every((limit) => limit <= concurrency))
      yield* Deferred.succeed(gate, undefined)
      yield* quiet
      assert.lengthOf(begun, 5)
    }).pipe(Effect.provide(surroundings)))

  it.effect("a worker that is full still claims a few first jobs of users with no job held", () =>
    Effect.gen(function*() {
      const { begun, due, newcomers, wake } = yield* Desk
      due.push(...jobs(concurrency + 1))
      yield* running
      newcomers.push(...jobs(guestJobs + 2))
      yield* Queue.offer(wake, undefined)
      yield* quiet
      assert.lengthOf(begun, concurrency + guestJobs)
    }).pipe(Effect.provide(surroundings)))

  it.effect("a busy worker asks a slow database less often, and a very slow one still every few hundred milliseconds", () =>
    Effect.gen(function*() {
      const state = yield* Desk
      state.due.push(...jobs(1))
      yield* running
      const aSecond = Effect.repeat(
        Effect.andThen(Queue.offer(state.wake, undefined), TestClock.adjust("5 millis")),
        { times: 199 }
      )
      const claimsOfASecond = Effect.fnUntraced(function*(claimTakes: number) {
        state.claimTakes = claimTakes
        yield* aSecond
        const before = state.asked.length
        yield* aSecond
        return state.asked.length - before
      })
      assert.isAtLeast(yield* claimsOfASecond(1), 40)
      assert.isAtMost(yield* claimsOfASecond(40), 6)
      assert.isAtLeast(yield* claimsOfASecond(200), 2)
    }).pipe(Effect.provide(surroundings)))

  it.effect("a worker sleeps until it is woken, or until its next poll", () =>
    Effect.gen(function*() {
      const { begun, due, wake } = yield* Desk
      yield* running
      due.push(...jobs(1))
      yield* TestClock.adjust("1 second")
      assert.lengthOf(begun, 0)
      yield* Queue.offer(wake, undefined)
      yield* quiet
      assert.lengthOf(begun, 1)
      due.push(...jobs(1))
      yield* TestClock.adjust(pollInterval)
      yield* quiet
      assert.lengthOf(begun, 2)
    }).pipe(Effect.provide(surroundings)))

  it.effect("a worker sends a heartbeat at once and every ten seconds, and sweeps up after silent ones", () =>
    Effect.gen(function*() {
      const state = yield* Desk
      yield* running
      const first = state.beats.length
      assert.isAtLeast(first, 1)
      yield* TestClock.adjust("30 seconds")
      assert.isAtLeast(state.beats.length, first + 3)
      assert.include(state.beats.at(-1), {
        workerId,
        hostname: "here",
        pid: 42,
        version: "1",
        state: "running"
      })
      assert.isAtLeast(state.sweeps, 5)
    }).pipe(Effect.provide(surroundings)))

  it.effect("an idle worker that is not the sweeper neither sweeps nor polls until it is elected", () =>
    Effect.gen(function*() {
      const state = yield* Desk
      state.isSweeper = false
      yield* running
      const claims = state.asked.length
      yield* TestClock.adjust("1 minute")
      assert.deepStrictEqual([state.sweeps, state.asked.length], [0, claims])
      state.isSweeper = true
      yield* TestClock.adjust("25 seconds")
      assert.isAtLeast(state.sweeps, 1)
      assert.isAbove(state.asked.length, claims)
    }).pipe(Effect.provide(surroundings)))

  it.effect("a worker that is not the sweeper claims when its heartbeat says that a job may be due", () =>
    Effect.gen(function*() {
      const state = yield* Desk
      state.isSweeper = false
      yield* running
      state.due.push(...jobs(1))
      yield* TestClock.adjust("22.5 seconds")
      yield* quiet
      assert.lengthOf(state.begun, 1)
    }).pipe(Effect.provide(surroundings)))

  it.effect("a worker that neither sweeps nor holds a job sends fewer heartbeats, until it claims one", () =>
    Effect.gen(function*() {
      const state = yield* Desk
      state.isSweeper = false
      yield* running
      const first = state.beats.length
      yield* TestClock.adjust("45 seconds")
      assert.lengthOf(state.beats, first + 2)
      yield* TestClock.adjust("15 seconds")
      state.due.push(...jobs(1))
      yield* Queue.offer(state.wake, undefined)
      yield* quiet
      assert.lengthOf(state.beats.at(-1)?.holds ?? [], 1, "at once, because the last one was long ago")
      yield* TestClock.adjust("30 seconds")
      assert.isAtLeast(state.beats.length, first + 6)
    }).pipe(Effect.provide(surroundings)))

  it.effect("a worker continues after the queue was unavailable for a while", () =>
    Effect.gen(function*() {
      const state = yield* Desk
      state.failures = 3
      state.due.push(...jobs(1))
      yield* running
      assert.lengthOf(state.begun, 0)
      yield* TestClock.adjust("10 seconds")
      assert.lengthOf(state.begun, 1)
    }).pipe(Effect.provide(surroundings)))

  it.effect("a worker counts the writes that were refused because another worker held the job", () =>
    Effect.gen(function*() {
      const state = yield* Desk
      state.stale = true
      state.due.push(...jobs(2))
      yield* Deferred.succeed(state.gate, undefined)
      const { worker } = yield* running
      assert.include(yield* worker.report, { staleWrites: 2 })
    }).pipe(Effect.provide(surroundings)))

  it.effect("a worker measures how far its clock is ahead of the database's", () =>
    Effect.gen(function*() {
      const state = yield* Desk
      state.clockAheadMs = -420_000
      yield* running
      const seen = (yield* Metric.snapshot).find(({ id }) => id === "accessa_worker_clock_ahead_seconds")
      assert.deepInclude(seen?.state, { value: -420 })
    }).pipe(Effect.provide(surroundings)))

  it.effect("a worker runs one suspect at a time, and releases the others before it starts", () =>
    Effect.gen(function*() {
      const { begun, due, gate, moves } = yield* Desk
      const [first, second, third] = [
        aClaim({ crashCount: 2 }),
        aClaim({ crashCount: 2 }),
        aClaim({ crashCount: 1 })
      ]
      due.push(first, second, third)
      yield* running
      assert.deepStrictEqual(begun, [first.jobId, third.jobId])
      assert.lengthOf(moves, 1)
      assert.include(moves[0], { jobId: second.jobId, to: "uploaded", type: "waiting" })
      assert.isAbove(moves[0]?.releaseMs ?? 0, 0)
      yield* Deferred.succeed(gate, undefined)
      yield* quiet
      due.push(second)
      yield* TestClock.adjust(pollInterval)
      yield* quiet
      assert.deepStrictEqual(begun, [first.jobId, third.jobId, second.jobId])
    }).pipe(Effect.provide(surroundings)))

  it.effect("a worker that was suspended past its lease and claims a job again does not run it twice", () =>
    Effect.gen(function*() {
      const { begun, due, ended, gate, moves, wake } = yield* Desk
      const job = aClaim()
      due.push(job)
      const { worker } = yield* running
      due.push({ ...job, fence: job.fence + 2n })
      yield* Queue.offer(wake, undefined)
      yield* quiet
      assert.deepStrictEqual(begun, [job.jobId, job.jobId])
      assert.deepStrictEqual(ended, ["interrupted"])
      assert.strictEqual((yield* worker.report).holds.length, 1)
      yield* Deferred.succeed(gate, undefined)
      yield* quiet
      assert.deepStrictEqual(moves.map(({ fence }) => fence), [job.fence + 2n])
    }).pipe(Effect.provide(surroundings)))

  it.effect("a worker cancels abandoned parses, and continues if that fails", () =>
    Effect.gen(function*() {
      const { abandoned, cancelled } = yield* Desk
      yield* running
      abandoned.push("pjb-1", "unknown", "pjb-2")
      yield* TestClock.adjust("10 seconds")
      assert.deepStrictEqual(cancelled, ["pjb-1", "pjb-2"])
    }).pipe(Effect.provide(surroundings)))

  it.effect("while calls to the parser are halted, abandoned parses wait, and no error is logged", () =>
    Effect.gen(function*() {
      const { abandoned, cancelled } = yield* Desk
      yield* (yield* Circuits).halt({ ...keyRefused, dependency: "parser", code: "PARSER_AUTH" })
      abandoned.push("pjb-1")
      yield* cancelParses
      assert.deepStrictEqual([abandoned, cancelled], [["pjb-1"], []])
    }).pipe(Effect.provide(surroundings)))

  it.effect("a worker that is stopped claims no more, lets its jobs finish, releases the rest, and reports it", () =>
    Effect.gen(function*() {
      const { beats, begun, due, gate, moves } = yield* Desk
      const state = yield* Desk
      due.push(...jobs(1))
      const { stop } = yield* running
      const stopping = yield* Effect.forkChild(stop)
      yield* TestClock.adjust("1 second")
      due.push(...jobs(3))
      assert.isUndefined(stopping.pollUnsafe(), "it does not wait for its job")
      yield* Deferred.succeed(gate, undefined)
      yield* TestClock.adjust("1 second")
      assert.isDefined(stopping.pollUnsafe())
      assert.deepStrictEqual([begun.length, moves.length, state.released], [1, 1, 1])
      assert.strictEqual(beats.at(-1)?.state, "stopped")
    }).pipe(Effect.provide(surroundings)))

  it.effect("a worker that is stopped does not wait forever", () =>
    Effect.gen(function*() {
      const { beats, due, moves } = yield* Desk
      due.push(...jobs(1))
      const { stop } = yield* running
      const stopping = yield* Effect.forkChild(stop)
      yield* TestClock.adjust(Duration.sum(drainTime, Duration.seconds(1)))
      assert.isDefined(stopping.pollUnsafe())
      assert.lengthOf(moves, 0)
      assert.strictEqual(beats.at(-1)?.state, "stopped")
    }).pipe(Effect.provide(surroundings)))
})
