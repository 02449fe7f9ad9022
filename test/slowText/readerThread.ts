/** Runs one reader on one text and returns its CPU time: in a thread, so that a hanging reader can be ended. */
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
