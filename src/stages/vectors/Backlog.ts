/**
 * Texts that wait for an embeddings request, by user. A request takes from all users evenly: the next text is always from
 * the user with the smallest share so far, so that no user waits behind another one's large document.
 */
import type { MissingChunk } from "../../../services/Vectors.ts"
import type { UserId } from "../../domain/Ids.ts"
import { embeddingBatch } from "../../policy/limits.ts"
import type { Slice } from "../../purchases/Slice.ts"

/** The part of one entry that goes in one request. */
export interface Taken<A> {
  readonly entry: A
  readonly chunks: ReadonlyArray<MissingChunk>
}

interface Text<A> {
  readonly entry: A
  readonly chunk: MissingChunk
  readonly bytes: number
}

export const makeBacklog = <A extends Slice>() => {
  // In the order of their turns: a user who was served goes to the end.
  const users = new Map<UserId, Array<Text<A>>>()
  const waiting = { inputs: 0, bytes: 0 }

  const keep = (user: UserId, texts: Array<Text<A>>) => {
    if (texts.length > 0) users.set(user, texts)
    else users.delete(user)
  }
  const count = (texts: ReadonlyArray<Text<A>>, sign: 1 | -1) => {
    waiting.inputs += sign * texts.length
    for (const { bytes } of texts) waiting.bytes += sign * bytes
  }

  return {
    isEmpty: () => waiting.inputs === 0,
    /** Enough for a whole request. */
    isFull: () => waiting.inputs >= embeddingBatch.inputs || waiting.bytes >= embeddingBatch.bytes,
    add: (entry: A) => {
      const texts = entry.chunks.map((chunk) => ({ entry, chunk, bytes: Buffer.byteLength(chunk.text) }))
      const before = users.get(entry.job.userId)
      if (before === undefined) keep(entry.job.userId, texts)
      else for (const text of texts) before.push(text)
      count(texts, 1)
    },
    /** Drops the chunks of an entry that have not been taken yet. */
    remove: (entry: A) => {
      const texts = users.get(entry.job.userId) ?? []
      keep(entry.job.userId, texts.filter((text) => text.entry !== entry))
      count(texts.filter((text) => text.entry === entry), -1)
    },
    /** The texts of the next request, each user's in the order they came. */
    take: (): ReadonlyArray<Taken<A>> => {
      const parts = new Map<A, Array<MissingChunk>>()
      for (const { taken, texts, user } of fill([...users])) {
        const now = texts.splice(0, taken)
        count(now, -1)
        users.delete(user)
        keep(user, texts)
        for (const { chunk, entry } of now) {
          const part = parts.get(entry)
          if (part === undefined) parts.set(entry, [chunk])
          else part.push(chunk)
        }
      }
      return [...parts].map(([entry, chunks]) => ({ entry, chunks }))
    }
  }
}

/** How many of each user's texts are taken; users without any are omitted. */
const fill = <A>(users: ReadonlyArray<readonly [UserId, Array<Text<A>>]>) => {
  const shares = users.map(([user, texts]) => ({ user, texts, taken: 0, bytes: 0 }))
  const all = { inputs: 0, bytes: 0 }
  while (all.inputs < embeddingBatch.inputs) {
    let least: { readonly share: (typeof shares)[number]; readonly bytes: number } | undefined
    for (const share of shares) {
      const bytes = share.texts[share.taken]?.bytes
      if (bytes === undefined || (all.inputs > 0 && all.bytes + bytes > embeddingBatch.bytes)) continue
      if (least === undefined || partOf(share) < partOf(least.share)) least = { share, bytes }
    }
    if (least === undefined) break
    least.share.taken++
    least.share.bytes += least.bytes
    all.inputs++
    all.bytes += least.bytes
  }
  for (const share of shares) leaveWhole(share, embeddingBatch.spare / shares.length)
  return shares.filter(({ taken }) => taken > 0)
}

/** Leaves the last entry to the next request if only part of it would fit: a document in two requests is written twice. */
const leaveWhole = <A>(share: { readonly texts: ReadonlyArray<Text<A>>; taken: number }, spare: number) => {
  const cut = share.texts[share.taken]?.entry
  const start = share.texts.findIndex(({ entry }) => entry === cut)
  if (cut === undefined || start === 0) return
  const some = share.texts.slice(start, share.taken)
  if (partOf({ taken: some.length, bytes: some.reduce((sum, text) => sum + text.bytes, 0) }) <= spare) {
    share.taken = start
  }
}

/** The share of a request, by whichever limit is closer. */
const partOf = ({ bytes, taken }: { readonly bytes: number; readonly taken: number }): number =>
  Math.max(taken / embeddingBatch.inputs, bytes / embeddingBatch.bytes)
