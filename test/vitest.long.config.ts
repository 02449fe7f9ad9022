/** `pnpm test:long`: tests that take as long as all others of their kind together. */
import { defineConfig } from "vitest/config"

export default defineConfig({
  test: {
    include: ["test/{monitor,privacy,process,slowText}/*.long.ts"],
    testTimeout: 300_000,
    hookTimeout: 300_000,
    maxWorkers: 1
  }
})
