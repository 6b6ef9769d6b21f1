/** `threshold token`: a token of the development key. There is none with a database server, in production, or with an identity provider. */
import { ConfigurationError, readConfig } from '../../config.ts'
import { developmentKeyOf } from '../../development.ts'
import { DEVELOPMENT_MINUTES_MAX, issueDevelopmentToken } from '../../features/identity/tokens.ts'

export interface TokenOptions {
  readonly as: string
  readonly authority: string
  readonly minutes: string
}

export async function token({ as, authority, minutes }: TokenOptions, print: (line: string) => void): Promise<void> {
  const config = readConfig(undefined, 'maintain')
  const key = await developmentKeyOf(config)
  if (!/^[1-9]\d{0,2}$/.test(minutes) || Number(minutes) > DEVELOPMENT_MINUTES_MAX)
    throw new ConfigurationError(`--minutes: a number from 1 to ${DEVELOPMENT_MINUTES_MAX}.`)
  const subject = as.includes('@') ? as : `${as}@${authority}.example`
  print(await issueDevelopmentToken(key, { subject, authority }, { now: Date.now(), minutes: Number(minutes) }))
}
