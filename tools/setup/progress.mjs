/** Shows how far tasks are until the returned function is called: one living line on a terminal, else a line now and then. */
export function showProgress(tasks, out = process.stdout) {
  const isTerminal = out.isTTY === true
  const line = () => progressLine(tasks)
  const show = () =>
    isTerminal ? out.write(`\r\x1b[K${line().slice(0, (out.columns || 120) - 1)}`) : out.write(`${line()}\n`)
  show()
  const timer = setInterval(show, isTerminal ? 500 : 15_000)
  return () => {
    clearInterval(timer)
    if (isTerminal) out.write('\r\x1b[K')
  }
}

/** What is under way and how long it will still take. */
export function progressLine(tasks) {
  const open = tasks.filter((task) => !task.isFinished)
  const parts = open.map((task) => task.text()).filter(Boolean)
  return `setup: ${[formatLeft(secondsLeft(tasks)), ...parts].join(' · ')}`
}

/** Seconds until the last task is done: each begins after those that it needs. */
export function secondsLeft(tasks) {
  const left = (task) => {
    if (task.isFinished) return 0
    const needs = (task.needs ?? []).filter((need) => tasks.includes(need))
    return task.secondsLeft() + Math.max(0, ...needs.map(left))
  }
  return Math.max(0, ...tasks.map(left))
}

/** A duration as people say it. */
export function formatLeft(seconds) {
  if (seconds < 10) return 'a few seconds left'
  if (seconds < 90) return `about ${Math.ceil(seconds / 10) * 10} s left`
  return `about ${Math.round(seconds / 60)} min left`
}
