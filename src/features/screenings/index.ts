/** What later features read of screenings. */
export { freeFrom } from './pickups.ts'
