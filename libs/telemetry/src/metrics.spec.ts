import { Metrics } from './metrics'

describe('libs/telemetry/src/metrics', () => {
  it('prints counters, histograms and gauges as a scraper reads them', () => {
    const metrics = new Metrics()
    metrics.counter('argocd_app_sync_total', 'number of syncs').add({ name: 'a"b', phase: 'Succeeded' })
    metrics.counter('argocd_app_sync_total', 'number of syncs').add({ name: 'a"b', phase: 'Succeeded' }, 2)
    const seconds = metrics.histogram('took_seconds', 'how long', [0.1, 1])
    seconds.observe(0.05)
    seconds.observe(3)
    metrics.gauge('open_streams', 'streams', () => [{ value: 4 }])
    expect(metrics.print().split('\n')).toEqual([
      '# HELP argocd_app_sync_total number of syncs',
      '# TYPE argocd_app_sync_total counter',
      'argocd_app_sync_total{name="a\\"b",phase="Succeeded"} 3',
      '# HELP took_seconds how long',
      '# TYPE took_seconds histogram',
      'took_seconds_bucket{le="0.1"} 1',
      'took_seconds_bucket{le="1"} 1',
      'took_seconds_bucket{le="+Inf"} 2',
      'took_seconds_sum 3.05',
      'took_seconds_count 2',
      '# HELP open_streams streams',
      '# TYPE open_streams gauge',
      'open_streams 4',
      '',
    ])
  })
})
