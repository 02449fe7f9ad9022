/** How well questions find the chunk that answers them, among the chunks of all documents. */
import { Effect } from "effect"
import { chunkers } from "../../src/chunking/chunkers.ts"
import type { ChunkerId } from "../../src/domain/Chunk.ts"
import type { Corpus, Question } from "./corpus.ts"

/** Unit vectors, in the order of the texts. */
export type Embed<E> = (texts: ReadonlyArray<string>) => Effect.Effect<ReadonlyArray<Float32Array>, E>

interface Quality {
  readonly chunker: ChunkerId
  readonly chunks: number
  /** UTF-8 bytes that were embedded. */
  readonly bytes: number
  /** Share of the questions with an answering chunk among the first one and the first five. */
  readonly recall_at_1: number
  readonly recall_at_5: number
  /** Mean of one over the rank of the first answering chunk. */
  readonly mrr: number
  /** Of the questions about documents that are alike, and of all others. */
  readonly mrr_alike: number
  readonly mrr_other: number
}

/** The chunks, and the rank of the first one that answers each question, from 1; 0 if none does. */
const ranksOf = Effect.fnUntraced(function*<E>(chunker: ChunkerId, corpus: Corpus, embed: Embed<E>) {
  const chunks = corpus.documents.flatMap(({ filename, text }) =>
    Array.from(chunkers[chunker](text, filename), (chunk) => ({
      filename,
      start: chunk.meta.start,
      end: chunk.meta.end,
      input: (chunk.context ?? "") + chunk.text
    }))
  )
  const vectors = yield* embed(chunks.map(({ input }) => input))
  const asked = yield* embed(corpus.questions.map(({ question }) => question))
  const answers = (chunk: typeof chunks[number], { end, filename, start }: Question) =>
    chunk.filename === filename && chunk.start < end && start < chunk.end
  const ranks = corpus.questions.map((question, index) => {
    const nearest = chunks
      .map((chunk, at) => ({ chunk, score: dot(vectors[at], asked[index]) }))
      .toSorted((a, b) => b.score - a.score)
    return 1 + nearest.findIndex(({ chunk }) => answers(chunk, question))
  })
  return { chunks, ranks }
})

export const measure = Effect.fnUntraced(function*<E>(chunker: ChunkerId, corpus: Corpus, embed: Embed<E>) {
  const { chunks, ranks } = yield* ranksOf(chunker, corpus, embed)
  const within = (limit: number) => rounded(ranks.filter((rank) => rank > 0 && rank <= limit).length / ranks.length)
  const quality: Quality = {
    chunker,
    chunks: chunks.length,
    bytes: chunks.reduce((sum, { input }) => sum + Buffer.byteLength(input), 0),
    recall_at_1: within(1),
    recall_at_5: within(5),
    mrr: reciprocal(ranks),
    mrr_alike: reciprocal(ranks.filter((_, index) => corpus.questions[index]?.alike === true)),
    mrr_other: reciprocal(ranks.filter((_, index) => corpus.questions[index]?.alike === false))
  }
  return quality
})

const reciprocal = (ranks: ReadonlyArray<number>): number =>
  rounded(ranks.reduce((sum, rank) => sum + (rank === 0 ? 0 : 1 / rank), 0) / ranks.length)

const dot = (a: Float32Array = new Float32Array(), b: Float32Array = new Float32Array()): number => {
  let sum = 0
  for (let at = 0; at < a.length; at++) sum += (a[at] ?? 0) * (b[at] ?? 0)
  return sum
}

const rounded = (value: number): number => Math.round(value * 1_000) / 1_000
