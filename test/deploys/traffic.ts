/** Users who upload documents at a steady pace, and repeat a request that was refused under the same key, as clients should. */
import { Effect } from "effect"
import { randomUUID } from "node:crypto"

export interface Seen {
  sent: number
  /** Requests that were repeated because the API did not answer, answered with 5xx, or was at a limit. */
  repeated: number
  /** How often for each status; 0: no answer. */
  readonly why: Record<number, number>
  /** Gave up after a minute, or were refused for good. */
  lost: number
}

const uploadOnce = (api: URL, admin: string, key: string, text: string) =>
  Effect.promise(() => {
    const form = new FormData()
    form.append("file", new Blob([text]), `traffic-${key}.md`)
    return fetch(new URL("/api/v1/documents", api), {
      method: "POST",
      headers: { authorization: `Bearer ${admin}`, "idempotency-key": key },
      body: form,
      signal: AbortSignal.timeout(60_000)
    }).then(async (response) => {
      await response.arrayBuffer()
      return response.status
    }, () => 0)
  })

/** Runs until it is interrupted; `seen` counts. */
export const traffic = (api: URL, admin: string, perSecond: number, seen: Seen) => {
  const upload = Effect.gen(function*() {
    const key = randomUUID()
    const text = `# Report ${key}\n\n${
      `Section ${key} describes the state of the works. `.repeat(20)
    }\n\n## Result\n\nAll is well.\n`
    seen.sent++
    for (let attempt = 0; attempt < 60; attempt++) {
      const status = yield* uploadOnce(api, admin, key, text)
      if (status === 202) return
      if (status !== 0 && status < 500 && status !== 409 && status !== 429) break
      seen.repeated++
      seen.why[status] = (seen.why[status] ?? 0) + 1
      yield* Effect.sleep("1 second")
    }
    seen.lost++
  })
  return Effect.forkScoped(upload).pipe(
    Effect.andThen(Effect.sleep(1_000 / perSecond)),
    Effect.forever
  )
}
