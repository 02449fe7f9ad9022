/** `pnpm validate:test`: a production-like stack, in order and broken in many ways, and what `accessa deploy validate` says of each. */
import { defineConfig } from "vitest/config"

export default defineConfig({
  test: { include: ["test/validate/*.long.ts"], testTimeout: 300_000, hookTimeout: 300_000 }
})
