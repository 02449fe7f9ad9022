import { NodeFileSystem, NodeHttpClient } from "@effect/platform-node"
import { Effect, FileSystem, Layer, Redacted } from "effect"
import { ObjectStorageFilesystem } from "../../layers/ObjectStorage/Filesystem.ts"
import { ObjectStorageS3 } from "../../layers/ObjectStorage/S3.ts"
import { ObjectStorageSupabase } from "../../layers/ObjectStorage/Supabase.ts"
import { s3Options } from "../support/stubs/s3/openS3.ts"
import { serveS3 } from "../support/stubs/S3Stub.ts"
import { serveSupabase } from "../support/stubs/SupabaseStub.ts"
import { ObjectStorageMemory } from "../twins/ObjectStorageMemory.ts"
import { objectStorageContract } from "./ObjectStorage.ts"

const inTemporaryFolder = Layer.unwrap(Effect.gen(function*() {
  const fs = yield* FileSystem.FileSystem
  return ObjectStorageFilesystem({ directory: yield* fs.makeTempDirectoryScoped() })
}))

const overStub = (prefix: "" | "/storage/v1") =>
  Layer.unwrap(Effect.map(serveSupabase({ key: "service-role", prefix }), ({ url }) =>
    ObjectStorageSupabase({
      url,
      serviceRoleKey: Redacted.make("service-role"),
      callTimeout: "30 seconds"
    })))

objectStorageContract("Memory", ObjectStorageMemory)
objectStorageContract("Filesystem", inTemporaryFolder.pipe(Layer.provide(NodeFileSystem.layer)))
objectStorageContract("Supabase, the bare service", overStub("").pipe(Layer.provide(NodeHttpClient.layerUndici)))
objectStorageContract(
  "Supabase behind its gateway",
  overStub("/storage/v1").pipe(Layer.provide(NodeHttpClient.layerUndici))
)
objectStorageContract(
  "S3",
  Layer.unwrap(Effect.map(serveS3(), ({ url }) => ObjectStorageS3(s3Options(url)))).pipe(
    Layer.provide(NodeHttpClient.layerUndici)
  )
)
