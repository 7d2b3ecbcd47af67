/** The policies of access/policy as the directory uses them: those of users, groups and roles, and the presets. */
import { compilePolicy } from '../policy/parse.ts';
import { PRESET_POLICIES } from '../policy/presets.ts';
import type { PolicyCompiler } from './policy-cache.ts';

export const POLICIES: PolicyCompiler = {
  compile: (text, place) => compilePolicy(text, { use: 'user', ...place }),
  preset: (name) => PRESET_POLICIES.get(name),
  presets: [...PRESET_POLICIES.keys()],
};
