/** Sends a file with its progress: by XMLHttpRequest in browsers, as a counted stream elsewhere. */
import type { Connection } from "./Accessa.ts"
import { refusalOf } from "./AccessaError.ts"
import type { AcceptedJob, KnownJob } from "./schemas.ts"

export interface Progress {
  readonly sent: number
  /** Of the file or, in browsers, of the form, which is a little larger. */
  readonly total: number | undefined
}

export interface UploadOptions {
  /** Required for a Blob without a name. */
  readonly filename?: string
  readonly documentId?: string
  readonly metadata?: Readonly<Record<string, string>>
  readonly priority?: number
  readonly force?: boolean
  /** Repeating a request with the same key uploads nothing twice. */
  readonly idempotencyKey?: string
  readonly onProgress?: (progress: Progress) => void
  readonly signal?: AbortSignal
}

export const upload = async (
  connection: Connection,
  file: Blob,
  options: UploadOptions
): Promise<AcceptedJob | KnownJob> => {
  const address = new URL("/api/v1/documents", connection.url)
  const headers = {
    authorization: `Bearer ${connection.key}`,
    ...(options.idempotencyKey === undefined ? {} : { "idempotency-key": options.idempotencyKey })
  }
  const send = !("XMLHttpRequest" in globalThis)
    ? sendPacked
    : options.onProgress === undefined
    ? sendForm
    : sendInBrowser
  const { body, status } = await send(connection, address, headers, formOf(file, options), options, file)
  if (status >= 300) throw refusalOf(status, body)
  const job: AcceptedJob | KnownJob = JSON.parse(body)
  return job
}

const formOf = (file: Blob, { documentId, filename, force, metadata, priority }: UploadOptions): FormData => {
  const form = new FormData()
  if (documentId !== undefined) form.append("document_id", documentId)
  if (metadata !== undefined) form.append("metadata", JSON.stringify(metadata))
  if (priority !== undefined) form.append("priority", String(priority))
  if (force !== undefined) form.append("force", String(force))
  form.append("file", file, (filename ?? (file instanceof File ? file.name : "document")).replace(unsendable, ""))
  return form
}

/** A header may hold none of these, and file systems allow most. */
const unsendable = /\p{Cc}/gu

interface Answer {
  readonly status: number
  readonly body: string
}
type Send = (
  connection: Connection,
  address: URL,
  headers: Readonly<Record<string, string>>,
  form: FormData,
  options: UploadOptions,
  file: Blob
) => Promise<Answer>

const sendForm: Send = async ({ fetch = globalThis.fetch }, address, headers, body, { signal }) =>
  answerOf(await fetch(address, { method: "POST", headers, body, ...(signal === undefined ? {} : { signal }) }))

/** Node asks for it, the types of browsers do not know it. */
const streamed = { duplex: "half" }

/** Node's `fetch` would read a form's file ahead of the network, and throw out of everyone's reach when it is aborted. */
const sendPacked: Send = async ({ fetch = globalThis.fetch }, address, headers, form, { onProgress, signal }, file) => {
  const boundary = crypto.randomUUID()
  const packed = pack(form, boundary)
  let sent = 0
  const count = new TransformStream<Uint8Array, Uint8Array>({
    transform: (bytes, controller) => {
      sent += bytes.byteLength
      onProgress?.({ sent, total: Math.max(file.size, sent) })
      controller.enqueue(bytes)
    }
  })
  return answerOf(
    await fetch(address, {
      method: "POST",
      headers: { ...headers, "content-type": `multipart/form-data; boundary=${boundary}` },
      ...onProgress === undefined ? { body: packed } : { body: packed.stream().pipeThrough(count), ...streamed },
      ...(signal === undefined ? {} : { signal })
    })
  )
}

/** The form as browsers write it. A Blob of a file on disk stays there. */
const pack = (form: FormData, boundary: string): Blob =>
  new Blob([
    ...[...form].flatMap(([name, value]) =>
      typeof value === "string"
        ? [`--${boundary}\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`]
        : [
          `--${boundary}\r\ncontent-disposition: form-data; name="${name}"; filename="${
            value.name.replaceAll("\"", "%22")
          }"\r\ncontent-type: ${value.type || "application/octet-stream"}\r\n\r\n`,
          value,
          "\r\n"
        ]
    ),
    `--${boundary}--\r\n`
  ])

const sendInBrowser: Send = (_, address, headers, form, { onProgress, signal }) =>
  new Promise((resolve, reject) => {
    signal?.throwIfAborted()
    const request = new XMLHttpRequest()
    request.open("POST", address)
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value)
    request.upload.addEventListener("progress", ({ lengthComputable, loaded, total }) =>
      onProgress?.({ sent: loaded, total: lengthComputable ? total : undefined }))
    request.addEventListener("load", () =>
      resolve({ status: request.status, body: request.responseText }))
    request.addEventListener("error", () => reject(new TypeError(`No response from ${address.origin}.`)))
    request.addEventListener("abort", () => reject(signal?.reason))
    signal?.addEventListener("abort", () => request.abort(), { once: true })
    request.send(form)
  })

const answerOf = async (response: Response): Promise<Answer> => ({
  status: response.status,
  body: await response.text()
})
