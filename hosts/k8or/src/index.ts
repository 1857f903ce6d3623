export { version } from './version'
