// Loaded before a program: its clock is ten minutes ahead.
const now = Date.now.bind(Date)
Date.now = () => now() + 600_000
globalThis.Date = class extends Date {
  constructor(...given) {
    if (given.length === 0) super(Date.now())
    else super(...given)
  }
  static now() {
    return now() + 600_000
  }
}
