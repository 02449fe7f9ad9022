import { defineConfig } from "vitest/config"

/** One document after the other, and as long as the providers take. */
export default defineConfig({
  test: { include: ["test/real/*.spec.ts"], testTimeout: 600_000, hookTimeout: 120_000, maxWorkers: 1 }
})
