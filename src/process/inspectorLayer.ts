/** The inspector of a process, for the API and the worker. */
import { DateTime, Duration, Effect, Layer } from "effect"
import { gaugeValue } from "../../otel/metrics/record.ts"
import { Diagnosis } from "../../services/Diagnosis.ts"
import { DocumentParser } from "../../services/DocumentParser.ts"
import { Embedder } from "../../services/Embedder.ts"
import { Inspector } from "../../services/Inspector.ts"
import { Reachability } from "../../services/Reachability.ts"
import { StorageInspection } from "../../services/StorageInspection.ts"
import type { WorkerId } from "../domain/Ids.ts"
import { sightPatience } from "../policy/inspection.ts"
import { Probes } from "../purchases/Probes.ts"
import { addressesOf } from "../settings/addresses.ts"
import { doubts } from "../settings/doubts.ts"
import { Settings } from "../settings/Settings.ts"
import { thisInstallation } from "./thisInstallation.ts"

/** Without a worker's id, for the API. */
export const InspectorLive = (workerId: WorkerId | null) =>
  Layer.effect(Inspector, makeInspector(workerId)).pipe(Layer.provide(Probes.layer))

const makeInspector = Effect.fnUntraced(function*(workerId: WorkerId | null) {
  const settings = yield* Settings
  const own = {
    place: workerId === null ? "api" : "worker",
    workerId,
    process: yield* thisInstallation,
    doubts: doubts(settings),
    logLevel: settings.logLevel
  } as const
  const addresses = addressesOf(settings)
  const diagnosis = yield* Diagnosis
  const probes = yield* Probes
  const parser = yield* DocumentParser
  const { model } = yield* Embedder
  const storage = yield* StorageInspection
  const reachability = yield* Reachability

  return Inspector.of({
    look: Effect.gen(function*() {
      const seen = yield* Effect.all({
        addresses: Effect.forEach(addresses, reachability.check, { concurrency: "unbounded" }),
        database: sight(diagnosis.sight),
        storage: sight(storage.look),
        storageFault: Effect.map(sight(probes.ask("storage")), ({ fault }) => fault),
        parser: sight(Effect.as(probes.ask("parser"), { kind: parser.name })),
        embedder: sight(Effect.andThen(
          probes.ask("embedder"),
          Effect.all({
            model: Effect.succeed(model.model),
            version: Effect.succeed(model.version),
            dimensions: Effect.succeed(model.dimensions),
            requests: rate("requests"),
            tokens: rate("tokens")
          })
        ))
      }, { concurrency: "unbounded" })
      return { ...own, ...seen, at: yield* DateTime.now }
    }).pipe(Effect.withSpan("inspection.look"))
  })
})

const sight = <A, R>(look: Effect.Effect<A, { readonly message: string }, R>) =>
  look.pipe(
    Effect.timeoutOrElse({
      duration: sightPatience,
      orElse: () => Effect.fail({ message: `There was no answer within ${Duration.format(sightPatience)}.` })
    }),
    Effect.match({
      onSuccess: (found) => ({ found, fault: null }),
      onFailure: ({ message }) => ({ found: null, fault: message })
    })
  )

/** As the provider's latest answer stated it. */
const rate = Effect.fnUntraced(function*(kind: "requests" | "tokens") {
  const labels = { dependency: "embedder", kind } as const
  const limit = yield* gaugeValue("accessa_provider_rate_limit", labels)
  return limit === 0 ? null : { limit, remaining: yield* gaugeValue("accessa_provider_rate_remaining", labels) }
})
