/** The calls a mock has answered: counts, and the latest ones in full. */

interface Call {
  readonly call: number
  readonly at: string
  readonly method: string
  readonly path: string
  readonly status: number
}

const kept = 200

export interface CallLog {
  readonly add: (call: Omit<Call, "call">) => void
  readonly recent: () => ReadonlyArray<Call>
  /** Calls by status. */
  readonly counts: () => Readonly<Record<string, number>>
  readonly clear: () => void
}

export const makeCallLog = (): CallLog => {
  const calls: Array<Call> = []
  const counts = new Map<number, number>()
  let total = 0
  return {
    add: (call) => {
      calls.push({ call: ++total, ...call })
      if (calls.length > 2 * kept) calls.splice(0, kept)
      counts.set(call.status, (counts.get(call.status) ?? 0) + 1)
    },
    recent: () => calls.slice(-kept),
    counts: () => Object.fromEntries(counts),
    clear: () => {
      calls.length = 0
      counts.clear()
      total = 0
    }
  }
}
