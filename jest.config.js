const swc = require('./tools/swc-options.cjs')

module.exports = {
  testEnvironment: 'node',
  // Kept between runs, whose temporary files are not.
  cacheDirectory: '<rootDir>/.cache/jest',
  testMatch: ['**/*.spec.ts'],
  testPathIgnorePatterns: ['/node_modules/', '/dist/', '/.run/'],
  transform: { '^.+\\.ts$': ['@swc/jest', swc] },
}
