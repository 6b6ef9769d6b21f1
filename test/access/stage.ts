/** The one world of test/access/surfaces.test.ts: making it takes longer than most of what is asked in it. */
import t from 'tap'
import { type Account, type AccountName, openWorld } from '../support/world.ts'
import { callersIn, furnished, type RoleName } from './ground.ts'

export const world = await openWorld(t)
export const own = await furnished(world)
export const other = await furnished(world)
export const callers = await callersIn(world, own.la)
export const roles = Object.entries(callers.roles) as [RoleName, AccountName | Account][]
