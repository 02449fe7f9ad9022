/** What the parser on this machine may take of it. Two documents are parsed at once: a short one always, and a long one. */
import { Duration } from "effect"

export const parsing = {
  /** A document that takes longer, or has pages for OCR, counts as long, and leaves the short ones' place. */
  short: Duration.seconds(5),
  /** Of one document, from when its work begins: to be read from the storage, and then to be parsed. */
  limit: Duration.seconds(120),
  /** More for each page that has to be read by OCR. */
  perScan: Duration.seconds(20),
  /** Of one thread, for its JavaScript heap and for its buffers each. */
  memoryMb: 1024,
  /** Long documents that wait inside a worker for their turn; more go back to the queue for a while. */
  waiting: { ofOneUser: 1, ofAll: 8 }
} as const
