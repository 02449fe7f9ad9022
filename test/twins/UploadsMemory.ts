/** Announced uploads over a map, without a clock: none ends by itself. */
import { Effect, Layer, Option } from "effect"
import { type Upload, Uploads } from "../../services/Uploads.ts"

export const UploadsMemory = Layer.sync(Uploads, () => {
  const all = new Map<string, Upload>()
  const change = (id: string, from: ReadonlyArray<Upload["state"]>, fields: Partial<Upload>) =>
    Effect.sync(() => {
      const upload = all.get(id)
      if (upload === undefined || !from.includes(upload.state)) return false
      all.set(id, { ...upload, ...fields })
      return true
    })
  return Uploads.of({
    open: (upload) =>
      Effect.sync(() => {
        const own = [...all.values()].filter(({ state, userId }) => userId === upload.userId && state === "open")
        if (own.length >= upload.openAtMost) return "too_many"
        if (own.reduce((sum, { bytes }) => sum + bytes, upload.bytes) > upload.quotaBytes) return "over_quota"
        all.set(upload.documentId, { ...upload, state: "open", jobId: null, received: false })
        return "opened"
      }),
    find: (user, id) =>
      Effect.sync(() => Option.filter(Option.fromNullishOr(all.get(id)), ({ userId }) => userId === user)),
    receive: (_, id, path) =>
      Effect.suspend(() =>
        all.get(id)?.received === true ? Effect.succeed(false) : change(id, ["open"], { path, received: true })
      ),
    confirm: (_, id) => change(id, ["open", "confirmed"], { state: "confirmed" }),
    end: (_, id) => change(id, ["open", "ended"], { state: "ended" }),
    answer: (_, id, jobId) => Effect.asVoid(change(id, ["confirmed"], { jobId })),
    takeDue: Effect.succeed([]),
    forget: () => Effect.void
  })
})
