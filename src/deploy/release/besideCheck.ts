/** One document through a worker of the new version and one of the old: the results must be equal. */
import { Effect } from "effect"
import type { DocumentId } from "../../domain/Ids.ts"
import type { Outcome } from "../baseline/Baseline.ts"
import { readDocuments } from "../baseline/files.ts"
import { type ApiClient, removeLeftovers, sendDocument } from "../baseline/sendDocument.ts"
import { checked, listed } from "../checked.ts"
import { compared } from "../validate/checks/workerProcess.ts"
import { canaryWorker } from "./canaryWorker.ts"

export const besideCheck = Effect.fn("release.beside")(
  function*(api: ApiClient, folder: string, version: string, mine: DocumentId) {
    const [document] = (yield* readDocuments(folder)).toSorted((a, b) => a.bytes.length - b.bytes.length)
    if (document === undefined) return []
    // One after the other, because the second would use the vectors of the first.
    yield* removeLeftovers(api)
    const fresh = yield* sendDocument(api, { ...document, documentId: mine })
    const control = yield* sendDocument(api, document)
    const { workers } = yield* api.overview.glance()
    const differences = compared.filter(([, of]) => of(fresh.outcome) !== of(control.outcome)).map(([name]) =>
      `another ${name}`
    )
    const receipt = checked("canary", "receipt", "it becomes complete, and its receipt is valid")
    const same = checked("canary", "same", "the new version has the same result as the old one")
    const faults = faultsOf(fresh.outcome)
    return [
      faults.length === 0
        ? receipt.pass(`${fresh.outcome.chunks} chunks`)
        : receipt.fail(listed(faults), "See the reason; the worker's log says more."),
      canaryWorker(version, workers, fresh.workers),
      faultsOf(control.outcome).length > 0
        ? same.inconclusive(
          `the old version did not complete it: ${listed(faultsOf(control.outcome))}`,
          "Fix the environment first."
        )
        : differences.length === 0
        ? same.pass("it does")
        : same.fail(listed(differences), "Record a new baseline if this is meant: `accessa baseline compare`.")
    ]
  }
)

const faultsOf = ({ failedChecks, idsFollowRule, reason, status }: Outcome): ReadonlyArray<string> => [
  ...(status === "complete" ? [] : [`it is ${status} ${reason}`.trim()]),
  ...failedChecks,
  ...(status === "complete" && !idsFollowRule ? ["the chunks' ids do not follow the rule"] : [])
]
