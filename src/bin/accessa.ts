#!/usr/bin/env node
/** The CLI. Caching compiled code saves a third of its start-up time. */
import { enableCompileCache } from "node:module"

enableCompileCache()
await import("./runAccessa.ts")
