/** What later features read of sharing. */
export { latestConsent } from './consent-queries.ts'
export { type ConsentFacts, type ConsentStanding, consentStands } from './rules.ts'
export { revealedBy, type Withheld, withheldFrom } from './withheld.ts'
