/** Takes inventories in a thread, limited in time and memory, one source at a time. */
import { Effect, Layer, Option, Pool, Schema, Stream } from "effect"
import { Worker } from "node:worker_threads"
import { Inventory } from "../../services/Inventory.ts"
import { Attached } from "../../src/domain/Attachment.ts"
import { Comparison } from "../../src/domain/coverage/Coverage.ts"
import { withSource } from "../DocumentParser/local/source/readSource.ts"
import { openThread } from "../shared/ThreadClient.ts"
import { threadEnv } from "../shared/threadEnv.ts"
import type { InventoryRequest } from "./inventoryThread.ts"

const timeLimit = "60 seconds"
const memoryLimitMb = 512

export const InventoryThread = Layer.effect(
  Inventory,
  Effect.gen(function*() {
    const threads = yield* Pool.makeWithTTL({ acquire: openThread(start), min: 0, max: 1, timeToLive: "1 minute" })

    /** None, with the reason, after a failure. */
    const ask = Effect.fnUntraced(function*(request: InventoryRequest) {
      const thread = yield* Pool.get(threads)
      // After a failure the thread's state is unknown.
      const discard = Pool.invalidate(threads, thread)
      const failed = (reason: string) => Effect.as(discard, { _tag: "Unknown" as const, reason })
      return yield* thread.ask(request, [request.bytes.buffer]).pipe(
        Effect.catch(() => failed("Reading the file exceeded the memory limit.")),
        Effect.timeoutOrElse({
          duration: timeLimit,
          orElse: () => failed(`Reading the file took more than ${timeLimit}.`)
        }),
        Effect.onInterrupt(() => discard)
      )
    }, Effect.scoped)

    return Inventory.of({
      covers: (mediaType) => withSource.includes(mediaType),
      compare: Effect.fn("Inventory.compare")(function*({ content, mediaType }, markdown) {
        const bytes = yield* gather(content)
        const reply = yield* ask({ mediaType, bytes, asked: { markdown: yield* gather(markdown) } })
        return Option.getOrElse(decodeComparison(reply), () => unknown("The comparison had no result."))
      }),
      attachments: Effect.fn("Inventory.attachments")(function*({ content, mediaType }, most) {
        const reply = yield* ask({ mediaType, bytes: yield* gather(content), asked: { attachments: most } })
        return Option.getOrElse(decodeAttached(reply), () => unknown("The mail's attachments cannot be read."))
      })
    })
  })
)

const gather = <E>(content: Stream.Stream<Uint8Array, E>) =>
  Effect.map(Stream.runCollect(content), (parts) => Uint8Array.from(Buffer.concat(parts)))

const start = () =>
  new Worker(new URL("./inventoryThread.ts", import.meta.url), {
    env: threadEnv(),
    argv: [],
    execArgv: [],
    resourceLimits: { maxOldGenerationSizeMb: memoryLimitMb }
  })

const decodeComparison = Schema.decodeUnknownOption(Comparison)
const decodeAttached = Schema.decodeUnknownOption(Attached)

const unknown = (reason: string) => ({ _tag: "Unknown" as const, reason })
