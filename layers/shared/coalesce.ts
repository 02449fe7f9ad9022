/**
 * Batches the requests of many fibers: requests that arrive during a run are sent together in the next one (one commit, one
 * sync). A lone request runs at once. Measured for moves: six times the rate of one statement each.
 */
import { Cause, Deferred, Effect, Exit, Option, Queue, type Scope } from "effect"
import { onBehalfOf, type Requester, requesterOf } from "../../otel/shared.ts"

interface Waiting<Request, Result, E> {
  readonly request: Request
  readonly done: Deferred.Deferred<Result, E>
  readonly requester: Requester
}

/** Returns one result for each request, in order. */
type Run<Request, Result, E> = (
  requests: ReadonlyArray<Request>
) => Effect.Effect<ReadonlyArray<Exit.Exit<Result, E>>, E>

/**
 * Each request ends as it would alone: a failed group is retried in halves, down to the failing request. Failures that
 * affect all requests, such as an unavailable database, are not retried here.
 */
export const inHalves = <Request, Result, E extends { readonly _tag: string }>(run: Run<Request, Result, E>) => {
  const each = (requests: ReadonlyArray<Request>): Effect.Effect<ReadonlyArray<Exit.Exit<Result, E>>> =>
    Effect.flatMap(Effect.exit(run(requests)), (exit) => {
      if (Exit.isSuccess(exit)) {
        return Effect.succeed(
          requests.map((_, index) =>
            exit.value[index] ?? Exit.die(new Error(`no result for request ${index} of ${requests.length}`))
          )
        )
      }
      if (requests.length === 1 || affectsAll(exit.cause)) {
        return Effect.succeed(requests.map(() => Exit.failCause(exit.cause)))
      }
      const middle = Math.ceil(requests.length / 2)
      return Effect.map(
        Effect.all([each(requests.slice(0, middle)), each(requests.slice(middle))]),
        ([first, second]) => [...first, ...second]
      )
    })
  return each
}

const affectsAll = (cause: Cause.Cause<{ readonly _tag: string }>): boolean =>
  Cause.hasInterrupts(cause)
  || Option.exists(Cause.findErrorOption(cause), ({ _tag }) => _tag === "RecoverableError")

export const makeCoalescer = <Request, Result, E extends { readonly _tag: string }>(
  run: Run<Request, Result, E>,
  options: { readonly most: number; readonly lanes: number }
): Effect.Effect<(request: Request) => Effect.Effect<Result, E>, never, Scope.Scope> =>
  Effect.gen(function*() {
    const queue = yield* Queue.unbounded<Waiting<Request, Result, E>>()
    const runEach = inHalves(run)

    const resolve = (batch: ReadonlyArray<Waiting<Request, Result, E>>) =>
      Effect.flatMap(
        runEach(batch.map((waiting) => waiting.request)).pipe(
          onBehalfOf(batch.map((waiting) => waiting.requester))
        ),
        (results) =>
          Effect.sync(() => {
            for (const [index, { done }] of batch.entries()) {
              const result = results[index]
              if (result !== undefined) Deferred.doneUnsafe(done, result)
            }
          })
      )

    const lane = Queue.takeBetween(queue, 1, options.most).pipe(
      Effect.flatMap(resolve),
      Effect.forever
    )
    yield* Effect.forEach(Array.from({ length: options.lanes }), () => Effect.forkScoped(lane), { discard: true })

    // One effect in place of five: a document makes ten requests.
    return (request) =>
      Effect.withFiber(({ context }) => {
        const done = Deferred.makeUnsafe<Result, E>()
        Queue.offerUnsafe(queue, { request, done, requester: requesterOf(context) })
        return Deferred.await(done)
      })
  })
