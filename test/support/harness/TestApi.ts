/** The real HTTP API on a free port, over ports in memory. */
import { Context, Duration, Effect, Layer, type LogLevel, Option, Redacted, References, Result, Stream } from "effect"
import { HttpServer } from "effect/http"
import { DocumentParserLocal } from "../../../layers/DocumentParser/Local.ts"
import { TextPreviewLocal } from "../../../layers/DocumentParser/Preview.ts"
import { IdsRandom } from "../../../layers/Ids/Random.ts"
import type { MetricsAccess } from "../../../otel/metrics/endpoint.ts"
import { AlertSinks } from "../../../services/AlertSinks.ts"
import type { Diagnosis } from "../../../services/Diagnosis.ts"
import { type ListedObject, ObjectStorage } from "../../../services/ObjectStorage.ts"
import type { Overview } from "../../../services/Overview.ts"
import { PipelineStats } from "../../../services/PipelineStats.ts"
import { UserData } from "../../../services/UserData.ts"
import { defaultRules } from "../../../src/domain/AlertRule.ts"
import { defined } from "../../../src/domain/defined.ts"
import type { Bucket } from "../../../src/domain/objectPaths.ts"
import type { ServiceError } from "../../../src/domain/ServiceError.ts"
import type { TrustedProxies } from "../../../src/domain/TrustedProxies.ts"
import { HttpOptions } from "../../../src/http/server/HttpOptions.ts"
import { HttpApp } from "../../../src/http/server/routes.ts"
import { type Bounds, defaultBounds } from "../../../src/policy/bounds.ts"
import { type Rates, rates } from "../../../src/policy/rates.ts"
import { listen } from "../../../src/process/listen.ts"
import { CircuitBreakers } from "../../../src/purchases/CircuitBreakers.ts"
import { BudgetsMemory } from "../../twins/BudgetsMemory.ts"
import { CircuitsMemory } from "../../twins/CircuitsMemory.ts"
import { DiagnosisMemory } from "../../twins/DiagnosisMemory.ts"
import { EmbedderMemory } from "../../twins/EmbedderMemory.ts"
import { InspectionsMemory, InspectorMemory } from "../../twins/InspectionsMemory.ts"
import { OverviewMemory } from "../../twins/OverviewMemory.ts"
import { PipelineMemory } from "../../twins/PipelinePorts.ts"
import { PipelineStatsMemory } from "../../twins/PipelineStatsMemory.ts"
import { UploadsMemory } from "../../twins/UploadsMemory.ts"
import { WebhooksMemory } from "../../twins/WebhooksMemory.ts"
import { probes } from "../builders/circuits.ts"
import { MeteredStorage } from "../stubs/MeteredStorage.ts"
import { ReleasesStub } from "../stubs/ReleasesStub.ts"
import { CredentialsMemory, keyOf } from "./Credentials.ts"

export const embeddingModel = { model: "text-embedding-3-small", version: "1", dimensions: 1536 }

/** Callback addresses are signed with the first; those signed with the second are still valid. */
export const callbackSecret = "the secret that signs now"
export const oldCallbackSecret = "the secret that signed before"

export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** The body read as JSON; an empty object if it is not JSON. */
  readonly body: Readonly<Record<string, unknown>>
}

export class TestApi extends Context.Service<TestApi, {
  readonly url: URL
  /** As a user, unless the headers name another credential. */
  readonly request: (path: string, init?: RequestInit) => Effect.Effect<Answer>
  readonly upload: (form: FormData, headers?: Readonly<Record<string, string>>) => Effect.Effect<Answer>
}>()("accessa/test/TestApi") {}

/** A form with one file, and fields before or after it. */
export const formOf = (
  name: string,
  content: string | Buffer<ArrayBuffer>,
  fields: { readonly before?: Record<string, string>; readonly after?: Record<string, string> } = {}
): FormData => {
  const form = new FormData()
  for (const [key, value] of Object.entries(fields.before ?? {})) form.append(key, value)
  form.append("file", new Blob([content]), name)
  for (const [key, value] of Object.entries(fields.after ?? {})) form.append(key, value)
  return form
}

const client = Layer.effect(
  TestApi,
  Effect.gen(function*() {
    const { address } = yield* HttpServer.HttpServer
    const url = new URL(HttpServer.formatAddress(address))
    const request = (path: string, init?: RequestInit) =>
      Effect.promise(async (signal) => {
        const headers = new Headers(init?.headers)
        if (!headers.has("authorization")) headers.set("authorization", `Bearer ${keyOf("user")}`)
        const response = await fetch(new URL(path, url), { signal, redirect: "manual", ...init, headers })
        const text = await response.text()
        const isJson = /json/.test(response.headers.get("content-type") ?? "")
        return {
          status: response.status,
          headers: response.headers,
          text,
          body: isJson && text !== "" ? JSON.parse(text) : {}
        }
      })
    return TestApi.of({
      url,
      request,
      upload: (form, headers = {}) => request("/api/v1/documents", { method: "POST", body: form, headers })
    })
  })
)

