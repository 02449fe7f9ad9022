/** The adapters of the external services, or their local replacements, as the settings choose. */
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import { Duration, Effect, type FileSystem, Layer } from "effect"
import type { HttpClient } from "effect/http"
import type { DocumentParser } from "../../services/DocumentParser.ts"
import type { ObjectStorage } from "../../services/ObjectStorage.ts"
import type { StorageInspection } from "../../services/StorageInspection.ts"
import type { ServiceError } from "../../src/domain/ServiceError.ts"
import { sinkTimeout } from "../../src/policy/alertSinks.ts"
import { deliveryTimeout } from "../../src/policy/deliveries.ts"
import { uploads } from "../../src/policy/uploads.ts"
import { Settings } from "../../src/settings/Settings.ts"
import { AlertSinksConfigured } from "../AlertSinks/Configured.ts"
import { DocumentParserLlamaParse } from "../DocumentParser/LlamaParse.ts"
import { DocumentParserLocal } from "../DocumentParser/Local.ts"
import { TextPreviewLocal } from "../DocumentParser/Preview.ts"
import { SecondReaderLocal } from "../DocumentParser/SecondReader.ts"
import { EgressNode, resolveBySystem } from "../Egress/Node.ts"
import { EmbedderOpenAI } from "../Embedder/OpenAI.ts"
import { IdsRandom } from "../Ids/Random.ts"
import { ObjectStorageFilesystem } from "../ObjectStorage/Filesystem.ts"
import { StorageInspectionFilesystem } from "../ObjectStorage/FilesystemInspection.ts"
import { ObjectStorageSupabase } from "../ObjectStorage/Supabase.ts"
import { StorageInspectionSupabase } from "../ObjectStorage/SupabaseInspection.ts"
import { TokenVerifierJose } from "../TokenVerifier/Jose.ts"
import { layerUploadSafe } from "./uploadSafeClient.ts"

const Storage = Layer.unwrap(Effect.map(
  Settings,
  ({ dataDir, storage }): Layer.Layer<
    ObjectStorage | StorageInspection,
    ServiceError,
    FileSystem.FileSystem | HttpClient.HttpClient
  > => {
    const callTimeout = Duration.seconds(30)
    const over = "2500 millis"
    switch (storage.kind) {
      case "filesystem": {
        const folder = { directory: `${dataDir}/storage` }
        return Layer.merge(ObjectStorageFilesystem(folder), StorageInspectionFilesystem(folder))
      }
      case "supabase": {
        const options = { ...storage, callTimeout }
        return Layer.merge(ObjectStorageSupabase(options), StorageInspectionSupabase({ ...options, over })).pipe(
          Layer.provide(layerUploadSafe)
        )
      }
      case "s3": {
        const options = { ...storage, callTimeout, addressLasts: uploads.url } as const
        return Layer.unwrap(Effect.promise(async () => {
          // Its client takes a tenth of a process's time to load: only where it is used.
          const { ObjectStorageS3 } = await import("../ObjectStorage/S3.ts")
          const { StorageInspectionS3 } = await import("../ObjectStorage/S3Inspection.ts")
          return Layer.merge(ObjectStorageS3(options), StorageInspectionS3({ ...options, over }))
        }))
      }
    }
  }
))

/** One pool of threads, also if it serves jobs, quotes and second readings. */
const LocalParser = Layer.unwrap(
  Effect.map(Settings, ({ ocrLanguages }) => DocumentParserLocal({ languages: ocrLanguages }))
)

const Parser = Layer.unwrap(Effect.map(
  Settings,
  ({ llamaparse, parser }): Layer.Layer<DocumentParser, never, HttpClient.HttpClient | Settings> => {
    switch (parser) {
      case "local":
        return LocalParser
      case "llamaparse":
        return DocumentParserLlamaParse({ ...llamaparse, callTimeout: "60 seconds", uploadTimeout: "10 minutes" })
    }
  }
))

export const Embeddings = Layer.unwrap(
  Effect.map(Settings, ({ openai }) => EmbedderOpenAI({ ...openai, timeout: "60 seconds" }))
)

const OnThisMachine = Layer.provide(Layer.merge(TextPreviewLocal, SecondReaderLocal), LocalParser)

export const Vendors = Layer.mergeAll(Storage, Parser, OnThisMachine, Embeddings).pipe(
  Layer.provide(Layer.mergeAll(NodeHttpClient.layerUndici, IdsRandom))
)

export const Tokens = Layer.unwrap(Effect.map(Settings, ({ supabaseTokens }) => TokenVerifierJose(supabaseTokens)))

/** For user-supplied addresses. */
export const EgressFromSettings = Layer.unwrap(Effect.map(Settings, ({ egressAllowPrivate, env }) =>
  EgressNode({
    allowPrivate: egressAllowPrivate,
    httpsOnly: env !== "local",
    timeout: deliveryTimeout,
    resolve: resolveBySystem
  })))

/** The operator chooses the address of the webhook: plain http is possible where private networks are. */
export const Sinks = Layer.unwrap(
  Effect.map(Settings, ({ alertSinks, alertWebhookAllowPrivate, env }) =>
    AlertSinksConfigured(alertSinks).pipe(
      Layer.provide(EgressNode({
        allowPrivate: alertWebhookAllowPrivate,
        httpsOnly: env !== "local" && !alertWebhookAllowPrivate,
        timeout: sinkTimeout,
        resolve: resolveBySystem
      })),
      Layer.provide(NodeHttpClient.layerUndici)
    ))
)
