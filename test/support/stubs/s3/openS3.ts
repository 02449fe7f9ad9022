/** The adapter over a server, without a layer around it. */
import { NodeHttpClient } from "@effect/platform-node"
import { Context, Duration, Effect, Layer } from "effect"
import { ObjectStorageS3, type S3Options } from "../../../../layers/ObjectStorage/S3.ts"
import { ObjectStorage } from "../../../../services/ObjectStorage.ts"
import { bucket, keys } from "../S3Stub.ts"

export const s3Options = (url: URL, others: Partial<S3Options> = {}): S3Options => ({
  bucket,
  region: "us-east-1",
  endpoint: url,
  forcePathStyle: true,
  encryption: { algorithm: "none" },
  credentials: keys,
  callTimeout: Duration.seconds(30),
  addressLasts: Duration.minutes(5),
  ...others
})

export const openS3 = (url: URL, others: Partial<S3Options> = {}) =>
  ObjectStorageS3(s3Options(url, others)).pipe(
    Layer.provide(NodeHttpClient.layerUndici),
    Layer.build,
    Effect.map((context) => Context.get(context, ObjectStorage))
  )
