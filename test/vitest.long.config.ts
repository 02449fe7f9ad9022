/** `pnpm test:long`: tests that would make the test command too slow. They take two minutes. */
import { defineConfig } from "vitest/config"

export default defineConfig({
  test: {
    include: ["test/{fuzz,layers,monitor,pipeline,privacy,process,slowText}/**/*.long.ts"],
    testTimeout: 300_000,
    hookTimeout: 300_000,
    maxWorkers: 1
  }
})
