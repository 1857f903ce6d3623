import { z } from 'zod'

// What a schema says goes to people as it is: what is not there is missing, not "undefined".
z.config({
  customError: ({ code, input }) => (code === 'invalid_type' && input === undefined ? 'it is missing' : undefined),
})
