// Every relation × whoever calls, against the reviewed relations.json; and every relation asked, in the own authority, for
// things of the other one.
import { randomUUID } from 'node:crypto'
import { buildSchema, type GraphQLObjectType, getNamedType, isObjectType } from 'graphql'
import t from 'tap'
import { operations } from '../../src/features/index.ts'
import { relations } from '../../src/features/relations.ts'
import { sdl } from '../../src/graphql/sdl.ts'
import type { Context } from '../../src/kernel/operation.ts'
import type { Relation } from '../../src/kernel/relation.ts'
import { STRICT_SETTINGS } from '../../src/kernel/settings.ts'
import { operationOf } from '../support/documents.ts'
import type { Json, Request } from '../support/surfaces.ts'
import { tally } from '../support/tally.ts'
import type { Account, AccountName } from '../support/world.ts'
import { compare, expected } from './expected.ts'
import type { Furnished, RoleName } from './ground.ts'
import { REQUESTS } from './requests.ts'
import { other, own, roles, world } from './stage.ts'

const schema = buildSchema(sdl(operations, relations))
const nameOf = ({ on, name }: Relation): string => `${on}.${name}`
/** Fields that are made of the thing itself and read nothing. */
const OF_ITSELF = ['ExplanationReport.text', 'ExplanationReport.html']
const added = new Set(relations.map(nameOf))

/** A question, and the fields that lead from its answer to things of a type. */
interface Way {
  readonly operation: string
  readonly fields: readonly string[]
}

/** Every shortest way from a question to things of a type, through fields of the questions themselves. */
function waysTo(type: string): Way[] {
  const roots = Object.values(schema.getQueryType()?.getFields() ?? {})
  return roots.flatMap((root) => {
    const fields = path(getNamedType(root.type) as GraphQLObjectType, type, new Set())
    return fields ? [{ operation: root.name, fields }] : []
  })
}

function path(from: GraphQLObjectType, type: string, seen: Set<string>): string[] | undefined {
  if (from.name === type) return []
  if (!isObjectType(from) || seen.has(from.name)) return undefined
  seen.add(from.name)
  const ways = Object.values(from.getFields()).flatMap((field) => {
    const inner = added.has(`${from.name}.${field.name}`)
      ? undefined
      : path(getNamedType(field.type) as GraphQLObjectType, type, new Set(seen))
    return inner ? [[field.name, ...inner]] : []
  })
  return ways.sort((a, b) => a.length - b.length)[0]
}

/** Everything at the end of the fields, through lists. */
function at(value: Json, fields: readonly string[]): Json[] {
  if (value === null || value === undefined) return []
  if (Array.isArray(value)) return value.flatMap((one) => at(one, fields))
  const [field, ...rest] = fields
  return field === undefined ? [value] : at(value[field], rest)
}

/** What is in the answers of an authority of a type, asked by whoever may: parents as a relation gets them. */
async function parentsIn({ la, ids }: Furnished, { operation, fields }: Way): Promise<Json[]> {
  // By the first request alone: it is the one that is asked with the field.
  const first = REQUESTS[operation]?.[0]
  const key = `${la.code} ${operation}`
  if (first && !answered.has(key)) answered.set(key, (await la.call('REST', first.who, operation, first.ask(ids))).data)
  return at(answered.get(key), fields)
}
const answered = new Map<string, Json>()

/** The first way that leads to something. */
async function leadingTo(furnished: Furnished, type: string, isUsable = (_: Way): boolean => true) {
  for (const way of waysTo(type).filter(isUsable)) {
    const parents = await parentsIn(furnished, way)
    if (parents.length > 0) return { way, parents }
  }
  return undefined
}

/** A type's own fields without arguments, one level deep where they have fields: enough to run the resolver. */
function shown(typeName: string): string {
  const type = schema.getType(typeName)
  if (!isObjectType(type)) return ''
  const plain = Object.values(type.getFields()).find((field) => !isObjectType(getNamedType(field.type)))
  return ` { ${plain ? plain.name : '__typename'} }`
}

async function asked(who: AccountName | Account | null, relation: Relation, { operation, fields }: Way): Promise<Json> {
  const { params = {}, body }: Request = REQUESTS[operation]?.[0]?.ask(own.ids) ?? {}
  const given = Object.entries({ ...params, ...(body === undefined ? {} : { input: body }) })
  const root = schema.getQueryType()?.getFields()[operation]
  const variables = given.map(([name]) => `$${name}: ${root?.args.find((arg) => arg.name === name)?.type}`)
  const args = given.map(([name]) => `${name}: $${name}`)
  const type = (schema.getType(relation.on) as GraphQLObjectType).getFields()[relation.name]?.type
  const inner = `${relation.name}${type ? shown(getNamedType(type).name) : ''}`
  const nested = [...fields].reverse().reduce((text, field) => `${field} { ${text} }`, inner)
  const query = `query${variables.length > 0 ? `(${variables})` : ''} { ${operation}${args.length > 0 ? `(${args})` : ''} { ${nested} } }`
  return (await own.la.graphql(who, query, Object.fromEntries(given))).body
}

