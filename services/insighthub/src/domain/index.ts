export { judgeObject, type Judgement } from './verdict/judge-object'
