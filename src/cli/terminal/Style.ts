/** Colours for a stream: escape sequences on a terminal, otherwise none. */
import { isTerminal as hasEnded, type JobStatus } from "../../domain/JobStatus.ts"

export interface Style {
  readonly bold: (text: string) => string
  readonly dim: (text: string) => string
  readonly red: (text: string) => string
  readonly green: (text: string) => string
  readonly yellow: (text: string) => string
  readonly cyan: (text: string) => string
}

const paint = (code: number) => (text: string) => text === "" ? "" : `\u001b[${code}m${text}\u001b[0m`
const asIs = (text: string) => text

export const coloured: Style = {
  bold: paint(1),
  dim: paint(2),
  red: paint(31),
  green: paint(32),
  yellow: paint(33),
  cyan: paint(36)
}

export const plain: Style = { bold: asIs, dim: asIs, red: asIs, green: asIs, yellow: asIs, cyan: asIs }

export const statusColour = (style: Style, status: JobStatus): (text: string) => string =>
  status === "complete" ? style.green : hasEnded(status) ? style.red : style.cyan