interface ServeOptions {
  readonly maxUploadBytes?: number
  readonly rates?: Rates
  readonly trustedProxies?: TrustedProxies
  readonly logLevel?: LogLevel.LogLevel
  readonly bounds?: Partial<Bounds>
  readonly metrics?: MetricsAccess
  /** How often the facts of the database are read without a scrape. */
  readonly pushedEvery?: Duration.Duration
  readonly stats?: PipelineStats["Service"]
  readonly sinks?: AlertSinks["Service"]
  readonly logs?: Result.Result<string, string>
  readonly doubts?: ReadonlyArray<string>
  readonly keepAlive?: Duration.Duration
  readonly stopDelay?: Duration.Input
  readonly diagnosis?: Layer.Layer<Diagnosis>
  readonly overview?: Layer.Layer<Overview>
  /** What the storage lists instead of what it holds, or why it cannot. */
  readonly listed?: ReadonlyArray<ListedObject> | ServiceError
}

/** Over ports that the test brings. */
export const serveApi = (options: ServeOptions = {}) =>
  Layer.mergeAll(HttpApp, client).pipe(
    Layer.provide(Layer.provide(CircuitBreakers.layerWithProbes("api:test"), probes)),
    Layer.provide(
      listen({
        host: "127.0.0.1",
        port: 0,
        setting: "API_PORT",
        checksHost: true,
        ...defined({ keepAlive: options.keepAlive })
      })
    ),
    Layer.provideMerge(Layer.mergeAll(
      EmbedderMemory(embeddingModel),
      options.diagnosis ?? DiagnosisMemory,
      InspectionsMemory,
      InspectorMemory,
      IdsRandom,
      Layer.provide(TextPreviewLocal, DocumentParserLocal()),
      Layer.succeed(AlertSinks, options.sinks ?? []),
      Layer.succeed(References.MinimumLogLevel, options.logLevel ?? "None"),
      Layer.succeed(HttpOptions, {
        rates: options.rates ?? rates,
        metrics: { access: options.metrics ?? { open: false, token: undefined }, pushedEvery: options.pushedEvery },
        bounds: { ...defaultBounds, ...options.bounds },
        maxUploadBytes: options.maxUploadBytes ?? 500_000_000,
        chunker: "markdown-structure@1" as const,
        publicUrl: new URL("https://api.example.com"),
        alertRules: defaultRules,
        doubts: options.doubts ?? [],
        installation: { environment: "test", version: "0", node: "v24", settings: [], nearMisses: [] },
        trustedProxies: options.trustedProxies ?? { networks: [], header: "x-forwarded-for" as const },
        stopDelay: Duration.fromInputUnsafe(options.stopDelay ?? 0),
        traceUrl: "http://traces.test/{trace_id}",
        logs: options.logs ?? Result.fail("This stack writes no log files."),
        linkSecrets: [Redacted.make(callbackSecret), Redacted.make(oldCallbackSecret)]
      })
    ))
  )

export const testApi = (options: ServeOptions = {}) =>
  serveApi(options).pipe(Layer.provideMerge(Layer.mergeAll(
    BudgetsMemory,
    CredentialsMemory,
    PipelineMemory,
    CircuitsMemory,
    options.overview ?? OverviewMemory,
    options.stats === undefined ? PipelineStatsMemory : Layer.succeed(PipelineStats, options.stats),
    WebhooksMemory,
    UploadsMemory,
    Layer.mock(UserData, { page: () => Effect.succeed({ records: [], files: [], next: Option.none() }) }),
    ReleasesStub,
    options.listed === undefined ? MeteredStorage.layer : listing(options.listed)
  )))

const listing = (objects: ReadonlyArray<ListedObject> | ServiceError) =>
  Layer.effect(
    ObjectStorage,
    Effect.map(ObjectStorage, (storage) => ({
      ...storage,
      list: (bucket: Bucket) =>
        "_tag" in objects
          ? Stream.fail(objects)
          : Stream.fromIterable(objects.filter(({ path }) => path.startsWith(`${bucket}/`)))
    }))
  ).pipe(Layer.provideMerge(MeteredStorage.layer))
