// Loaded before a program: from SIGUSR2 on nothing else runs in it for as long as there is a file `blocked` in its home.
import { existsSync } from "node:fs"
import { homedir } from "node:os"
import process from "node:process"

const pause = new Int32Array(new SharedArrayBuffer(4))

process.on("SIGUSR2", () => {
  while (existsSync(`${homedir()}/blocked`)) Atomics.wait(pause, 0, 0, 20)
})
