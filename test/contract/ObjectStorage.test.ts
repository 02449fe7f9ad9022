import { NodeFileSystem } from "@effect/platform-node"
import { Effect, FileSystem, Layer } from "effect"
import { ObjectStorageFilesystem } from "../../layers/ObjectStorage/Filesystem.ts"
import { ObjectStorageMemory } from "../../layers/ObjectStorage/Memory.ts"
import { objectStorageContract } from "./ObjectStorage.ts"

const inTemporaryFolder = Layer.unwrap(Effect.gen(function*() {
  const fs = yield* FileSystem.FileSystem
  return ObjectStorageFilesystem({ directory: yield* fs.makeTempDirectoryScoped() })
}))

objectStorageContract("Memory", ObjectStorageMemory)
objectStorageContract("Filesystem", inTemporaryFolder.pipe(Layer.provide(NodeFileSystem.layer)))
