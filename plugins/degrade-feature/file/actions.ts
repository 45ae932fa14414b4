import { fileAction } from './action.js';
import type { FileKit } from './kit.js';

/** The actions on flag files, by name. */
export function fileActions(kit: FileKit) {
  return { file: fileAction(kit) };
}
