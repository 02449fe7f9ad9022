/** Takes inventories in a thread, limited in time and memory, one source at a time. */
import { Effect, Layer, Option, Pool, Schema, Stream } from "effect"
import { Worker } from "node:worker_threads"
import { Inventory } from "../../services/Inventory.ts"
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

    const ask = Effect.fnUntraced(function*(request: InventoryRequest) {
      const thread = yield* Pool.get(threads)
      // After a failure the thread's state is unknown.
      const discard = Pool.invalidate(threads, thread)
      return yield* thread.ask(request, [request.bytes.buffer]).pipe(
        Effect.map((reply) => Option.getOrElse(decode(reply), () => unknown("The comparison had no result."))),
        Effect.catch(() => Effect.as(discard, unknown("Reading the file exceeded the memory limit."))),
        Effect.timeoutOrElse({
          duration: timeLimit,
          orElse: () => Effect.as(discard, unknown(`Reading the file took more than ${timeLimit}.`))
        }),
        Effect.onInterrupt(() => discard)
      )
    }, Effect.scoped)

    return Inventory.of({
      covers: (mediaType) => withSource.includes(mediaType),
      compare: Effect.fn("Inventory.compare")(function*({ content, mediaType }, markdown) {
        const bytes = yield* gather(content)
        return yield* ask({ mediaType, bytes, markdown: yield* gather(markdown) })
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

const decode = Schema.decodeUnknownOption(Comparison)

const unknown = (reason: string): Comparison => ({ _tag: "Unknown", reason })
