/**
 * The two routes of the API that are called most, as Fastify's documentation shows them, without callers, limits or tenants: a file
 * is written, synced and hashed, and one row is inserted; a row is read.
 */
import multipart from "@fastify/multipart"
import fastify from "fastify"
import { createHash, randomUUID } from "node:crypto"
import { createWriteStream } from "node:fs"
import { join } from "node:path"
import { env } from "node:process"
import { pipeline } from "node:stream/promises"
import { Pool } from "pg"

const pool = new Pool({ connectionString: env.DATABASE_URL, max: 8 })
await pool.query(`CREATE TABLE documents (id uuid PRIMARY KEY, name text NOT NULL, media_type text NOT NULL, bytes bigint NOT NULL,
  sha256 text NOT NULL, path text NOT NULL, status text NOT NULL DEFAULT 'uploaded', created_at timestamptz NOT NULL DEFAULT now())`)

const server = fastify()
await server.register(multipart)

server.get("/health", () => ({ status: "ok" }))

server.post("/api/v1/documents", async (request, reply) => {
  const { file, filename, mimetype } = await request.file()
  const id = randomUUID()
  const path = join(env.ACCESSA_DATA_DIR, id)
  const hash = createHash("sha256")
  let bytes = 0
  file.on("data", (part) => {
    bytes += part.length
    hash.update(part)
  })
  await pipeline(file, createWriteStream(path, { flush: true }))
  const { rows: [document] } = await pool.query({
    name: "insert",
    text: "INSERT INTO documents (id, name, media_type, bytes, sha256, path) VALUES ($1, $2, $3, $4, $5, $6) RETURNING *",
    values: [id, filename, mimetype, bytes, hash.digest("hex"), path]
  })
  return reply.code(202).send({ job_id: id, ...document })
})

server.get("/api/v1/jobs/:id", async (request, reply) => {
  const { rows: [document] } = await pool.query({
    name: "find",
    text: "SELECT * FROM documents WHERE id = $1",
    values: [request.params.id]
  })
  return document ?? reply.code(404).send({ detail: "There is no such document." })
})

await server.listen({ port: Number(env.API_PORT), host: "127.0.0.1" })
