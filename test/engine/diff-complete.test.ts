// Nothing that a policy can say may change without the diff saying so. The schema of the format is walked: an example that uses
// every property is changed in one place after the other, so that a new property without words in the diff fails here.
import t from 'tap'
import { z } from 'zod'
import { diffPolicies } from '../../src/engine/index.ts'
import { PolicyDocument } from '../../src/engine/policy/shape.ts'

/** What the diff leaves out on purpose, each with the reason. Add to it only what is told to practitioners in another way. */
const LEFT_OUT: Readonly<Record<string, string>> = {
  'document.id': 'the heading says it',
  'document.version': 'the heading says it',
  'document.approved': 'of the version alone, shown with it',
  'document.approvedBy': 'of the version alone, shown with it',
  'document.effective': 'of the version alone, shown with it',
  'document.issue': 'of the version alone, shown with it',
  'document.published': 'of the version alone, shown with it',
  'document.reviewDue': 'of the version alone, shown with it',
  'document.changeReason': 'the words of the partnership on the version, shown with it',
  'document.briefing': 'the words of the partnership on the version, shown with it',
  'routing in another order': 'between levels the order means nothing; that of the routes of a level is told',
  provenance: 'an item from the base is told like any other, and another base as document.extends',
}

interface Schema {
  readonly $ref?: string
  readonly const?: unknown
  readonly type?: string
  readonly enum?: readonly string[]
  readonly pattern?: string
  readonly format?: string
  readonly minimum?: number
  readonly maximum?: number
  readonly minItems?: number
  readonly required?: readonly string[]
  readonly properties?: Readonly<Record<string, Schema>>
  readonly items?: Schema
  readonly anyOf?: readonly Schema[]
  readonly propertyNames?: Schema
  readonly additionalProperties?: Schema | boolean
  readonly $defs?: Readonly<Record<string, Schema>>
}
type Json = Readonly<Record<string, unknown>>

const root = z.toJSONSchema(PolicyDocument) as Schema
const resolved = (schema: Schema): Schema => root.$defs?.[schema.$ref?.replace('#/$defs/', '') ?? ''] ?? schema
const conditionForms = root.$defs?.['Condition']?.anyOf ?? []

/** Texts for what has a pattern, one of which every pattern has to know twice. */
const TEXTS = ['08:30', '09:45', 'c0', 'c1', 'c2', 'pack@1', 'pack@2', '1A', '2B', 'N1', 'N2', 'cy', 'pl']
const DATES = ['2026-01-01', '2026-01-02', '2026-01-03']

/** The n-th value that the schema allows, with every property that it knows. */
function sample(given: Schema, n: number): unknown {
  const schema = resolved(given)
  if (schema.const !== undefined) return schema.const
  if (schema.anyOf) return sample(schema.anyOf[0] ?? {}, n)
  if (schema.enum) return schema.enum[n % schema.enum.length]
  if (schema.type === 'boolean') return n % 2 === 0
  if (schema.type === 'integer') return Math.min((schema.minimum ?? 0) + n, schema.maximum ?? 0)
  if (schema.type === 'array') return Array.from({ length: lengthOf(schema) }, (_, i) => sample(schema.items ?? {}, i))
  if (schema.properties)
    return Object.fromEntries(Object.entries(schema.properties).map(([name, part]) => [name, sample(part, n)]))
  if (typeof schema.additionalProperties === 'object') {
    const { propertyNames = {}, additionalProperties } = schema
    return Object.fromEntries([0, 1].map((i) => [sample(propertyNames, i), sample(additionalProperties, i)]))
  }
  if (schema.type !== 'string') throw new Error(`The test knows no value for ${JSON.stringify(schema)}`)
  if (!schema.pattern) return `Words ${n}.`
  const texts = (schema.format === 'date' ? DATES : TEXTS).filter((text) => new RegExp(schema.pattern ?? '').test(text))
  if (texts.length < 2) throw new Error(`Give the test two texts for the pattern ${schema.pattern}`)
  return texts[n % texts.length]
}

const lengthOf = ({ minItems = 0 }: Schema): number => Math.max(2, minItems + 1)

interface Changed {
  readonly path: string
  readonly value: unknown
}

