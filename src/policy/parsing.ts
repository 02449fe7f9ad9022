/** Resource limits of the local parser. It parses two documents at once: one short and one long. */
import { Duration } from "effect"

export const parsing = {
  /** A document that takes longer leaves the short lane if the long one is free, and keeps its work. */
  brief: Duration.millis(250),
  /** One that takes longer, or needs OCR, leaves it in any case if others wait, and starts again when its turn comes. */
  short: Duration.seconds(5),
  /** For one document, from when its work begins: reading it from the storage, and parsing it. */
  limit: Duration.seconds(120),
  /** Additional time for each page that needs OCR. */
  perScan: Duration.seconds(20),
  /** Pages of one document that COVERAGE_POLICY=fallback reads again by OCR. */
  pagesAgain: 50,
  /** Per thread, for the JavaScript heap and the buffers each. */
  memoryMb: 1024,
  /** Long documents that may wait inside a worker; further ones return to the queue for a while. */
  waiting: { ofOneUser: 1, ofAll: 8 }
} as const
