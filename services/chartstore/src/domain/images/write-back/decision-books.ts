import {
  imageConsidered,
  sha256,
  type Announcer,
  type ImageConsidered,
  type ImageDecisionRecord,
} from '@k8or/contracts'
import type { Clock, Signals } from '../../ports'
import type { ImageDecisions } from '../ports'
import type { ImagePolicy } from '../policy'
import type { ImageWriter } from './image-writer'

/** What is to be said about an image. */
export interface Saying extends Pick<ImageConsidered, 'tag' | 'digest' | 'outcome' | 'reason'> {
  readonly edits?: ImageConsidered['edits']
  readonly problem?: ImageConsidered['problem']
  readonly causes: readonly string[]
  readonly correlationId: string
}

const saidKept = 40
const editsKept = 12
const historyKept = 10

/** Enters decisions into the books: the record first, then the fact, each once. */
export class DecisionBooks {
  constructor(
    private readonly decisions: ImageDecisions,
    private readonly announcer: Announcer<'chartstore'>,
    private readonly clock: Clock,
    private readonly signals: Pick<Signals, 'imageConsidered'>,
  ) {}

  of({ application }: ImageWriter, { alias }: ImagePolicy): ImageDecisionRecord | undefined {
    return this.decisions.get(application.ref.uid, alias)
  }

  /** Announces a decision unless that was done; answers the id of its fact. */
  async say(writer: ImageWriter, policy: ImagePolicy, saying: Saying): Promise<string> {
    const record = this.of(writer, policy) ?? blank(writer, policy)
    const turn = record.turn === 0 ? [] : [String(record.turn)]
    const words = [saying.outcome, saying.tag, saying.digest, variety(saying), ...turn]
    const said = sha256(words.join('\n')).slice(0, 12)
    const { ref } = writer.application
    const factId = `image.considered/${ref.uid}/${policy.alias}/${saying.outcome}/${saying.tag || '-'}/${said}`
    if (record.said.includes(said)) return factId
    const at = this.clock.now()
    const { causes, correlationId, edits = [], problem = null, ...rest } = saying
    const image = { name: policy.name, token: policy.token }
    const data = { ...rest, application: ref, image, edits: edits.slice(0, editsKept), problem }
    const last = { factId, causes: [...causes], correlationId: correlationId || factId, at: at.toISOString(), data }
    const decision = { at: last.at, tag: data.tag, outcome: data.outcome, reason: data.reason }
    const history = [decision, ...record.history].slice(0, historyKept)
    await this.publish({ ...record, said: [...record.said, said].slice(-saidKept), last, history })
    return factId
  }

  /** A new turn: what was said before may be said again. */
  async forgetSaid(writer: ImageWriter, policy: ImagePolicy): Promise<void> {
    const record = this.of(writer, policy) ?? blank(writer, policy)
    await this.decisions.put({ ...record, turn: record.turn + 1 })
  }

  /** What was pushed until then need not be judged again. */
  async judged(writer: ImageWriter, policy: ImagePolicy, judgedUntil: string): Promise<void> {
    const record = this.of(writer, policy)
    if (record?.judgedUntil !== judgedUntil)
      await this.decisions.put({ ...(record ?? blank(writer, policy)), judgedUntil })
  }

  async written(
    writer: ImageWriter,
    policy: ImagePolicy,
    tag: { name: string; digest: string },
    commit: string,
  ): Promise<void> {
    const record = this.of(writer, policy) ?? blank(writer, policy)
    const written = { tag: tag.name, digest: tag.digest, commit, at: this.clock.now().toISOString(), isSeen: false }
    await this.decisions.put({ ...record, written })
  }

  /** The branch has what was written. */
  async seen(writer: ImageWriter, policy: ImagePolicy): Promise<void> {
    const record = this.of(writer, policy)
    if (record?.written && !record.written.isSeen)
      await this.decisions.put({ ...record, written: { ...record.written, isSeen: true } })
  }

  /** Says again what a killed process may not have said. */
  async repeat(): Promise<void> {
    for (const record of this.decisions.unsaid()) await this.publish(record)
  }

  private async publish(record: ImageDecisionRecord): Promise<void> {
    await this.decisions.put({ ...record, announced: false })
    if (record.last) {
      const { factId, causes, correlationId, at, data } = record.last
      const origin = { time: new Date(at), causes, correlationId, actor: 'policy:image-update' }
      await this.announcer.publish(imageConsidered, { id: factId, token: record.token, data, ...origin })
      this.signals.imageConsidered(data)
    }
    await this.decisions.put({ ...record, announced: true })
  }
}

/** A tag is selected or refused once; it may fail, or be held, for more than one reason. */
function variety({ outcome, reason }: Saying): string {
  return outcome === 'failed' || outcome === 'held' ? reason : ''
}

function blank({ application: { ref, token } }: ImageWriter, { alias }: ImagePolicy): ImageDecisionRecord {
  return {
    ...{
      application: ref,
      token,
      alias,
      judgedUntil: '',
      last: null,
      history: [],
      announced: true,
      said: [],
      turn: 0,
      written: null,
    },
  }
}