t.test('each field that a later part adds is given to those who were reviewed, and to nobody else', async (t) => {
  const reviewed = expected<{ refused?: RoleName[]; hidden?: RoleName[] }>('operations')
  const lines: Record<string, { may: RoleName[]; unasked?: RoleName[] }> = {}
  for (const relation of relations) {
    const line: { may: RoleName[]; unasked?: RoleName[] } = { may: [] }
    for (const [role, who] of roles) {
      const mayAsk = ({ operation }: Way): boolean => {
        // What a rule refuses, or hides, of what the role may ask for otherwise.
        const { refused = [], hidden = [] } = reviewed[operation] ?? {}
        return operationOf(operation).allow.includes(role) && ![...refused, ...hidden].includes(role)
      }
      const found = await leadingTo(own, relation.on, mayAsk)
      // Nobody can ask for a field of what they cannot ask for.
      if (!found) {
        line.unasked = [...(line.unasked ?? []), role]
        continue
      }
      const { errors, data } = await asked(who, relation, found.way)
      const isRefused = errors?.some(
        ({ path: where, extensions }: Json) => where.at(-1) === relation.name && extensions.code === 'forbidden',
      )
      const isGiven = errors === undefined && at(data, [found.way.operation, ...found.way.fields]).length > 0
      t.ok(isGiven !== Boolean(isRefused), `${nameOf(relation)} as ${role}: ${JSON.stringify(errors)?.slice(0, 300)}`)
      if (isGiven) line.may.push(role)
    }
    t.ok(line.may.length > 0, `${nameOf(relation)} is given to somebody`)
    lines[nameOf(relation)] = line
  }
  compare(t, 'relations', lines)
})

t.test('a field of another authority’s thing has nothing in it', async (t) => {
  let held = 0
  for (const relation of relations) {
    const theirs = await leadingTo(other, relation.on)
    const ours = await leadingTo(own, relation.on)
    const [foreign, real] = [await loaded(relation, theirs?.parents ?? []), await loaded(relation, ours?.parents ?? [])]
    t.ok(theirs && ours, `${nameOf(relation)}: there are such things`)
    const text = JSON.stringify(foreign)
    // What stands in the thing itself may be said again; what is read from the database may not.
    const given = JSON.stringify(theirs?.parents ?? [])
    const leaked = [...Object.values(other.ids), other.la.id].filter((id) => text.includes(id) && !given.includes(id))
    t.strictSame(leaked, [], nameOf(relation))
    t.ok(
      typeof foreign === 'string' || OF_ITSELF.includes(nameOf(relation)) || isNothing(foreign),
      `${nameOf(relation)}: ${text.slice(0, 300)}`,
    )
    t.ok(real !== undefined, `${nameOf(relation)} of the own`)
    if (leaked.length === 0) held += 1
  }
  tally(t, 'cross_authority', { held, of: relations.length })
})

/** What a relation loads in the own authority; the refusal's code where it refuses. */
async function loaded(relation: Relation, parents: readonly Json[]): Promise<Json> {
  const { id: accountId, subject } = own.la.accounts.supervisor
  const now = new Date(world.clock.now).toISOString()
  const actor: Context['actor'] = {
    ...{ accountId, authorityId: own.la.id, authorityCode: own.la.code, subject, displayName: 'The supervisor' },
    ...{ kind: 'human', qualification: 'social_work', agency: null, roles: relation.allow },
  }
  const record = async (): Promise<never> => {
    throw new Error('a field records nothing')
  }
  return await world.database
    .withTenant(
      own.la.id,
      (tx) => relation.load({ tx, actor, now, settings: STRICT_SETTINGS, newId: randomUUID, record }, parents),
      { accountId, now },
    )
    .catch((error: unknown) => String((error as { code?: string }).code ?? error))
}

/** Empty lists, nulls, noughts and falsehoods, however nested. */
function isNothing(value: Json): boolean {
  if (Array.isArray(value)) return value.every(isNothing)
  if (typeof value === 'object' && value !== null) return Object.values(value).every(isNothing)
  return value === null || value === 0 || value === false || value === ''
}
