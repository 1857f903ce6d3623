const swc = require('./tools/swc-options.cjs')

module.exports = {
  testEnvironment: 'node',
  testMatch: ['**/*.spec.ts'],
  testPathIgnorePatterns: ['/node_modules/', '/dist/', '/.run/'],
  transform: { '^.+\\.ts$': ['@swc/jest', swc] },
}
