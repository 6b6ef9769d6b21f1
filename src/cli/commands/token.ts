/** `threshold token`: a token of the development key. There is none where an identity provider is configured. */
import { ConfigurationError, readConfig } from '../../config.ts'
import { developmentKey, issueDevelopmentToken } from '../../features/identity/tokens.ts'

export interface TokenOptions {
  readonly as: string
  readonly authority: string
  readonly minutes: string
}

export async function token({ as, authority, minutes }: TokenOptions, print: (line: string) => void): Promise<void> {
  const config = readConfig()
  if (config.auth)
    throw new ConfigurationError(
      'AUTH_JWKS_URL: tokens come from the identity provider; the development key is for the embedded default alone.',
    )
  if (!/^[1-9]\d{0,3}$/.test(minutes)) throw new ConfigurationError('--minutes: a number from 1 to 9999.')
  const subject = as.includes('@') ? as : `${as}@${authority}.example`
  print(
    await issueDevelopmentToken(
      await developmentKey(config.dataDir),
      { subject, authority },
      { now: Date.now(), minutes: Number(minutes) },
    ),
  )
}
