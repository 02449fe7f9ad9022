/** A bucket of its own on the real server, for as long as its scope. */
import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectsCommand,
  ListObjectsV2Command,
  S3Client
} from "@aws-sdk/client-s3"
import { NodeHttpClient } from "@effect/platform-node"
import { Config, Duration, Effect, Layer } from "effect"
import { randomUUID } from "node:crypto"
import { ObjectStorageS3, type S3Options } from "../../layers/ObjectStorage/S3.ts"
import { HttpUrl } from "../../src/settings/Setting.ts"

const place = Config.all({
  endpoint: Config.schema(HttpUrl, "S3_ENDPOINT"),
  region: Config.withDefault(Config.String("S3_REGION"), "us-east-1"),
  forcePathStyle: Config.withDefault(Config.Boolean("S3_FORCE_PATH_STYLE"), false)
})

/** Why nothing can be tried; empty if it can. */
export const missing: ReadonlyArray<string> = Effect.runSync(
  Effect.match(Effect.provide(place, Layer.empty), {
    onFailure: () => ["S3_ENDPOINT is not set: it names the server, such as http://127.0.0.1:9000"],
    onSuccess: () => []
  })
)

export const aBucket = Effect.gen(function*() {
  const where = yield* place
  const { endpoint, ...others } = where
  const client = new S3Client({ ...others, endpoint: endpoint.href })
  const Bucket = `accessa-${randomUUID()}`
  yield* Effect.acquireRelease(
    Effect.promise(() => client.send(new CreateBucketCommand({ Bucket }))),
    () =>
      Effect.promise(async () => {
        for (;;) {
          const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket }))
          if (Contents.length === 0) break
          await client.send(
            new DeleteObjectsCommand({ Bucket, Delete: { Objects: Contents.map(({ Key }) => ({ Key })) } })
          )
        }
        await client.send(new DeleteBucketCommand({ Bucket }))
        client.destroy()
      })
  )
  const options: S3Options = {
    ...where,
    bucket: Bucket,
    encryption: { algorithm: "none" },
    callTimeout: Duration.seconds(30),
    addressLasts: Duration.minutes(5)
  }
  return { client, options }
})

export const storageOnServer = Layer.unwrap(Effect.map(aBucket, ({ options }) => ObjectStorageS3(options))).pipe(
  Layer.provide(NodeHttpClient.layerUndici)
)
