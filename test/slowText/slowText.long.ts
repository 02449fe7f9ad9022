import { assert, describe, it } from "@effect/vitest"
import { Effect, Option } from "effect"
import { Worker } from "node:worker_threads"
import { openThread } from "../../layers/shared/ThreadClient.ts"
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

type Thread = Effect.Success<ReturnType<typeof openThread>>

/** The best of at most three runs, because the first may include compiling the reader; infinite if one does not return. */
const bestOf = Effect.fnUntraced(function*({ ask }: Thread, reading: Reading, goodEnough = 0) {
  let best = Infinity
  for (let run = 0; run < 3 && best > goodEnough; run++) {
    const time = yield* Effect.timeoutOption(Effect.map(ask(reading), Number), "1 minute")
    if (Option.isNone(time)) return Infinity
    best = Math.min(best, time.value)
  }
  return best
})

describe("the time to read a text", () => {
  it.live(
    "the time to read a text is linear in its length for every reader and every repeated fragment",
    () =>
      Effect.gen(function*() {
        const thread = yield* openThread(startThread)
        for (const reader of Object.keys(readers)) {
          for (const text of fragments) {
            const long = { reader, text: repeated(text, 4) }
            const first = yield* bestOf(thread, long, worthMeasuring)
            if (first <= worthMeasuring) continue
            const some = first === Infinity ? first : yield* bestOf(thread, { reader, text: repeated(text, 1) })
            // Four times as long if linear, sixteen times if quadratic.
            const most = 9 * some
            // Again, as the reader may have been compiled only after the first runs.
            const more = first < most ? first : yield* bestOf(thread, long, most)
            assert.isTrue(
              more < most,
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
