type Labels = Readonly<Record<string, string>>

interface Family {
  readonly name: string
  lines(): string[]
}

/** Counts what happens, by bounded labels. */
export interface Counter {
  add(labels?: Labels, amount?: number): void
}

/** Spreads durations or sizes over buckets. */
export interface Histogram {
  observe(value: number, labels?: Labels): void
}

/** Counters, histograms and gauges of one process, in Prometheus' text form. */
export class Metrics {
  readonly #families = new Map<string, Family>()

  /** A counter; the same name again is the same counter. */
  counter(name: string, help: string): Counter {
    return this.family(name, () => new CounterFamily(name, help))
  }

  /** A histogram with the given upper bounds; the same name again is the same histogram. */
  histogram(name: string, help: string, bounds: readonly number[]): Histogram {
    return this.family(name, () => new HistogramFamily(name, help, bounds))
  }

  /** A value that is read when it is asked for. */
  gauge(name: string, help: string, read: () => readonly { labels?: Labels; value: number }[]): void {
    const lines = () => read().map(({ labels = {}, value }) => `${name}${braces(labels)} ${value}`)
    this.#families.set(name, { name, lines: () => [...head(name, help, 'gauge'), ...lines()] })
  }

  /** Everything, as a scraper reads it. */
  print(): string {
    return [...this.#families.values()].flatMap((family) => family.lines()).join('\n') + '\n'
  }

  private family<Kind extends Family>(name: string, create: () => Kind): Kind {
    const known = this.#families.get(name) as Kind | undefined
    if (known) return known
    const created = create()
    this.#families.set(name, created)
    return created
  }
}

/** The metrics of this process: it has one `/metrics`, however many services run in it. */
export const metrics = new Metrics()

class CounterFamily implements Counter, Family {
  readonly #values = new Map<string, number>()

  constructor(
    readonly name: string,
    private readonly help: string,
  ) {}

  add(labels: Labels = {}, amount = 1): void {
    const key = braces(labels)
    this.#values.set(key, (this.#values.get(key) ?? 0) + amount)
  }

  lines(): string[] {
    return [
      ...head(this.name, this.help, 'counter'),
      ...[...this.#values].map(([key, value]) => `${this.name}${key} ${value}`),
    ]
  }
}

interface Spread {
  readonly labels: Labels
  readonly counts: number[]
  sum: number
  total: number
}

class HistogramFamily implements Histogram, Family {
  readonly #spreads = new Map<string, Spread>()

  constructor(
    readonly name: string,
    private readonly help: string,
    private readonly bounds: readonly number[],
  ) {}

  observe(value: number, labels: Labels = {}): void {
    const key = braces(labels)
    const spread = this.#spreads.get(key) ?? { labels, counts: this.bounds.map(() => 0), sum: 0, total: 0 }
    this.#spreads.set(key, spread)
    spread.sum += value
    spread.total += 1
    this.bounds.forEach((bound, index) => {
      if (value <= bound) spread.counts[index] = (spread.counts[index] ?? 0) + 1
    })
  }

  lines(): string[] {
    return [
      ...head(this.name, this.help, 'histogram'),
      ...[...this.#spreads.values()].flatMap((spread) => this.spreadLines(spread)),
    ]
  }

  private spreadLines({ labels, counts, sum, total }: Spread): string[] {
    const bucket = (le: string, count: number) => `${this.name}_bucket${braces({ ...labels, le })} ${count}`
    return [
      ...this.bounds.map((bound, index) => bucket(String(bound), counts[index] ?? 0)),
      bucket('+Inf', total),
      `${this.name}_sum${braces(labels)} ${sum}`,
      `${this.name}_count${braces(labels)} ${total}`,
    ]
  }
}

function head(name: string, help: string, type: string): string[] {
  return [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`]
}

function braces(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escape(value)}"`)
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`
}

function escape(value: string): string {
  return value.replace(/[\\"\n]/g, (found) => (found === '\n' ? '\\n' : `\\${found}`))
}
