/** The multipart body of an upload, streamed: the configuration first, then the document's bytes. */
import { Redacted, Stream } from "effect"
import type { ParseRequest } from "../../../services/DocumentParser.ts"
import type { Upload } from "./ParseApi.ts"

export interface ParseConfiguration {
  /** `fast` is left out: it gives no Markdown. */
  readonly tier: "cost_effective" | "agentic" | "agentic_plus"
  readonly version: string
}

export const uploadBody = (request: ParseRequest, { tier, version }: ParseConfiguration): Upload => {
  const configuration = JSON.stringify({
    tier,
    version,
    user_metadata: { job_id: request.jobId, document_id: request.documentId },
    ...(request.callback === undefined ? {} : {
      webhook_configurations: [{
        webhook_url: request.callback.url.href,
        webhook_signing_secret: Redacted.value(request.callback.secret),
        webhook_output_format: "json",
        webhook_events: ["parse.success", "parse.error", "parse.partial_success", "parse.cancelled"]
      }]
    })
  })
  // A job's id is unknown before its document is uploaded, so no document can contain its own boundary.
  const boundary = `accessa-${request.jobId}`
  const head = encode([
    `--${boundary}`,
    "Content-Disposition: form-data; name=\"configuration\"",
    "",
    configuration,
    `--${boundary}`,
    `Content-Disposition: form-data; name="file"; filename="${headerValue(request.filename)}"`,
    `Content-Type: ${headerValue(request.mediaType)}`,
    "",
    ""
  ])
  const tail = encode(["", `--${boundary}--`, ""])
  return {
    contentType: `multipart/form-data; boundary=${boundary}`,
    bytes: head.length + request.bytes + tail.length,
    secrets: request.callback === undefined ? [] : [Redacted.value(request.callback.secret)],
    content: Stream.succeed(head).pipe(Stream.concat(request.content), Stream.concat(Stream.succeed(tail)))
  }
}

const encode = (lines: ReadonlyArray<string>): Uint8Array => new TextEncoder().encode(lines.join("\r\n"))

const headerValue = (value: string): string => value.replaceAll(/["\\\r\n]/g, "_")
