/**
 * The tables as the queries see them. Keys, constraints and grants have one home, `migrations/`; a test compares the
 * columns here with the migrated schema.
 */

export * from './accounts.ts'
export * from './audit.ts'
export * from './authorities.ts'
export * from './children.ts'
export * from './decisions.ts'
export * from './escalations.ts'
export * from './front-door.ts'
export * from './help.ts'
export * from './idempotency-keys.ts'
export * from './letters.ts'
export * from './policy-drafts.ts'
export * from './policy-publications.ts'
export * from './policy-versions.ts'
export * from './queue.ts'
export * from './recommendations.ts'
export * from './referrals.ts'
export * from './rehearsals.ts'
export * from './restrictions.ts'
export * from './retention.ts'
export * from './sharing.ts'
export * from './webhooks.ts'
