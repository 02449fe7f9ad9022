/**
 * `pnpm bench compare`: compares the pipeline with LangChain.js, LlamaIndex.TS and a script without durability, in turns, on the
 * server of DATABASE_URL. The peers have their own packages: `pnpm install --dir bench/peers --ignore-workspace`.
 */
import { Console, Effect, FileSystem, Schema } from "effect"
import { Command, Flag } from "effect/cli"
import { emptyDatabase, medianOf, mockEmbeddings, printed, requirePeers, requireServer, runChild } from "./child.ts"
import { Measurement } from "./Measurement.ts"

const contestants = {
  pipeline: "Accessa",
  script: "script without durability",
  langchain: "LangChain.js",
  llamaindex: "LlamaIndex.TS"
} as const
type Contestant = keyof typeof contestants

const { chunks, cpu_s, docs_per_s, documents, rss_mb, wall_s } = Measurement.fields
const Line = Schema.Struct({ chunks, cpu_s, docs_per_s, documents, rss_mb, wall_s })
type Line = typeof Line.Type
const decode = Schema.decodeUnknownEffect(Schema.fromJsonString(Line))

interface Place {
  readonly folder: string
  readonly passes: number
  readonly url: string
}

const runPeer = Effect.fnUntraced(function*(peer: string, { folder, passes, url }: Place) {
  const environment = { ...(yield* emptyDatabase), OPENAI_API_URL: url }
  return yield* decode(yield* printed(["bench/peers/run.mjs", peer, folder, String(passes)], environment))
}, Effect.scoped)

const run = (contestant: Contestant, place: Place) =>
  contestant === "pipeline"
    ? runChild("bench/ingestPipeline.ts", place.folder, { OPENAI_API_URL: place.url }, { passes: place.passes })
    : runPeer(contestant, place)

export const compare = Command.make(
  "compare",
  {
    folder: Flag.Directory("folder", { mustExist: true }),
    rounds: Flag.Int("rounds").pipe(Flag.withDefault(5)),
    delay: Flag.Finite("delay").pipe(
      Flag.withDescription("Seconds a request to the provider takes"),
      Flag.withDefault(0)
    ),
    passes: Flag.Int("passes").pipe(
      Flag.withDescription("How often each process ingests the folder; only the last pass counts"),
      Flag.withDefault(1)
    ),
    write: Flag.Boolean("write").pipe(
      Flag.withDescription(`Write the table to docs/benchmarks.md`),
      Flag.withDefault(false)
    )
  },
  Effect.fn("bench.compare")(function*({ delay, folder, passes, rounds, write }) {
    yield* requireServer
    const fs = yield* FileSystem.FileSystem
    yield* requirePeers
    const place = { folder, passes, url: yield* mockEmbeddings(delay) }
    const lines: Record<Contestant, Array<Line>> = { pipeline: [], script: [], langchain: [], llamaindex: [] }
    const order: Array<Contestant> = ["pipeline", "script", "langchain", "llamaindex"]
    for (let round = 0; round < rounds; round++) {
      for (const contestant of order) {
        const line = yield* run(contestant, place)
        lines[contestant].push(line)
        yield* Console.error(`${contestants[contestant]}: ${line.docs_per_s.toFixed(1)} documents/s`)
      }
      // The first run of a round has the colder machine.
      order.push(...order.splice(0, 1))
    }
    const title = `${delay === 0 ? "Without delay" : `Requests take ${delay * 1_000} ms`}, ${
      passes === 1 ? "a new process" : "a process that has run for a while"
    }`
    const table = tableOf(title, order.toSorted(), lines)
    yield* Console.log(table)
    if (write) yield* fs.writeFileString(page, put(yield* fs.readFileString(page), title, table))
  }, Effect.scoped)
)

const page = "docs/benchmarks.md"

const tableOf = (title: string, order: ReadonlyArray<Contestant>, lines: Record<Contestant, ReadonlyArray<Line>>) => {
  const rows = order.map((contestant) => {
    const own = lines[contestant]
    const [first] = own
    const speeds = own.map((line) => line.docs_per_s)
    // Of the same round: the machine is not as fast in each.
    const share = medianOf(
      lines.pipeline.map((line, round) => line.docs_per_s / (own[round]?.docs_per_s ?? Number.NaN))
    )
    const cpu = medianOf(own.map((line) => 1_000 * line.cpu_s / line.documents))
    return [
      contestants[contestant],
      `${medianOf(speeds).toFixed(0)} (${Math.min(...speeds).toFixed(0)} to ${Math.max(...speeds).toFixed(0)})`,
      share.toFixed(2),
      first?.chunks ?? 0,
      cpu.toFixed(1),
      medianOf(own.map((line) => line.rss_mb))
    ]
  })
  const head = ["", "documents/s", "Accessa's speed relative to it", "chunks", "CPU ms per document", "peak MB"]
  return [`### ${title}`, "", ...[head, head.map(() => "---"), ...rows].map((row) => `| ${row.join(" | ")} |`), ""]
    .join("\n")
}

/** In place of the table of that title, or at the end of its section. */
const put = (text: string, title: string, table: string): string => {
  const at = text.indexOf(`### ${title}\n`)
  const section = text.indexOf(heading)
  const next = (from: number, mark: RegExp) => {
    const found = text.slice(from).search(mark)
    return found < 0 ? text.length : from + found
  }
  if (at >= 0) return text.slice(0, at) + table + "\n" + text.slice(next(at + 4, /^##/mu))
  const end = next(section + heading.length, /^## /mu)
  return text.slice(0, end) + table + "\n" + text.slice(end)
}

const heading = "## Comparison with other libraries\n"
