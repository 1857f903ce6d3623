import type { Rule } from 'eslint'

export declare const rules: Readonly<
  Record<'describe-path' | 'import-wall' | 'kebab-case-file' | 'owner-publishes', Rule.RuleModule>
>
