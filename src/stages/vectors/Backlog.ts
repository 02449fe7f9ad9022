/**
 * Texts that wait for an embeddings request, by user. A request takes from all users evenly: the next text is always one of
 * the user who has the smallest part of it yet, so that nobody waits behind another one's large document.
 */
import type { MissingChunk } from "../../../services/Vectors.ts"
import type { UserId } from "../../domain/Ids.ts"
import type { ClaimedJob } from "../../domain/Job.ts"
import { embeddingBatch } from "../../policy/limits.ts"

/** Chunks of one job that are handed in together, and go out in one request or several. */
export interface HandIn {
  readonly job: ClaimedJob
  readonly chunks: ReadonlyArray<MissingChunk>
}

/** What one request takes of one hand-in. */
export interface Taken<A> {
  readonly of: A
  readonly chunks: ReadonlyArray<MissingChunk>
}

interface Text<A> {
  readonly of: A
  readonly chunk: MissingChunk
  readonly bytes: number
}

export const makeBacklog = <A extends HandIn>() => {
  // In the order of their turns: whoever was served goes to the end.
  const users = new Map<UserId, ReadonlyArray<Text<A>>>()
  const waiting = { inputs: 0, bytes: 0 }

  const keep = (user: UserId, texts: ReadonlyArray<Text<A>>) => {
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
    add: (of: A) => {
      const texts = of.chunks.map((chunk) => ({ of, chunk, bytes: Buffer.byteLength(chunk.text) }))
      keep(of.job.user_id, [...users.get(of.job.user_id) ?? [], ...texts])
      count(texts, 1)
    },
    /** What of it has not been taken yet is not wanted any more. */
    remove: (of: A) => {
      const texts = users.get(of.job.user_id) ?? []
      keep(of.job.user_id, texts.filter((text) => text.of !== of))
      count(texts.filter((text) => text.of === of), -1)
    },
    /** The texts of the next request, each user's in the order they came. */
    take: (): ReadonlyArray<Taken<A>> => {
      const parts = new Map<A, Array<MissingChunk>>()
      for (const { taken, texts, user } of fill([...users])) {
        const now = texts.slice(0, taken)
        count(now, -1)
        users.delete(user)
        keep(user, texts.slice(taken))
        for (const { chunk, of } of now) {
          const part = parts.get(of)
          if (part === undefined) parts.set(of, [chunk])
          else part.push(chunk)
        }
      }
      return [...parts].map(([of, chunks]) => ({ of, chunks }))
    }
  }
}

/** How many of each user's texts go; those of whom none goes are left out. */
const fill = <A>(users: ReadonlyArray<readonly [UserId, ReadonlyArray<Text<A>>]>) => {
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

/** Leaves the last hand-in to the next request, if only some of it would go: a document in two requests is written twice. */
const leaveWhole = <A>(share: { readonly texts: ReadonlyArray<Text<A>>; taken: number }, spare: number) => {
  const cut = share.texts[share.taken]?.of
  const start = share.texts.findIndex(({ of }) => of === cut)
  if (cut === undefined || start === 0) return
  const some = share.texts.slice(start, share.taken)
  if (partOf({ taken: some.length, bytes: some.reduce((sum, text) => sum + text.bytes, 0) }) <= spare) {
    share.taken = start
  }
}

/** How much of a request, by the limit that it comes nearer to. */
const partOf = ({ bytes, taken }: { readonly bytes: number; readonly taken: number }): number =>
  Math.max(taken / embeddingBatch.inputs, bytes / embeddingBatch.bytes)
