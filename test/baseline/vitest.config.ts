/** `pnpm baseline:test`: a stack that is recorded, changed in many ways and compared. */
import { defineConfig } from "vitest/config"

export default defineConfig({
  test: { include: ["test/baseline/*.long.ts"], testTimeout: 900_000, hookTimeout: 300_000 }
})
