// Loaded before a program: on SIGUSR2 nothing else runs in it for nine seconds.
import process from "node:process"

process.on("SIGUSR2", () => {
  const end = performance.now() + 9_000
  while (performance.now() < end);
})
