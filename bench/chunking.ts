/** Measures how fast the chunkers are, and whether their time grows linearly with the document. */
import { Console, Effect, FileSystem, Option, Path } from "effect"
import { Command, Flag } from "effect/cli"
import { threadCpuUsage } from "node:process"
import { chunkers } from "../src/chunking/chunkers.ts"
import { type ChunkerId, ChunkerId as ChunkerIds, identify } from "../src/domain/Chunk.ts"
import { DocumentId } from "../src/domain/Ids.ts"
import { canonicalText } from "../src/domain/text.ts"

const documentId = DocumentId.make("018f3c5e-7a90-7c2b-9d61-2f4f5b0c8a11")
const rounds = 7

export const chunking = Command.make(
  "chunking",
  {
    folder: Flag.Directory("folder", { mustExist: true }).pipe(Flag.optional),
    json: Flag.Boolean("json").pipe(Flag.withDefault(false))
  },
  Effect.fn("bench.chunking")(function*({ folder, json }) {
    const documents = Option.isSome(folder) ? yield* readFolder(folder.value) : generated()
    for (const chunker of ChunkerIds.literals) {
      const result = { chunker, ...measure(chunker, documents), growth: growth(chunker) }
      yield* Console.log(json ? JSON.stringify(result) : result)
    }
  })
)

const measure = (chunker: ChunkerId, documents: ReadonlyArray<string>) => {
  const bytes = documents.reduce((sum, text) => sum + Buffer.byteLength(text), 0)
  // A small folder is read repeatedly, so that a round lasts long enough to be measured.
  const repeats = Math.max(1, Math.ceil(8_000_000 / bytes))
  run(chunker, documents)
  // The fastest round: other work on the machine only makes a round slower.
  const fastest = Math.min(...Array.from({ length: rounds }, () =>
    time(() => {
      for (let i = 0; i < repeats; i++) run(chunker, documents)
    })))
  let chunks = 0
  let chunkBytes = 0
  for (const text of documents) {
    for (const chunk of chunkers[chunker](text, "bench.md")) {
      chunks++
      chunkBytes += Buffer.byteLength(chunk.text)
    }
  }
  return {
    mb_per_s: rounded((bytes * repeats) / 1000 / fastest),
    chunks,
    mean_bytes: Math.round(chunkBytes / Math.max(1, chunks)),
    documents: documents.length,
    mb: rounded(bytes / 1e6)
  }
}

/**
 * For every pathological shape: CPU time of a long document divided by that of four documents of a quarter of its length;
 * about 1 if linear.
 */
const growth = (chunker: ChunkerId) => {
  const fastest = (documents: ReadonlyArray<string>) =>
    Math.min(...Array.from({ length: 4 }, () => cpuTime(() => run(chunker, documents))))
  return Object.fromEntries(
    Object.entries(shapes).map(([name, shape]) => {
      const long = [canonicalText(shape(4_000_000))]
      const short = Array.from({ length: 4 }, () => canonicalText(shape(1_000_000)))
      return [name, rounded(fastest(long) / fastest(short))]
    })
  )
}

const fill = (piece: string) => (length: number) => piece.repeat(Math.ceil(length / piece.length))

const shapes: Record<string, (length: number) => string> = {
  letters: fill("a"),
  words: fill("word "),
  spaces: (length) => `a${" ".repeat(length)}b`,
  newlines: (length) => `a${"\n".repeat(length)}b`,
  lines: fill("the same line\n"),
  han: fill("保险合同"),
  thai: fill("กรมธรรม์ประกันภัย"),
  emoji: fill("👨‍👩‍👧‍👦"),
  flags: fill("🇩🇪"),
  marks: fill("\u0301"),
  headings: fill("# a\n"),
  items: fill(`${"  ".repeat(25)}- item\n`),
  table: (length) => `| a | b |\n| - | - |\n${fill("| 1 | 2 |\n")(length)}`,
  row: fill("| cell "),
  fence: (length) => `\`\`\`\n${fill("code()\n")(length)}`,
  fences: fill("```\ncode\n```\n"),
  backticks: fill("`"),
  dashes: fill("a\n\n---"),
  pages: fill("<!-- page 1 -->\n"),
  pageStarts: fill("<!-- page 1")
}

const run = (chunker: ChunkerId, documents: ReadonlyArray<string>): void => {
  for (const text of documents) {
    let ordinal = 0
    for (const chunk of chunkers[chunker](text, "bench.md")) identify(documentId, chunker, ordinal++, chunk)
  }
}

const time = (work: () => void): number => {
  const start = performance.now()
  work()
  return performance.now() - start
}

/** CPU time, excluding other work on the machine. */
const cpuTime = (work: () => void): number => {
  const start = threadCpuUsage()
  work()
  const { system, user } = threadCpuUsage(start)
  return system + user
}

const rounded = (value: number): number => Math.round(value * 100) / 100

const readFolder = Effect.fn("bench.readFolder")(function*(folder: string) {
  const files = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const names = yield* files.readDirectory(folder, { recursive: true })
  const texts = yield* Effect.forEach(
    names.filter((name) => name.endsWith(".md")).sort(),
    (name) => files.readFileString(path.join(folder, name)),
    { concurrency: 16 }
  )
  return texts.map(canonicalText).filter((text) => text.trim() !== "")
})

/** Policies of about 20 kB, with what parsers give: headings, prose, lists, tables, code, pages. */
const generated = (): ReadonlyArray<string> =>
  Array.from({ length: 200 }, (_, document) =>
    canonicalText(
      Array.from({ length: 12 }, (_, part) =>
        `<!-- page ${part + 1} -->

## ${part + 1}. What is covered in part ${document * part}

${"The insurer pays for loss of or damage to the insured property, up to the sum stated in the schedule. ".repeat(6)}

- Fire, lightning and explosion
- Storm, if the wind reached at least force ${part} on the coast
- Theft after a break-in

| Item | Limit | Deductible |
| - | - | - |
${Array.from({ length: 12 }, (_, row) => `| Item ${row} | ${row * 1250} | ${row * 50} |`).join("\n")}

\`\`\`
premium = base * ${part} + ${document}
\`\`\`
`).join("\n")
    ))
