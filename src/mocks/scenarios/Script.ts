/** The steps of a scenario: used in the order of the file, each as often as it says. */

interface AnyStep {
  readonly on: string
  readonly times?: number
}

export interface StepProgress {
  readonly on: string
  readonly used: number
  readonly times: number
}

export interface Script<Step extends AnyStep> {
  /** Uses the first matching step that is not used up. */
  readonly take: (fits: (step: Step) => boolean) => Step | undefined
  readonly progress: () => ReadonlyArray<StepProgress>
}

export const makeScript = <Step extends AnyStep>(steps: ReadonlyArray<Step>): Script<Step> => {
  const entries = steps.map((step) => ({ step, used: 0, times: step.times ?? 1 }))
  return {
    take: (fits) => {
      const entry = entries.find(({ step, times, used }) => used < times && fits(step))
      if (entry === undefined) return undefined
      entry.used++
      return entry.step
    },
    progress: () => entries.map(({ step, times, used }) => ({ on: step.on, used, times }))
  }
}

/** `*` matches any text; an absent pattern matches everything. */
export const fitsPattern = (pattern: string | undefined, text: string): boolean => {
  if (pattern === undefined) return true
  const [first = "", ...others] = pattern.split("*")
  const last = others.pop()
  if (last === undefined) return pattern === text
  if (!text.startsWith(first) || text.length < first.length + last.length || !text.endsWith(last)) return false
  let at = first.length
  for (const part of others) {
    const found = text.indexOf(part, at)
    if (found === -1) return false
    at = found + part.length
  }
  return at <= text.length - last.length
}
