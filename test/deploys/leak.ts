/** Loaded before a program: it leaks memory until it is out of it. */
const kept: Array<ReadonlyArray<number>> = []
setInterval(() => void kept.push(Array.from({ length: 400_000 }, (_, index) => index + Math.random())), 500).unref()
