import { it } from "@effect/vitest"
import { objectStorageContract } from "../contract/ObjectStorage.ts"
import { missing, storageOnServer } from "./Bucket.ts"

for (const reason of missing) {
  // oxlint-disable-next-line vitest/no-disabled-tests -- nothing runs here, the name is the message
  it.skip(`ObjectStorage S3 on a real server: ${reason}`, () => {})
}

if (missing.length === 0) objectStorageContract("S3 on a real server", storageOnServer)
