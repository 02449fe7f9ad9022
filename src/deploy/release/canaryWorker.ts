/** Whether workers of the new version processed the canary, and which ones did instead. */
import type { WorkerId } from "../../domain/Ids.ts"
import { isOfRelease } from "../../domain/Release.ts"
import { checked, listed } from "../checked.ts"

interface SeenWorker {
  readonly worker_id: WorkerId
  readonly version: string
}

/** `actors` are those of the document's events, such as `worker:<id>`. */
export const canaryWorker = (version: string, alive: ReadonlyArray<SeenWorker>, actors: ReadonlyArray<string>) => {
  const check = checked("canary", "worker", `a worker of ${version} processes the document`)
  const versions = new Map(alive.map((worker) => [`worker:${worker.worker_id}`, worker.version]))
  const isOurs = (of: string | undefined) => of !== undefined && isOfRelease(of, version)
  const others = actors.map((actor) => versions.get(actor)).filter((of) => !isOurs(of))
  if (actors.length === 0) return check.inconclusive("it did not become complete", "See the reason in the receipt.")
  if (others.length === 0) return check.pass(listed(actors))
  const ran = [...versions.values()].some(isOurs)
  const instead = new Set(
    others.map((of) => of === undefined ? "a worker that has ended since" : `a worker that reports ${of}`)
  )
  return check.fail(
    `${ran ? `a worker of ${version} runs` : `no worker that runs reports ${version}`}; ${
      [...instead].join(" and ")
    } processed the document`,
    "Check that the canary service runs a worker that stays alive, and which ACCESSA_VERSION it has."
  )
}
