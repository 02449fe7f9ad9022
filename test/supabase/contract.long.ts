import { it } from "@effect/vitest"
import { objectStorageContract } from "../contract/ObjectStorage.ts"
import { missing, storageOnServer } from "./Server.ts"

for (const reason of missing) {
  // oxlint-disable-next-line vitest/no-disabled-tests -- nothing runs here, the name is the message
  it.skip(`ObjectStorage Supabase on a real server: ${reason}`, () => {})
}

if (missing.length === 0) {
  objectStorageContract("Supabase on a real server", storageOnServer(false), { races: true })
  objectStorageContract("Supabase on a real server behind its gateway", storageOnServer(true), { races: true })
}
