/**
 * Builds an overlay as `kubectl kustomize` does, for the few of its features that ours use. Namespaces and the suffixes of
 * generated names are left out: no check needs them.
 */
import { Effect, Path, Schema } from "effect"
import { type Document, parse } from "yaml"
import { InfrastructureUnreadable, readDocuments, readText, strictly } from "../readYaml.ts"
import { positive } from "./parts.ts"

const text = Schema.NonEmptyString

const Kustomization = Schema.Struct({
  apiVersion: Schema.Literal("kustomize.config.k8s.io/v1beta1"),
  kind: Schema.Literal("Kustomization"),
  namespace: Schema.optionalKey(text),
  resources: Schema.NonEmptyArray(text),
  images: Schema.optionalKey(Schema.Array(Schema.Struct({ name: text, newName: text, newTag: text }))),
  configMapGenerator: Schema.optionalKey(
    Schema.Array(Schema.Struct({ name: text, envs: Schema.NonEmptyArray(text) }))
  ),
  replicas: Schema.optionalKey(Schema.Array(Schema.Struct({ name: text, count: positive }))),
  patches: Schema.optionalKey(
    Schema.Array(Schema.Struct({ target: Schema.Struct({ kind: text, name: text }), patch: text }))
  )
})

const Patch = Schema.NonEmptyArray(
  Schema.Struct({ op: Schema.Literal("replace"), path: text, value: Schema.Union([Schema.String, Schema.Int]) })
)

export interface Built {
  readonly objects: ReadonlyArray<Document>
  /** The generated maps, by name. */
  readonly configMaps: Readonly<Record<string, Readonly<Record<string, string>>>>
  readonly tags: ReadonlyArray<string>
}

export const build: (directory: string) => Effect.Effect<
  Built,
  InfrastructureUnreadable,
  Effect.Services<ReturnType<typeof readText>> | Path.Path
> = Effect.fn("build")(function*(directory: string) {
  const paths = yield* Path.Path
  const file = paths.join(directory, "kustomization.yaml")
  const [found] = yield* readDocuments(file)
  const given = yield* strictly(Kustomization, file)(found?.toJS())
  const below = yield* Effect.forEach(given.resources, (resource): ReturnType<typeof build> => {
    const path = paths.join(directory, resource)
    return resource.endsWith(".yaml")
      ? Effect.map(readDocuments(path), (objects) => ({ objects, configMaps: {}, tags: [] }))
      : build(path)
  })
  const objects = below.flatMap((each) => each.objects)
  const named = (kind: string, name: string) =>
    Effect.fromNullishOr(objects.find((each) => each.get("kind") === kind && each.getIn(["metadata", "name"]) === name))
      .pipe(Effect.mapError(() => new InfrastructureUnreadable({ message: `${file}: there is no ${kind} ${name}` })))
  const replace = (object: Document, path: ReadonlyArray<string>, value: unknown) =>
    Effect.suspend(() =>
      object.hasIn(path)
        ? Effect.sync(() => object.setIn(path, value))
        : Effect.fail(new InfrastructureUnreadable({ message: `${file}: there is no /${path.join("/")} to replace` }))
    )

  for (const { count, name } of given.replicas ?? []) {
    yield* replace(yield* named("Deployment", name), ["spec", "replicas"], count)
  }
  for (const { patch, target } of given.patches ?? []) {
    for (const { path, value } of yield* strictly(Patch, file)(parse(patch))) {
      yield* replace(yield* named(target.kind, target.name), path.split("/").slice(1), value)
    }
  }
  const generated = yield* Effect.forEach(given.configMapGenerator ?? [], ({ envs, name }) =>
    Effect.map(
      Effect.forEach(envs, (env) => readText(paths.join(directory, env))),
      (texts) => [name, envFile(texts.join("\n"))] as const
    ))
  return {
    objects,
    configMaps: Object.assign({}, ...below.map((each) => each.configMaps), Object.fromEntries(generated)),
    tags: [...below.flatMap(({ tags }) => tags), ...(given.images ?? []).map(({ newTag }) => newTag)]
  }
})

const envFile = (content: string): Record<string, string> =>
  Object.fromEntries(
    content.split("\n").flatMap((line) => {
      const at = line.indexOf("=")
      return line.startsWith("#") || at < 1 ? [] : [[line.slice(0, at), line.slice(at + 1)]]
    })
  )
