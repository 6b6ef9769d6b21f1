/** What docs/API.md repeats of the code: the operations with their roles. `npm run schema` writes it, a test compares it. */
import { ROLES, type Role } from './db/tables/accounts.ts'
import type { Operation } from './kernel/operation.ts'
import type { Relation } from './kernel/relation.ts'

const LETTERS: Readonly<Record<Role, string>> = {
  referrer: 'R',
  system: 'Y',
  screener: 'S',
  supervisor: 'V',
  panel_member: 'P',
  policy_author: 'A',
  policy_approver: 'B',
  auditor: 'U',
  administrator: 'M',
}

/** One row an operation, one a field that a later feature adds to a type; a dot for each role that may. */
export function roleTable(operations: readonly Operation[], relations: readonly Relation[]): string {
  const roles = Object.keys(LETTERS) as Role[]
  if (roles.length !== ROLES.length) throw new Error('A role has no letter')
  const dots = (allow: readonly Role[]) => roles.map((role) => (allow.includes(role) ? '●' : ' ')).join(' | ')
  return [
    `| operation | route | ${roles.map((role) => LETTERS[role]).join(' | ')} |`,
    `| --- | --- | ${roles.map(() => '-').join(' | ')} |`,
    ...operations.map(
      ({ name, kind, route, allow }) =>
        `| \`${name}\`${kind === 'command' ? ' *' : ''} | \`${route}\` | ${dots(allow)} |`,
    ),
    ...relations.map(({ on, name, allow }) => `| \`${on}.${name}\` | GraphQL | ${dots(allow)} |`),
  ].join('\n')
}

const MARKS = { begin: '<!-- roles: written by npm run schema -->', end: '<!-- roles: end -->' }

/** The document with its table as the code has it. @throws Error when the marks are not there. */
export function withRoleTable(document: string, table: string): string {
  const [head, rest] = document.split(MARKS.begin)
  const tail = rest?.split(MARKS.end)[1]
  if (head === undefined || tail === undefined) throw new Error('docs/API.md has lost the marks of its table')
  return `${head}${MARKS.begin}\n\n${table}\n\n${MARKS.end}${tail}`
}
