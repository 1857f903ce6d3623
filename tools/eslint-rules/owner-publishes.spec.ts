import { RuleTester } from 'eslint'
import { rules } from './index.mjs'

const options = [{ releaseRendered: 'chartstore', syncStarted: 'syncmaster' }]
const imported = "import { releaseRendered } from '@k8or/contracts';"

describe('tools/eslint-rules/owner-publishes', () => {
  new RuleTester().run('owner-publishes', rules['owner-publishes'], {
    valid: [
      inService('chartstore', `${imported} bus.publish(releaseRendered, fact)`),
      inService('chartstore', `${imported} this.announcer.announce(releaseRendered, fact)`),
      inService('syncmaster', `${imported} bus.subscribe(releaseRendered)`),
      inService('insighthub', 'this.announcer.announce(fact)'),
      inService('syncmaster', "import { releaseRendered } from './mine.ts'; bus.publish(releaseRendered)"),
      inService('syncmaster', 'bus.publish(event, fact)'),
    ],
    invalid: [
      refused('syncmaster', `${imported} bus.publish(releaseRendered, fact)`),
      refused('syncmaster', `${imported} publish(releaseRendered)`),
      refused('syncmaster', `${imported} this.parts.announcer.announce(releaseRendered, fact)`),
      refused('insighthub', "import { releaseRendered as r } from '@k8or/contracts'; this.bus.publish(r)"),
      refused('insighthub', "import * as c from '@k8or/contracts'; bus.publish(c.releaseRendered)"),
    ],
  })
})

function inService(service: string, code: string) {
  return { name: `${service}: ${code}`, code, options, filename: `services/${service}/src/adapters/announcer.js` }
}

function refused(publisher: string, code: string) {
  const data = { event: 'releaseRendered', owner: 'chartstore', publisher }
  return { ...inService(publisher, code), errors: [{ messageId: 'foreign', data }] }
}
