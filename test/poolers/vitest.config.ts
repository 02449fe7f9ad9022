/** `pnpm poolers:test`: the whole pipeline and a storm through pgbouncer, on a database like a Supabase project's. Takes a minute. */
import { defineConfig } from "vitest/config"

export default defineConfig({
  test: { include: ["test/poolers/*.long.ts"], testTimeout: 300_000, hookTimeout: 120_000 }
})
