/** Runs one reader on one text, and answers with the CPU time that took: in a thread, so that a reader that hangs can be ended. */
import { threadCpuUsage } from "node:process"
import { parentPort } from "node:worker_threads"
import { readers } from "./readers.ts"

export interface Reading {
  readonly reader: string
  readonly text: string
}

const milliseconds = (): number => {
  const { system, user } = threadCpuUsage()
  return (system + user) / 1_000
}

parentPort?.on("message", ({ reader, text }: Reading) => {
  const start = milliseconds()
  readers[reader]?.(text)
  parentPort?.postMessage(milliseconds() - start)
})
