// Row 97: the service is killed, again and again, while sixteen write.
import t from 'tap'
import { postgresUrl } from '../support/database.ts'
import { openHistory } from './history.ts'
import { rounds, WRITERS } from './plan.ts'
import { reckon } from './reckoning.ts'
import { openService } from './service.ts'

const KILLS = rounds({ short: 1, long: 25 })
/** Acknowledged between two kills, so that each falls into the middle of something. */
const BETWEEN = 20

t.test(
  'a service killed while it writes loses nothing that it acknowledged and doubles nothing',
  { skip: postgresUrl() ? false : 'claims of durability are made of PostgreSQL' },
  async (t) => {
    const service = await openService(t)
    const history = openHistory(service, await service.token('supervisor'))
    await service.start()
    const stop = history.write(t, WRITERS)
    for (let kill = 0; kill < KILLS; kill++) {
      await history.more(BETWEEN)
      await service.kill()
      await service.start()
    }
    await history.more(BETWEEN)
    await stop()
    const { intents, unknown } = await reckon(t, { history, service, faults: KILLS })
    t.ok(intents >= KILLS * BETWEEN && unknown > 0, 'some were in the middle of something')
    t.equal(await service.stop(), 0, 'SIGTERM ends it in good order')
  },
)
