#!/usr/bin/env node
/** The CLI. Installed, it starts without the preload of package.json. */
import { enableCompileCache } from "node:module"

enableCompileCache()
await import("../process/runAccessa.ts")
