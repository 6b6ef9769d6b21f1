/** What is set where this runs, as far as an assessment asks for it: hosts and counts, never a secret or a path. */
import type { Config } from '../config.ts'
import type { Rule } from '../features/retention/rules.ts'
import { table } from './markdown.ts'
import type { Receiver, RestrictionCounts } from './queries.ts'

/** Fact by fact, in words. */
export type InstallationFacts = Readonly<Record<string, string>>

export interface AuthorityConfiguration {
  readonly authority: { readonly code: string; readonly name: string }
  /** How long referrals are kept, by the rules that stand. */
  readonly retention: readonly Pick<Rule, 'code' | 'class' | 'years' | 'countedFrom' | 'legalBasis'>[]
  /** Systems that are sent events. */
  readonly receivers: readonly Receiver[]
  readonly restrictions: RestrictionCounts
}

export function installationOf(config: Config): InstallationFacts {
  const { database, log, auth, settings, graphql, limits } = config
  const listed = (items: readonly string[], none: string): string => (items.length > 0 ? items.join(', ') : none)
  const issuers = (auth?.issuers ?? []).map(({ issuer, keys, authorities }) => {
    const from = 'jwksUrl' in keys ? `keys from ${hostOf(keys.jwksUrl)}` : 'a key of its own'
    return `${hostOf(issuer)} (${from}; ${authorities?.join(', ') ?? 'any authority'})`
  })
  const embedded = 'dataDir' in database
  return {
    stage: config.isProduction ? 'production' : 'not production',
    database: embedded ? 'embedded, for trying out' : `PostgreSQL at ${hostOf(database.url)}`,
    'identity providers': listed(issuers, 'none: a development key, for trying out'),
    signer: log.signerUrl ? hostOf(log.signerUrl) : embedded ? 'this process, which proves less' : 'none',
    anchors: listed([...(log.anchorFile ? ['a file'] : []), ...log.anchorUrls.map(hostOf)], 'none'),
    'private hosts that may be sent to': listed(settings.outbound.allow, 'none'),
    'GraphQL documents': graphql.allow === 'listed' ? 'those that are listed' : 'any',
    'requests a minute': `a person ${limits.human}, and ${limits.humanUrgent} that are urgent; a system ${limits.system}, and ${limits.systemUrgent} that are urgent`,
    'views of records an hour, above which there is a warning': `${limits.viewsAnHour}`,
  }
}

/** Host and port of an address. What has none, a socket or a name, is not shown: it could hold a path. */
export function hostOf(address: string): string {
  return (URL.canParse(address) && new URL(address).host) || 'this machine or a name of its own'
}

/** As a page for people, behind the map of the tables. */
export function configurationPage(
  installation: InstallationFacts,
  authorities: readonly AuthorityConfiguration[],
): string {
  const lines = [
    '',
    '# As it is configured',
    '',
    '## The installation',
    '',
    table(['', ''], Object.entries(installation)),
    ...authorities.flatMap(section),
  ]
  return `${lines.join('\n')}\n`
}

function section({ authority, retention, receivers, restrictions }: AuthorityConfiguration): string[] {
  const rules = retention.map(({ code, class: of, years, countedFrom, legalBasis }) => {
    return [code, of, `${years} years from ${countedFrom}`, legalBasis]
  })
  const sent = receivers.map(({ host, events, state }) => [host, events?.join(', ') ?? 'all that go out', state])
  return [
    '',
    `## ${authority.name}`,
    '',
    rules.length > 0
      ? table(['retention rule', 'of', 'how long', 'legal basis'], rules)
      : 'No retention rule has been made: nothing is ever due.',
    '',
    sent.length > 0 ? table(['receiver of webhooks', 'events', 'state'], sent) : 'No system is sent events.',
    '',
    table(
      ['restricted records', ''],
      Object.entries(restrictions).map(([what, count]) => [what, `${count}`]),
    ),
  ]
}
