/** Coordinates in which text that runs in one direction of the page reads from left to right, from the top left corner. */

/** In points of the page as stored, from its bottom left. */
export interface Box {
  readonly left: number
  readonly bottom: number
  readonly right: number
  readonly top: number
}

/** Quarter turns, counterclockwise, from reading left to right on the page as stored. */
export type Turn = 0 | 1 | 2 | 3

export interface Frame {
  readonly turn: Turn
  readonly width: number
  readonly height: number
  readonly x: (x: number, y: number) => number
  readonly y: (x: number, y: number) => number
}

export const frameOf = ({ bottom, left, right, top }: Box, turn: Turn): Frame => {
  const [width, height] = turn % 2 === 0 ? [right - left, top - bottom] : [top - bottom, right - left]
  switch (turn) {
    case 0:
      return { turn, width, height, x: (x) => x - left, y: (_, y) => top - y }
    case 1:
      return { turn, width, height, x: (_, y) => y - bottom, y: (x) => x - left }
    case 2:
      return { turn, width, height, x: (x) => right - x, y: (_, y) => y - bottom }
    case 3:
      return { turn, width, height, x: (_, y) => top - y, y: (x) => right - x }
  }
}

export const toTurn = (quarters: number): Turn => {
  const turn = ((Math.round(quarters) % 4) + 4) % 4
  return turn === 1 || turn === 2 || turn === 3 ? turn : 0
}

/** A box of the stored page in a frame. */
export const place = (frame: Frame, { bottom, left, right, top }: Box) => {
  const xs = [frame.x(left, bottom), frame.x(right, top)]
  const ys = [frame.y(left, bottom), frame.y(right, top)]
  return { x0: Math.min(...xs), x1: Math.max(...xs), y0: Math.min(...ys), y1: Math.max(...ys) }
}
