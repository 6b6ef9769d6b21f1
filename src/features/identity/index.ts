/** What later features read of identity. */
export type { Making } from './provision.ts'
export { listAuthorities } from './queries.ts'
