/**
 * `pnpm supabase:test`: the storage over a real Supabase Storage, named by SUPABASE_URL and SUPABASE_SERVICE_ROLE_KEY. It needs a
 * server of its own, because its buckets have fixed names: what is in them is removed. Takes six minutes.
 */
import { defineConfig } from "vitest/config"

export default defineConfig({
  test: { include: ["test/supabase/*.long.ts"], testTimeout: 180_000, hookTimeout: 300_000, maxWorkers: 1 }
})
