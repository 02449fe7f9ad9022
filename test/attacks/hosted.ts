/** The whole service as separate processes, with the hosted parser's mock and new users. */
import { Effect } from "effect"
import { randomUUID } from "node:crypto"
import { anotherUser, type Answer, type Content, startApi } from "../faults/api.ts"
import { must } from "../faults/judge.ts"
import { hostedParser } from "../faults/stack.ts"
import { type Settings, World } from "../faults/World.ts"

export const startHosted = Effect.fnUntraced(function*(more: Settings = {}) {
  const { start } = yield* World
  const settings = { ...(yield* hostedParser), ...more }
  const openai = yield* start("mock-openai", settings)
  const llamaparse = yield* start("mock-llamaparse", settings)
  const api = yield* startApi({ settings })
  const worker = yield* start("worker", settings)
  return { ...api, openai, llamaparse, worker, settings }
})

type Api = Effect.Success<ReturnType<typeof startHosted>>

/** An uploaded document's job. */
export interface Uploaded {
  readonly job_id: string
  readonly document_id: string
}

const jobOf = (answer: Answer): Uploaded => ({
  job_id: String(answer.body["job_id"]),
  document_id: String(answer.body["document_id"])
})

/** By a new user; the upload must be accepted. */
export const uploadAsNewUser = Effect.fnUntraced(function*(
  { upload }: Pick<Api, "upload">,
  name: string,
  content: Content,
  fields: Settings = {}
) {
  const answer = yield* upload(name, content, { as: yield* anotherUser, fields })
  yield* must(answer.status === 202, `${name} was answered ${answer.status} ${answer.code}.`)
  return jobOf(answer)
})

/** One document per text, all of one user, with ids that the case knows. */
export const uploadAll = Effect.fnUntraced(function*(
  { upload }: Pick<Api, "upload">,
  texts: ReadonlyArray<string>,
  as: string
) {
  return yield* Effect.forEach(texts, (text, n) => {
    const document_id = randomUUID()
    return Effect.map(upload(`letter-${n}.md`, text, { as, fields: { document_id } }), jobOf)
  }, { concurrency: 8 })
})

/** A unique text of a few sentences. */
export const letter = (word: string) =>
  `# Letter ${randomUUID()}\n\nThe policy ${randomUUID()} covers ${word} in the cellar, up to 1,000 dollars.\n`