/** The value changed in one place, for each place and each way in which it can be. */
function changesOf(given: Schema, value: unknown): Changed[] {
  const schema = resolved(given)
  if (schema.const !== undefined) return []
  if (schema.anyOf) return conditionChanges(value)
  if (schema.type === 'array') {
    const list = value as readonly unknown[]
    return [
      { path: ' with one more gone', value: list.slice(1) },
      { path: ' in another order', value: [...list].reverse() },
      ...list.flatMap((item, i) =>
        changesOf(schema.items ?? {}, item).map((changed) => ({
          path: `[${i}]${changed.path}`,
          value: list.with(i, changed.value),
        })),
      ),
    ]
  }
  if (schema.type !== 'object') return [{ path: '', value: otherThan(schema, value) }]
  const item = value as Json
  const { additionalProperties, properties, required = [] } = schema
  return Object.keys(item).flatMap((name) => {
    const part = properties?.[name] ?? (additionalProperties as Schema)
    const gone = required.includes(name) ? [] : [{ path: `.${name} gone`, value: { ...item, [name]: undefined } }]
    return [
      ...gone,
      ...changesOf(part, item[name]).map((changed) => ({
        path: `.${name}${changed.path}`,
        value: { ...item, [name]: changed.value },
      })),
    ]
  })
}

/** Each property of the form that it has, and another form. */
function conditionChanges(value: unknown): Changed[] {
  const form = conditionForms.find(({ required = [] }) => required.every((name) => name in (value as Json))) ?? {}
  const other = conditionForms.find((one) => one !== form) ?? {}
  return [...changesOf(form, value), { path: ' of another form', value: sample(other, 0) }]
}

function otherThan(schema: Schema, value: unknown): unknown {
  // A list of one value, such as that of qualifications, has another as soon as it grows.
  if (schema.enum?.length === 1) return 'another'
  const other = Array.from({ length: 9 }, (_, n) => sample(schema, n + 2)).find((one) => one !== value)
  if (other === undefined) throw new Error(`The test knows no other value than ${value}`)
  return other
}

const example = PolicyDocument.parse(sample(root, 0))

/** Every change of the example, and, with each form of condition in a rule, every change of that condition. */
const cases: { path: string; before: PolicyDocument; after: PolicyDocument }[] = [
  ...changesOf(root, example).map(({ path, value }) => ({
    path: path.slice(1),
    before: example,
    after: value as PolicyDocument,
  })),
  ...conditionForms.flatMap((form) => {
    const having = (when: unknown): PolicyDocument => ({
      ...example,
      rules: example.rules.map((rule, i) => (i === 0 ? { ...rule, when: when as typeof rule.when } : rule)),
    })
    const before = sample(form, 1)
    return changesOf(form, before).map(({ path, value }) => ({
      path: `rules[0].when (${form.required?.join(' and ')})${path}`,
      before: having(before),
      after: having(value),
    }))
  }),
]
const leftOut = (path: string): string | undefined =>
  Object.keys(LEFT_OUT).find((left) => path === left || path.startsWith(`${left}.`) || path === `${left} gone`)

const changesFrom = ({ before, after }: (typeof cases)[number]) => diffPolicies(before, after).changes
const told = cases.map((one) => ({
  path: one.path,
  left: leftOut(one.path),
  forth: changesFrom(one),
  back: changesFrom({ ...one, before: one.after, after: one.before }),
}))

t.test('whatever changes in a policy is said, both ways, in the section in which it stands', async (t) => {
  for (const { path, left, forth, back } of told) {
    const section = /^\w+/.exec(path)?.[0]
    const isSaid = [forth, back].every(
      (changes) => changes.length > 0 && changes.every((one) => one.section === section),
    )
    if (!isSaid && !left) t.fail(`${path}: ${JSON.stringify([forth, back])}`)
  }
  const silent = told.filter(({ forth, back }) => forth.length + back.length === 0)
  t.strictSame(
    [...new Set(silent.map(({ left }) => left))].sort(),
    Object.keys(LEFT_OUT).sort(),
    'what is left out is what the list says',
  )
  t.ok(told.length > 500, `${told.length} changes`)
})

t.test('it is said in words, and no two changes in the same ones', async (t) => {
  const paths = new Map<string, string>()
  for (const { path, forth } of told.filter(({ left }) => !left)) {
    for (const { text } of forth) {
      // Codes stand as they are written where an order is told.
      const raw = /\S*([a-z][A-Z]|_|undefined|\[object|NaN)\S*|: ?[.;]?$/.exec(text.replace(/order: .*/, ''))
      if (raw) t.fail(`${path}: “${raw[0]}” has no words in ${text}`)
    }
    const said = JSON.stringify(forth)
    if (paths.has(said)) t.fail(`${path} is told like ${paths.get(said)}: ${said}`)
    paths.set(said, path)
  }
  t.ok(paths.size > 500, `${paths.size} different texts`)
})
