import { assert, describe, it } from "@effect/vitest"
import { type Duration, Effect } from "effect"
import { Worker } from "node:worker_threads"
import { openThread, type ThreadFailed } from "../../layers/shared/ThreadClient.ts"
import { readers } from "./readers.ts"
import type { Reading } from "./readerThread.ts"

/** Fragments that the readers look for, and near misses. */
const fragments: ReadonlyArray<string> = [
  ..." \t\n\r\f\u00a0\u3000\u200d\u0000#*`~|-=_+>.·•:!?\"'\\/()[]{}<&@%1aé字\u0301\u{1f600}\ufffd\ud83d",
  "<!---->",
  "<!--",
  "-->",
  "<!-- page 1 -->",
  "<!-- page 1 -->\n",
  "<!-- page ",
  "<?xml ",
  "<html",
  "<meta ",
  "<meta charset",
  "charset= ",
  "<b>",
  "<s>",
  "<code>",
  "<b>a</b>",
  "<td>",
  "<li>",
  "<br>",
  "&amp;",
  "****",
  "**a",
  "``` ",
  "~~~\n",
  "- a\n",
  "1. a\n",
  "# a\n",
  "| a |\n",
  "|-|\n",
  "a\n===\n",
  "a-",
  ". ",
  " .",
  "a. ",
  "· ",
  " · ",
  "\u0323\u0301",
  "e\u0301",
  "\u{1f469}\u200d",
  "\u{1f1e9}",
  "/Type ",
  "/Type /Page",
  "/Type        /Page ",
  "%PDF",
  "PK\u0003\u0004",
  "a.b.",
  "../",
  "\u202e",
  "\u001b$B",
  "UNSUPPORTED_FILE_TYPE",
  "time out ",
  " \n",
  "\u00a0\n"
]

const length = 8_000
const repeated = (fragment: string, times: number) => `${fragment.repeat(Math.ceil(length * times / fragment.length))}x`

/** Shorter times are meaningless, because they include the clock's resolution and garbage collection. */
const worthMeasuring = 30

const startThread = () => new Worker(new URL("./readerThread.ts", import.meta.url))

const open = openThread(startThread)

/** Of the run with these; infinite if it does not return in time. */
const timeOf = (
  { ask }: Effect.Success<typeof open>,
  reading: Reading,
  patience: Duration.Input
): Effect.Effect<number, ThreadFailed> =>
  Effect.map(ask(reading), Number).pipe(
    Effect.timeoutOrElse({ duration: patience, orElse: () => Effect.succeed(Infinity) })
  )

/** The best of three runs, in a separate thread. */
const bestOf = Effect.fnUntraced(function*(reader: string, text: string) {
  const thread = yield* open
  const runs = Array.from({ length: 3 }, () => timeOf(thread, { reader, text }, "1 minute"))
  return Math.min(...yield* Effect.forEach(runs, (run) => run))
}, Effect.scoped)

/** The readers slow enough to be measured separately: all run in one thread until one hangs. */
const suspicious = Effect.fnUntraced(function*(readings: ReadonlyArray<Reading>) {
  const thread = yield* open
  const slow: Array<Reading> = []
  for (const [at, reading] of readings.entries()) {
    const time = yield* timeOf(thread, { ...reading, text: repeated(reading.text, 4) }, "20 seconds")
    if (time > worthMeasuring) slow.push(reading)
    if (time === Infinity) return { slow, left: readings.slice(at + 1) }
  }
  return { slow, left: [] }
}, Effect.scoped)

describe("the time to read a text", () => {
  it.live(
    "the time to read a text is linear in its length for every reader and every repeated fragment",
    () =>
      Effect.gen(function*() {
        let left = Object.keys(readers).flatMap((reader): ReadonlyArray<Reading> =>
          fragments.map((text) => ({ reader, text }))
        )
        while (left.length > 0) {
          const found = yield* suspicious(left)
          left = found.left
          for (const { reader, text } of found.slow) {
            const some = yield* bestOf(reader, repeated(text, 1))
            const more = yield* bestOf(reader, repeated(text, 4))
            // Four times as long if linear, sixteen times if quadratic.
            assert.isTrue(
              more < worthMeasuring || more < 9 * some,
              `${reader}: ${some} ms for ${length} characters of ${
                JSON.stringify(text)
              }, ${more} ms for four times as many`
            )
          }
        }
      }),
    300_000
  )
})
