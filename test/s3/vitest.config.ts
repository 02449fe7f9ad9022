/**
 * `pnpm s3:test`: the storage over a real server, named by S3_ENDPOINT, S3_REGION, S3_FORCE_PATH_STYLE and the usual variables of
 * credentials. It creates buckets of its own and removes them. Takes four minutes.
 */
import { defineConfig } from "vitest/config"

export default defineConfig({
  test: { include: ["test/s3/*.long.ts"], testTimeout: 120_000, hookTimeout: 120_000, maxWorkers: 1 }
})
