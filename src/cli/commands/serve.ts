/** `threshold serve`: the service. On the embedded default it first makes everything that it needs. */

import { readFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import closeWithGrace from 'close-with-grace'
import type { Logger } from 'pino'
import { buildApp } from '../../app.ts'
import { type Config, readConfig } from '../../config.ts'
import type { Database } from '../../db/connect.ts'
import { developmentKeyOf } from '../../development.ts'
import { signAll } from '../../features/audit/signing.ts'
import { listAuthorities } from '../../features/identity/index.ts'
import { DEVELOPMENT_MINUTES_MAX, issueDevelopmentToken } from '../../features/identity/tokens.ts'
import { openAdmission } from '../../http/admission.ts'
import type { Settings } from '../../kernel/settings.ts'
import { createLogger } from '../../log.ts'
import { DEMO_FILE, provision } from '../../provision.ts'
import { requireApart, requireKeysOf } from '../../requirements.ts'
import { graphqlRulesOf, making, openConfigured, settingsOf, verifierOf } from '../../start.ts'
import { startWorker } from '../../worker.ts'

const GRACE_MS = 10_000
/** How long the last signatures are waited for, within that. */
const SIGNING_MS_MAX = 6000
const FIRST_REQUEST = new URL('../../../examples/first-request.json', import.meta.url).pathname

export async function serve(print: (line: string) => void): Promise<void> {
  // A line that cannot be printed, to a disk that is full, ends no service.
  process.stdout.on('error', () => {})
  const config = readConfig()
  const logger = createLogger(config.logLevel)
  const database = await openConfigured(config)
  const isEmbedded = database.engine === 'pglite'
  try {
    if (isEmbedded) await prepareEmbedded(config, database, print)
    else if (!(await database.schemaIsCurrent()))
      throw new Error('The database does not have the schema of this version. Run `threshold migrate` first.')
    await requireApart(database, config, print)
    await requireKeysOf(database, config)
    const { limits, isProduction, trustedProxies } = config
    const settings = settingsOf(config)
    const admission = openAdmission()
    const app = await buildApp({
      ...{ database, verify: await verifierOf(config), logger, settings, limits, isProduction, admission },
      trustedProxies,
      graphql: graphqlRulesOf(config),
    })
    const signing = signingOf(database, settings, logger)
    const authorityIds = (await listAuthorities(database)).map(({ id }) => id)
    await signAll(signing, authorityIds)
    const worker = startWorker({
      database,
      settings,
      now: () => new Date().toISOString(),
      newId: making().newId,
      onFailure: (err) => logger.error({ err }, 'a piece of work failed'),
      onTrouble: (err) => logger.warn({ err }, 'work waits for the database'),
    })
    closeWithGrace({ delay: GRACE_MS, logger: false as never }, async ({ err, signal }) => {
      if (err) logger.fatal({ err }, 'stopping after a defect')
      else logger.info({ signal }, 'stopping')
      admission.stop()
      await Promise.all([worker.stop(), app.close()])
      // Places outside that hang hold up no end: what is not there now is put there after the next start.
      await Promise.race([signAll(signing, authorityIds, { isEnding: true }).catch(() => {}), pause(SIGNING_MS_MAX)])
      await database.close()
    })
    const address = await app.listen({ host: config.host, port: config.port })
    logger.info({ address, engine: database.engine }, 'listening')
    await welcome(config, address, print)
  } catch (error) {
    await database.close()
    throw error
  }
}

function signingOf(database: Database, settings: Settings, logger: Logger) {
  return {
    ...{ database, settings },
    now: () => new Date().toISOString(),
    onFailure: (err: unknown) => logger.error({ err }, 'a log was not signed, or not put outside'),
  }
}

async function prepareEmbedded(config: Config, database: Database, print: (line: string) => void): Promise<void> {
  print(`Threshold on its embedded database in ${config.dataDir}: for trying out only, never for real records.`)
  await database.migrate()
  for (const line of await provision(database, DEMO_FILE, making())) print(`  ${line}`)
}

async function welcome(config: Config, address: string, print: (line: string) => void): Promise<void> {
  const host =
    config.host === '0.0.0.0' || config.host === '::' ? address.replace(/\/\/[^:]+|\/\/\[::\]/, '//127.0.0.1') : address
  print(`\nListening on ${host}\nReference    ${host}/docs\n`)
  if (config.auth) return
  const token = await issueDevelopmentToken(
    await developmentKeyOf(config),
    { subject: 'screener@northmoor.example', authority: 'northmoor' },
    { now: Date.now(), minutes: DEVELOPMENT_MINUTES_MAX },
  )
  const body = JSON.stringify(JSON.parse(readFileSync(FIRST_REQUEST, 'utf8'))).replaceAll("'", '’')
  print('Try it: score a referral. Paste this into another terminal.\n')
  print(
    `curl -s ${host}/v1/score -H 'Authorization: Bearer ${token}' -H 'Content-Type: application/json' -d '${body}'\n`,
  )
}
