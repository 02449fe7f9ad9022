/** The workers: alive, of the right release, and proven by a document that one of them processed. */
import { Result } from "effect"
import type { Inspection } from "../../../domain/Inspection.ts"
import { sharedSettings } from "../../../settings/table.ts"
import type { Baseline, Outcome } from "../../baseline/Baseline.ts"
import { type Check, fail, faultless, given, inconclusive, type Judgement, pass, required } from "../Check.ts"
import type { Canary, Facts } from "../Facts.ts"
import { addressOf, outOfReach } from "../sight.ts"

const running = ({ workers }: Facts) =>
  Result.flatMap(workers, (all) => {
    const alive = all.filter(({ state }) => state === "running")
    return alive.length === 0 ? Result.fail("no worker is running") : Result.succeed(alive)
  })

/** Without a worker there is nothing to say about what it does. */
const withWorker = <A>(facts: Facts, fact: Result.Result<A, string>) => Result.flatMap(running(facts), () => fact)

/** What the worker could not do from where it runs. */
const blindSpots = (
  { addresses, database, embedder, parser, storage, storageFault }: Inspection
): ReadonlyArray<string> => [
  ...addresses.filter(({ name }) => name !== "public").flatMap(outOfReach),
  ...Object.entries({ database, storage, parser, embedder }).flatMap(([name, { fault }]) =>
    fault === null ? [] : [`${name}: ${fault}`]
  ),
  ...(storageFault === null ? [] : [`storage: ${storageFault}`])
]

/** A canary cannot pass while something on its way is out of order: that has a check of its own. */
const explained = (facts: Facts, judgement: Judgement): Judgement => {
  const [reason] = [facts.ofApi, facts.ofWorker].flatMap((seen) =>
    Result.isSuccess(seen) ? blindSpots(seen.success) : []
  )
  return judgement.verdict !== "fail" || reason === undefined
    ? judgement
    : inconclusive(judgement.expected, `${judgement.found}, but ${reason}`)
}

/** Set for one process alone. */
const ofThePlace = /_PORT$|^(?:PORT|API_HOST|ACCESSA_DATA_DIR|DATABASE_CONNECTIONS|OTEL_SERVICE_NAME)$|^LOG_|^WORKER_/

export const compared = [
  ["chunker", ({ chunker }) => chunker],
  ["parsed text", ({ parsedSha256 }) => parsedSha256],
  ["chunks", ({ chunks, chunksSha256 }) => `${chunks}: ${chunksSha256}`],
  ["content", ({ contentSha256 }) => contentSha256],
  ["model", ({ dimensions, embedModel, embedVersion }) => `${embedModel} ${embedVersion}, ${dimensions} dimensions`]
] as const satisfies ReadonlyArray<readonly [string, (outcome: Outcome) => string]>

const compareReceipt = ({ document, outcome }: Canary, { facts }: Baseline) => {
  const expected = "the receipt of the recorded baseline"
  const recorded = facts.documents.find(({ name }) => name === document)?.outcomes ?? []
  if (recorded.length === 0) return inconclusive(expected, `the baseline has no document ${document}`)
  return faultless(
    expected,
    "it is equal",
    compared.filter(([, of]) => recorded.every((each) => of(each) !== of(outcome))).map(([name]) => `another ${name}`)
  )
}

