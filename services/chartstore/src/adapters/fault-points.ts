/** What ChartStore does that follows from no contract, as fault points: renderings in other processes, and its waits. */
export const faultPoints: readonly string[] = [
  'chartstore/render/host/after',
  'chartstore/wait/render/after',
  'chartstore/wait/images/after',
  'chartstore/removal/RELEASES/after',
  'chartstore/removal/IMAGEDECISIONS/after',
]
