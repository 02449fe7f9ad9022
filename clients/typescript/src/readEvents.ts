/** The events of a `text/event-stream`, as they arrive. */
import type { JobEvent } from "./schemas.ts"

export async function* readEvents(response: Response): AsyncGenerator<JobEvent> {
  if (response.body === null) return
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader()
  let rest = ""
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      const blocks = (rest + value).split("\n\n")
      rest = blocks.pop() ?? ""
      for (const block of blocks) {
        const data = block.split("\n").filter((line) => line.startsWith("data:")).map((line) =>
          line.slice(5).trimStart()
        )
        if (data.length === 0) continue
        const event: JobEvent = JSON.parse(data.join("\n"))
        yield event
      }
    }
  } finally {
    await reader.cancel().catch(() => undefined)
  }
}