export const workerProcess: ReadonlyArray<Check> = [
  {
    check: "heartbeat",
    proves: "A worker runs: its heartbeat is recent.",
    repair: "Start one, and look at its log: `pnpm worker`, or the platform's worker service.",
    needs: ["workers"],
    judge: (facts) => {
      const expected = "a recent heartbeat"
      return Result.isFailure(facts.workers)
        ? inconclusive(expected, facts.workers.failure)
        : required(expected, running(facts), (alive) => pass(expected, `${alive.length} running`))
    }
  },
  {
    check: "count",
    proves: "As many workers run as the environment needs.",
    repair: "Scale the worker service.",
    needs: ["workers"],
    judge: (facts, { workers: { minimum } }) => {
      const expected = `${minimum} or more`
      return given(
        expected,
        running(facts),
        ({ length }) => length >= minimum ? pass(expected, `${length} running`) : fail(expected, `${length} running`)
      )
    }
  },
  {
    check: "release",
    proves: "Every worker is of the API's release.",
    repair: "Deploy the workers from the API's commit.",
    needs: ["workers", "ofApi"],
    judge: (facts) => {
      const release = Result.map(facts.ofApi, ({ process: { version } }) => version)
      const expected = `release ${Result.getOrElse(release, () => "of the API")}`
      return given(expected, running(facts), (alive) =>
        given(expected, release, (version) => {
          const others = alive.filter((worker) => worker.version !== version)
          return faultless(
            expected,
            `${alive.length} workers have it`,
            others.map(({ id, version }) => `worker ${id} has ${version}`)
          )
        }))
    }
  },
  {
    check: "inspection",
    proves: "A worker answers a request for inspection.",
    repair: "See the worker's log: it runs no inspections, or its database connection receives no notifications.",
    needs: ["workers", "ofWorker"],
    judge: (facts) => {
      const expected = "a report of a worker"
      return given(
        expected,
        running(facts),
        () => required(expected, facts.ofWorker, ({ workerId }) => pass(expected, `worker ${workerId ?? ""} reported`))
      )
    }
  },
  {
    check: "sight",
    proves: "A worker reaches database, storage, parser and embedding provider with its own keys.",
    repair: "Correct the worker's own environment and network: they are not the API's.",
    needs: ["workers", "ofWorker"],
    judge: (facts) => {
      const expected = "it reaches all of them"
      // Judged by the other groups already.
      if (facts.from === "worker") return pass(expected, "the checks of the other groups are made from the worker")
      return given(expected, withWorker(facts, facts.ofWorker), (inspection) => {
        const api = Result.getOrUndefined(facts.ofApi)
        const shared = new Set(api === undefined ? [] : blindSpots(api))
        const own = blindSpots(inspection).filter((spot) => !shared.has(spot))
        return faultless(expected, shared.size === 0 ? "it does" : "it does not see less than the API", own)
      })
    }
  },
  {
    check: "settings",
    proves: "API and workers have the same settings set, to the same kind of value.",
    repair: "Set the variable for the other service, too: a key with a different name in each fails every job.",
    needs: ["ofApi", "ofWorker"],
    judge: (facts, { api: { insideHosts = [] } }) => {
      const expected = "as the API's"
      return given(expected, withWorker(facts, facts.ofWorker), (worker) =>
        given(expected, facts.ofApi, (api) => {
          const shapes = new Map(worker.process.settings.map(({ name, shape }) => [name, shape]))
          const inside = insideHosts.includes(addressOf(worker, "public")?.host ?? "")
          const shared = api.process.settings.filter(({ name }) =>
            sharedSettings.has(name) && !ofThePlace.test(name) && !(inside && name === "PUBLIC_URL")
          )
          return faultless(
            expected,
            `${shared.length} settings agree`,
            shared.filter(({ name, shape }) => shapes.get(name) !== shape).map(({ name, shape }) =>
              `${name} is ${shape} for the API and ${shapes.get(name) ?? "unknown"} for the worker`
            )
          )
        }))
    }
  },
  {
    check: "canary",
    proves: "The deployed worker processes a new document to a valid receipt in time.",
    repair: "Ask why with `accessa jobs explain`, and look at the worker's log.",
    needs: ["workers", "canary", "ofApi", "ofWorker"],
    judge: (facts) => {
      const expected = "complete, processed by a running worker"
      return given(
        expected,
        running(facts),
        (alive) =>
          explained(
            facts,
            required(expected, facts.canary, ({ outcome, seconds, workers }) => {
              const known = new Set(alive.map(({ id }) => `worker:${id}`))
              return faultless(expected, `complete within ${seconds.toFixed(1)} s`, [
                ...(outcome.status === "complete" ? [] : [`it is ${outcome.status}: ${outcome.reason}`]),
                ...outcome.failedChecks.map((check) => `its receipt fails ${check}`),
                ...(outcome.status !== "complete" || workers.some((worker) => known.has(worker))
                  ? []
                  : [`it was moved by ${workers.join(", ") || "no worker"}, which is not running`])
              ])
            })
          )
      )
    }
  },
  {
    check: "receipt",
    proves: "The canary's receipt is equal to the one that the recorded baseline has for the same document.",
    repair:
      "Record a baseline with `accessa baseline record` if there is none. Otherwise find out which release or setting changed the text, "
      + "chunk or vector: `accessa baseline compare`.",
    needs: ["canary", "baseline"],
    judge: ({ baseline, canary }) => {
      const expected = "the receipt of the recorded baseline"
      return given(expected, canary, (bird) =>
        bird.outcome.status === "complete"
          ? given(expected, baseline, (recorded) => compareReceipt(bird, recorded))
          : inconclusive(expected, "the canary has no receipt"))
    }
  }
]
