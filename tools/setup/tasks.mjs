/** Runs tasks beside each other, each after those it needs; the first failure ends the wait for all. */
export async function runTasks(tasks) {
  const running = new Map()
  const start = (task) => {
    if (!running.has(task)) running.set(task, runOne(task, needsOf(task, tasks).map(start)))
    return running.get(task)
  }
  await Promise.all(tasks.map(start))
}

function needsOf(task, tasks) {
  return (task.needs ?? []).filter((need) => tasks.includes(need))
}

async function runOne(task, needs) {
  await task.prepare?.()
  await Promise.all(needs)
  task.startedAt = Date.now()
  await task.run()
  task.isFinished = true
}
