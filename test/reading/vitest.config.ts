/** `pnpm reading:test`: the unchanged clients of docs/reading.md, on a database like a Supabase project's. */
import { defineConfig } from "vitest/config"

export default defineConfig({
  test: { include: ["test/reading/*.long.ts"], testTimeout: 300_000, hookTimeout: 120_000 }
})
