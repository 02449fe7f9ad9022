#!/usr/bin/env node
/** The command line. Compiled code is cached, which saves a third of its start. */
import { enableCompileCache } from "node:module"

enableCompileCache()
await import("./runAccessa.ts")
