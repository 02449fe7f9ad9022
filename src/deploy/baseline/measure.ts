/** Asks a running stack for its facts, and sends it the documents as often as asked. */
import { Effect, Equal, Ref, Schedule } from "effect"
import { sha256 } from "../../domain/hash.ts"
import { controlInterval } from "../../policy/baseline.ts"
import { medianOf } from "../statistics/medianInterval.ts"
import type { DocumentFacts, Facts, Outcome, Round } from "./Baseline.ts"
import { routeHashes } from "./contract.ts"
import { type ApiClient, removeLeftovers, sendDocument, type SentDocument } from "./sendDocument.ts"

export interface Measurement {
  readonly documents: ReadonlyArray<SentDocument>
  /** 0: nothing is sent. */
  readonly rounds: number
  readonly openApi: Parameters<typeof routeHashes>[0]
  readonly onRound: (done: number) => Effect.Effect<void>
}

export const measure = Effect.fn("baseline.measure")(
  function*(api: ApiClient, { documents, onRound, openApi, rounds }: Measurement) {
    const { api: own, database } = yield* api.installation.get()
    const { workers } = yield* api.overview.glance()
    const sent = workers.some(({ state }) => state === "running")
      ? yield* sendRounds(api, documents, rounds, onRound)
      : { documents: [], rounds: [] }
    const facts: Facts = {
      environment: own.environment,
      version: own.version,
      node: own.node,
      postgres: database.postgres,
      pgvector: database.pgvector,
      migration: database.migration,
      objects: Object.fromEntries(database.objects.map(({ name, sha256 }) => [name, sha256])),
      settings: Object.fromEntries(own.settings.map(({ name, shape }) => [name, shape])),
      nearMisses: own.nearMisses,
      routes: routeHashes(openApi),
      workers: workers.map(({ state, version }) => ({ state, version })),
      ...sent
    }
    return facts
  }
)

/** Stops after a round in which a document did not become complete. */
const sendRounds = Effect.fnUntraced(function*(
  api: ApiClient,
  documents: ReadonlyArray<SentDocument>,
  rounds: number,
  onRound: Measurement["onRound"]
) {
  if (rounds > 0) yield* removeLeftovers(api)
  const outcomes = new Map<string, ReadonlyArray<Outcome>>()
  const timed: Array<Round> = []
  for (let round = 1; round <= rounds; round++) {
    const { controls, results } = yield* sendRound(api, documents)
    for (const { name, outcome } of results) {
      const known = outcomes.get(name) ?? []
      if (!known.some((each) => Equal.equals(each, outcome))) outcomes.set(name, [...known, outcome])
    }
    if (results.some(({ outcome }) => outcome.status !== "complete")) break
    timed.push({
      controlMs: medianOf(controls),
      stagesMs: meanStages(results.map(({ stages }) => stages)),
      tokens: results.reduce((sum, { tokens }) => sum + tokens, 0)
    })
    yield* onRound(round)
  }
  return {
    documents: documents.filter(({ name }) => outcomes.has(name)).map(({ bytes, name }): DocumentFacts => ({
      name,
      sha256: sha256(bytes),
      outcomes: outcomes.get(name) ?? []
    })),
    rounds: timed
  }
})

/** The control is measured for as long as the documents are on their way. */
const sendRound = Effect.fnUntraced(function*(api: ApiClient, documents: ReadonlyArray<SentDocument>) {
  const controls = yield* Ref.make<ReadonlyArray<number>>([])
  const control = api.installation.control().pipe(
    Effect.tap(({ took_ms }) => Ref.update(controls, (before) => [...before, took_ms]))
  )
  const sent = Effect.forEach(
    documents,
    (document) => Effect.map(sendDocument(api, document), (result) => ({ ...result, name: document.name })),
    { concurrency: "unbounded" }
  )
  yield* control
  const results = yield* Effect.raceFirst(
    sent,
    Effect.andThen(Effect.repeat(control, Schedule.spaced(controlInterval)), Effect.never)
  )
  return { controls: yield* Ref.get(controls), results }
})

const meanOf = (values: ReadonlyArray<number>): number => values.reduce((sum, each) => sum + each, 0) / values.length

const meanStages = (all: ReadonlyArray<Readonly<Record<string, number>>>): Readonly<Record<string, number>> =>
  Object.fromEntries(
    Array.from(
      new Set(all.flatMap((each) => Object.keys(each))),
      (stage) => [stage, meanOf(all.map((each) => each[stage] ?? 0))]
    )
  )
