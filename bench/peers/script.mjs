/**
 * What a good engineer writes in an afternoon when nothing has to survive a crash: files are cut at headings and blank lines,
 * embedded 256 texts at a time, and inserted with binary parameters. Nothing is retried, checked or kept for later.
 */
import { hash, randomUUID } from "node:crypto"
import { Agent, request } from "node:http"
import { Pool } from "pg"

const dimensions = 1_536
const atOnce = 16
const texts = 256

/** Blocks between blank lines, packed to 1,200 characters; a heading begins a new chunk unless the last one is short. */
function* cut(text) {
  let packed = ""
  for (const block of text.split(/\n{2,}/)) {
    if (packed.length + block.length > 1_200 || (packed.length > 500 && block.startsWith("#"))) {
      if (packed !== "") yield packed
      packed = ""
    }
    packed = packed === "" ? block : `${packed}\n\n${block}`
    for (; packed.length > 1_200; packed = packed.slice(1_200)) yield packed.slice(0, 1_200)
  }
  if (packed.trim() !== "") yield packed
}

const post = (url, agent, body) =>
  new Promise((resolve, reject) => {
    const headers = { "content-type": "application/json", authorization: "Bearer none" }
    const sent = request(url, { method: "POST", agent, headers }, (response) => {
      const parts = []
      response.on("data", (part) => parts.push(part))
      response.on("end", () => {
        const answer = Buffer.concat(parts)
        if (response.statusCode === 200) resolve(answer)
        else reject(new Error(answer.toString()))
      })
    })
    sent.on("error", reject)
    sent.end(body)
  })

/** The answer's base64 as Postgres' binary form of vector[]. */
const vectorsOf = (answer, count, oid) => {
  const bytes = 4 + 4 * dimensions
  const array = Buffer.allocUnsafe(20 + count * (4 + bytes))
  for (const [index, field] of [1, 0, oid, count, 1].entries()) array.writeInt32BE(field, 4 * index)
  const mark = '"embedding":"'
  let from = 0
  for (let at = 20; at < array.length; at += 4 + bytes) {
    const start = answer.indexOf(mark, from) + mark.length
    from = answer.indexOf('"', start)
    array.writeInt32BE(bytes, at)
    array.writeInt32BE(dimensions << 16, at + 4)
    array.write(answer.latin1Slice(start, from), at + 8, "base64")
    array.subarray(at + 8, at + 4 + bytes).swap32()
  }
  return array
}

export const prepare = async ({ databaseUrl, embeddingsUrl, read }) => {
  const pool = new Pool({ connectionString: databaseUrl, max: 4 })
  await pool.query(`
    CREATE EXTENSION IF NOT EXISTS vector;
    CREATE TABLE documents (id uuid PRIMARY KEY, name text NOT NULL);
    CREATE TABLE chunks (id uuid PRIMARY KEY, document_id uuid NOT NULL REFERENCES documents, ordinal int NOT NULL,
      sha256 text NOT NULL, text text NOT NULL);
    CREATE TABLE vectors (chunk_id uuid PRIMARY KEY REFERENCES chunks, vector vector(${dimensions}) NOT NULL)`)
  const { rows: [{ oid }] } = await pool.query("SELECT 'vector'::regtype::oid::int AS oid")
  const agent = new Agent({ keepAlive: true, maxSockets: atOnce })
  const url = `${embeddingsUrl}/embeddings`

  const embed = async (chunks) => {
    const input = chunks.map(({ text }) => text)
    const body = JSON.stringify({ model: "text-embedding-3-small", input, encoding_format: "base64" })
    const vectors = vectorsOf(await post(url, agent, body), chunks.length, oid)
    await pool.query({
      name: "vectors",
      text: "INSERT INTO vectors SELECT * FROM unnest($1::uuid[], $2::vector[])",
      values: [chunks.map(({ id }) => id), vectors]
    })
  }
  const store = async (files) => {
    const documents = files.map(read).map(({ name, text }) => ({ id: randomUUID(), name, text }))
    const chunks = documents.flatMap(({ id, text }) =>
      Array.from(cut(text), (text, ordinal) => ({ id: randomUUID(), document: id, ordinal, text }))
    )
    await pool.query({
      name: "documents",
      text: "INSERT INTO documents SELECT * FROM unnest($1::uuid[], $2::text[])",
      values: [documents.map(({ id }) => id), documents.map(({ name }) => name)]
    })
    await pool.query({
      name: "chunks",
      text: "INSERT INTO chunks SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::int[], $4::text[], $5::text[])",
      values: [
        chunks.map(({ id }) => id),
        chunks.map(({ document }) => document),
        chunks.map(({ ordinal }) => ordinal),
        chunks.map(({ text }) => hash("sha256", text)),
        chunks.map(({ text }) => text)
      ]
    })
    return chunks
  }

  return async (files) => {
    const waiting = []
    const requests = new Set()
    let total = 0
    const send = async (chunks) => {
      if (requests.size >= atOnce) await Promise.race(requests)
      const sent = embed(chunks).finally(() => requests.delete(sent))
      requests.add(sent)
    }
    for (let next = 0; next < files.length; next += 16) {
      const chunks = await store(files.slice(next, next + 16))
      total += chunks.length
      waiting.push(...chunks)
      while (waiting.length >= texts) await send(waiting.splice(0, texts))
    }
    if (waiting.length > 0) await send(waiting)
    await Promise.all(requests)
    return total
  }
}
