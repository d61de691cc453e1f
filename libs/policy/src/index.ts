export { type Check, type PolicyCredentials } from './check.ts';
export {
  defaultRules,
  type DefaultRule,
  type PolicyAction,
  type PolicyOperation,
  type PolicyScope,
} from './defaults.ts';
export { compilePolicy, type Decision, type Policy, type PolicyOptions, type PolicyOverrides } from './policy.ts';
export { parsePolicyText, PolicyFileError } from './policy.text.ts';
export { parseRule } from './rule.parser.ts';
export { printRule, type Rule } from './rule.ts';
export { type PolicyTarget } from './target.ts';
