/** Answers that last as long as a client listens. */
import { Effect, Fiber, FileSystem } from "effect"
import { anotherUser, startApi } from "../../faults/api.ts"
import type { Case } from "../../faults/Case.ts"
import { must } from "../../faults/judge.ts"
import type { Process } from "../../faults/Process.ts"
import { World } from "../../faults/World.ts"
import { neighbour } from "../neighbour.ts"
import { openStreams } from "../openStreams.ts"

const residentMb = Effect.fnUntraced(function*({ pid }: Process) {
  const fs = yield* FileSystem.FileSystem
  const [, kb] = /VmRSS:\s+(\d+)/.exec(yield* fs.readFileString(`/proc/${pid}/status`)) ?? []
  return Math.round(Number(kb) / 1024)
})

export const cases: ReadonlyArray<Case> = [
  {
    id: "A7",
    title: "one user opens 2,200 event streams of a job that does not end",
    expected: "20 are served and the others refused with Retry-After; other users do not wait, and memory does "
      + "not grow.",
    needs: ["linux"],
    minutes: 3,
    run: Effect.gen(function*() {
      const { urls } = yield* World
      const { key, process, upload } = yield* startApi()
      const attacker = yield* anotherUser
      const theirs = (yield* upload("walls.md", "# Walls", { as: attacker })).body["job_id"]
      const mine = (yield* upload("roofs.md", "# Roofs")).body["job_id"]
      const asked = new URL(`/api/v1/jobs/${mine}`, urls.api)
      const { mustNotNotice } = yield* neighbour(asked, key)
      const before = yield* residentMb(process)
      const events = new URL(`/api/v1/jobs/${theirs}/events`, urls.api)
      const opening = yield* Effect.forkScoped(openStreams(events, attacker, 2_200))
      const felt = yield* mustNotNotice
      const statuses = yield* Fiber.join(opening)
      const served = statuses.filter((status) => status === 200).length
      const refused = statuses.filter((status) => status === 429).length
      const later = yield* mustNotNotice
      const grown = (yield* residentMb(process)) - before
      yield* must(served === 20 && refused === 2_180, `${served} streams were served, ${refused} refused; ${later}.`)
      yield* must(grown < 300, `The API's memory grew by ${grown} MB.`)
      return `${served} served, ${refused} refused, ${grown} MB more; meanwhile ${felt}; then ${later}.`
    })
  }
]
