export { armFaultPoints, faultPointFiles, faultPointName, passPoint, type Moment } from './fault-points'
