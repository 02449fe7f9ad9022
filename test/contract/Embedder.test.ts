import { EmbedderMemory } from "../../layers/Embedder/Memory.ts"
import { dimensions } from "../../src/domain/Vector.ts"
import { embedderContract } from "./Embedder.ts"

embedderContract("Memory", EmbedderMemory({ model: "lexical", version: "1", dimensions }))
