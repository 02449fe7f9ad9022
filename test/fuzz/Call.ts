/** One request as sent, and the answer. */

export interface Call {
  readonly method: string
  /** With its query, encoded. */
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: Buffer
  /** The sender, for the report. */
  readonly caller: string
  /** `POST /api/v1/documents`, for the report. */
  readonly route: string
}

interface Reply {
  readonly status: number
  readonly headers: Readonly<Record<string, string | ReadonlyArray<string> | undefined>>
  readonly text: string
}

/**
 * `held`: the server keeps the answer open, as for an event stream or a wait. `lost`: the connection ended without an
 * answer.
 */
export type Heard = Reply | "held" | "lost"

/** A stream, or a request that may be answered late on purpose. */
export const mayWait = ({ path }: Call): boolean => /\/events|wait=/.test(path)
