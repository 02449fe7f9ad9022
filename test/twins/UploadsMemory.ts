/** Announced uploads over a map, without a clock: none expires. */
import { Effect, Layer, Option } from "effect"
import { type Opening, type Upload, Uploads } from "../../services/Uploads.ts"
import type { DocumentId, UserId } from "../../src/domain/Ids.ts"

export const UploadsMemory = Layer.sync(Uploads, () => {
  const all = new Map<string, Upload>()
  const change = (user: UserId, id: DocumentId, isSo: (upload: Upload) => boolean, fields: Partial<Upload>) =>
    Effect.sync(() => {
      const upload = all.get(id)
      if (upload?.userId !== user || !isSo(upload)) return false
      all.set(id, { ...upload, ...fields })
      return true
    })
  return Uploads.of({
    open: (upload) =>
      Effect.sync((): Opening => {
        const own = [...all.values()].filter(({ state, userId }) => userId === upload.userId && state === "open")
        if (own.length >= upload.openAtMost) return { _tag: "TooMany" }
        if (own.reduce((sum, { bytes }) => sum + bytes, upload.bytes) > upload.quotaBytes) return { _tag: "OverQuota" }
        all.set(upload.documentId, { ...upload, state: "open", jobId: null, received: false })
        return { _tag: "Opened" }
      }),
    find: (user, id) =>
      Effect.sync(() => Option.filter(Option.fromNullishOr(all.get(id)), ({ userId }) => userId === user)),
    receive: (user, id, path) =>
      change(user, id, ({ received, state }) => state === "open" && !received, { path, received: true }),
    confirm: (user, id, path) =>
      change(user, id, (upload) => upload.state !== "ended" && upload.path === path, { state: "confirmed" }),
    end: (user, id) => change(user, id, ({ state }) => state !== "confirmed", { state: "ended" }),
    answer: (user, id, jobId) => Effect.asVoid(change(user, id, ({ state }) => state === "confirmed", { jobId })),
    takeDue: Effect.succeed([]),
    forget: () => Effect.void
  })
})
