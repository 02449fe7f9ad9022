import { defineConfig } from "vitest/config"

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    // Each database test holds a PGlite of some 300 MB, and two of them keep two cores busy.
    maxWorkers: 2,
    testTimeout: 20_000,
    // Room for the first start of PGlite on a slow machine.
    hookTimeout: 120_000
  }
})
