/** A queue that the test fills and inspects, and a parser that holds every job until a gate opens. */
import { Context, Deferred, Effect, Layer, Queue, References, Stream } from "effect"
import { IdsRandom } from "../../layers/Ids/Random.ts"
import { Chunker } from "../../services/Chunker.ts"
import { Chunks } from "../../services/Chunks.ts"
import { DocumentParser } from "../../services/DocumentParser.ts"
import { Embedder } from "../../services/Embedder.ts"
import { Erasures } from "../../services/Erasures.ts"
import { Inventory } from "../../services/Inventory.ts"
import { JobQueue, type WorkerBeat } from "../../services/JobQueue.ts"
import { ObjectNames } from "../../services/ObjectNames.ts"
import { SecondReader } from "../../services/SecondReader.ts"
import { Uploads } from "../../services/Uploads.ts"
import { Vectors } from "../../services/Vectors.ts"
import type { ClaimedJob } from "../../src/domain/Job.ts"
import { type Move, StaleClaim } from "../../src/domain/Move.ts"
import { TransientError } from "../../src/domain/ServiceError.ts"
import { breakers } from "../support/builders/circuits.ts"
import { embeddingModel } from "../support/harness/TestApi.ts"
import { noDocuments } from "../support/stubs/noDocuments.ts"
import { ObjectStorageMemory } from "../twins/ObjectStorageMemory.ts"

export class Desk extends Context.Service<Desk, {
  /** Jobs that are due. */
  readonly due: Array<ClaimedJob>
  /** Due jobs of users with no job held. */
  readonly newcomers: Array<ClaimedJob>
  /** How many jobs each claim asked for. */
  readonly asked: Array<number>
  readonly begun: Array<string>
  readonly ended: Array<string>
  readonly beats: Array<WorkerBeat>
  readonly moves: Array<Move>
  readonly wake: Queue.Queue<void>
  /** The parser holds every job until then. */
  readonly gate: Deferred.Deferred<void>
  /** In milliseconds. */
  claimTakes: number
  /** The next claims fail. */
  failures: number
  stale: boolean
  clockAheadMs: number
  released: number
  sweeps: number
  isSweeper: boolean
  /** Parses whose result is not needed. */
  readonly abandoned: Array<string>
  /** Those cancelled at the parser. */
  readonly cancelled: Array<string>
}>()("accessa/test/Desk") {}

const unused = () => Effect.die(new Error("the worker has no use for this"))

export const desk = Layer.effectContext(Effect.gen(function*() {
  const state = Desk.of({
    due: [],
    newcomers: [],
    asked: [],
    begun: [],
    ended: [],
    beats: [],
    moves: [],
    wake: yield* Queue.unbounded<void>(),
    gate: yield* Deferred.make<void>(),
    claimTakes: 0,
    failures: 0,
    stale: false,
    clockAheadMs: 0,
    released: 0,
    sweeps: 0,
    isSweeper: true,
    abandoned: [],
    cancelled: []
  })
  return Context.make(Desk, state).pipe(
    Context.add(JobQueue, {
      claim: (_, limit, only) =>
        Effect.suspend(() => {
          if (state.failures-- > 0) {
            return Effect.fail(
              new TransientError({ code: "DATABASE_FAILED", message: "Away.", dependency: "database" })
            )
          }
          if (only === "newcomers") return Effect.succeed(state.newcomers.splice(0, limit))
          state.asked.push(limit)
          return Effect.delay(Effect.sync(() => state.due.splice(0, limit)), state.claimTakes)
        }),
      // A job that is parked ends its run.
      move: (move) =>
        Effect.suspend(() => {
          if (state.stale) return Effect.fail(new StaleClaim({ jobId: move.jobId }))
          state.moves.push(move)
          return Effect.void
        }),
      complete: unused,
      beat: (beat) =>
        Effect.sync(() => {
          state.beats.push(beat)
          return { isSweeper: state.isSweeper, mayBeDue: state.due.length > 0, clockAheadMs: state.clockAheadMs }
        }),
      release: () =>
        Effect.sync(() => {
          state.released++
          return 0
        }),
      rescue: Effect.sync(() => {
        state.sweeps++
        return { released: 0, dead: 0 }
      }),
      tidyTurns: Effect.succeed(0),
      takeAbandoned: Effect.sync(() => state.abandoned.splice(0)),
      nextDue: () => Effect.succeedNone,
      wakeups: Stream.fromQueue(state.wake)
    }),
    Context.add(DocumentParser, {
      name: "test",
      immediate: false,
      submit: ({ jobId }) => {
        state.begun.push(jobId)
        return Effect.andThen(
          Deferred.await(state.gate).pipe(
            Effect.onInterrupt(() => Effect.sync(() => void state.ended.push("interrupted")))
          ),
          Effect.fail(new TransientError({ code: "PARSER_FAILED", message: "Later.", dependency: "parser" }))
        )
      },
      result: unused,
      cancel: (id) =>
        id === "unknown"
          ? Effect.fail(new TransientError({ code: "PARSER_FAILED", message: "500", dependency: "parser" }))
          : Effect.sync(() => void state.cancelled.push(id)),
      probe: Effect.void,
      parsesOf: () => Effect.succeed([]),
      forget: unused
    })
  )
}))

/** Ports that a worker needs and these tests do not. */
export const idle = Layer.mergeAll(
  Layer.succeed(Chunker, { cut: unused }),
  Layer.succeed(Inventory, {
    covers: () => false,
    compare: unused,
    attachments: () => Effect.succeed({ _tag: "Attached", files: [], more: 0 })
  }),
  Layer.succeed(SecondReader, { read: unused }),
  Layer.succeed(Chunks, { begin: unused, store: unused, page: unused }),
  noDocuments,
  Layer.succeed(Embedder, { model: embeddingModel, embed: unused, probe: unused() }),
  Layer.succeed(Erasures, { hasten: () => Effect.void, finish: unused, take: Effect.succeed([]) }),
  Layer.succeed(ObjectNames, { page: unused, takeTurn: () => Effect.succeed(false), unnamed: unused }),
  Layer.succeed(Uploads, {
    answer: unused,
    confirm: unused,
    end: unused,
    find: unused,
    forget: unused,
    open: unused,
    receive: unused,
    takeDue: Effect.succeed([])
  }),
  Layer.succeed(Vectors, {
    announce: unused,
    announceQuery: unused,
    payProbe: unused,
    lose: unused,
    missing: unused,
    payQuery: unused,
    reuse: unused,
    search: unused,
    match: unused,
    nearest: unused,
    store: unused,
    withdraw: unused
  }),
  Layer.succeed(References.MinimumLogLevel, "None"),
  breakers,
  IdsRandom,
  ObjectStorageMemory
)
