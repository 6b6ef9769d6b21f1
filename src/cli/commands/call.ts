/** `threshold call <operation>`: an operation on a running service. Names, options and help come from the operations. */
import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { Command } from 'commander'
import { type Config, readConfig } from '../../config.ts'
import { developmentKeyOf } from '../../development.ts'
import { issueDevelopmentToken } from '../../features/identity/tokens.ts'
import { jsonShape } from '../../kernel/json-shape.ts'
import { FORMATS, type Operation } from '../../kernel/operation.ts'

/** Parameters by name; `as` and `authority` say who calls, `key` is the Idempotency-Key, `body` a file. */
export type CallOptions = Readonly<Record<string, string>>

/** Adds the subcommand of one operation. */
export function describeCall(call: Command, operation: Operation, print: (line: string) => void): void {
  const { name, summary, params, body, kind, allow } = operation
  const command = call.command(name).description(`${summary} (${allow.join(', ')})`)
  for (const [param, schema] of Object.entries(params)) {
    const { description } = jsonShape(schema, 'input').shape
    const isNeeded = operation.route.includes(`{${param}}`)
    command[isNeeded ? 'requiredOption' : 'option'](`--${param} <value>`, description)
  }
  if (body) command.requiredOption('--body <file>', 'JSON file with the body')
  if (operation.forms) command.option('--format <form>', FORMATS.join(', '))
  if (kind === 'command') command.option('--key <key>', 'Idempotency-Key; a new one where left out')
  command
    .option('--as <account>', 'account of the embedded default', 'screener')
    .option('--authority <code>', 'its authority', 'northmoor')
    .action(async (options: CallOptions) => {
      process.exitCode = await carryOut(operation, options, print)
    })
}

/** Exit status: 0 done, 1 refused. */
async function carryOut(operation: Operation, options: CallOptions, print: (line: string) => void): Promise<0 | 1> {
  const body = operation.body ? readFileSync(String(options['body'])) : undefined
  const response = await send(operation, options, body)
  const isJson = /^application\/(problem\+)?json/.test(response.headers.get('content-type') ?? '')
  print(isJson ? JSON.stringify(await response.json(), null, 2) : await response.text())
  return response.ok ? 0 : 1
}

/** The answer of a running service to one operation. */
export async function send(operation: Operation, options: CallOptions, body?: string | Buffer): Promise<Response> {
  const config = readConfig()
  const { path, method } = address(operation, options)
  return await fetch(`${config.client.url}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${await tokenFor(config, options)}`,
      ...(operation.kind === 'command' ? { 'idempotency-key': options['key'] ?? randomUUID() } : {}),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body }),
  }).catch((cause: unknown) => {
    throw new Error(`No service answers at ${config.client.url}. Start one with npm start.`, { cause })
  })
}

/** Path and query of a call, from the options that were given. */
function address({ route, params, forms }: Operation, options: CallOptions): { method: string; path: string } {
  const [method = 'GET', template = ''] = route.split(' ')
  const path = template.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(options[name] ?? ''))
  const query = new URLSearchParams(
    [...Object.keys(params), ...(forms ? ['format'] : [])]
      .filter((name) => !template.includes(`{${name}}`) && options[name] !== undefined)
      .map((name): [string, string] => [name, options[name] ?? '']),
  )
  return { method, path: query.size > 0 ? `${path}?${query}` : path }
}

/** THRESHOLD_TOKEN, or on the embedded default a token of the development key. */
export async function tokenFor(
  config: Config,
  { as = 'screener', authority = 'northmoor' }: CallOptions,
): Promise<string> {
  if (config.client.token !== undefined) return config.client.token
  if (config.auth) throw new Error('THRESHOLD_TOKEN: give a token of the identity provider.')
  const subject = as.includes('@') ? as : `${as}@${authority}.example`
  return await issueDevelopmentToken(
    await developmentKeyOf(config),
    { subject, authority },
    { now: Date.now(), minutes: 10 },
  )
}
