import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { removeFolder, rigFolder } from './processes.js';

/** A small real program that keeps a word for each name, such as an operator would list for `command`. */
const SCRIPT = `#!/bin/sh
cd "$FOLDER/words" || exit 70
case "$1" in
  preview) echo "$2: $(cat "$2") -> $3" ;;
  get) cat "$2" ;;
  set) echo w >> ../writes; printf %s "$3" > "$2"; echo "$2 is $3 for $FIREBREAK_KEY" ;;
  is) test "$(cat "$2")" = "$3" ;;
  later) echo "busy with a backup" >&2; exit 75 ;;
  broken) echo "out of paper" >&2; exit 9 ;;
  flood) head -c 300000 /dev/zero | tr '\\0' 'x' ;;
  slow) sleep 60 ;;
  lose-answer) printf %s "$3" > "$2"; echo w >> ../writes; sleep 60 ;;
  arguments) shift; for one in "$@"; do echo "[$one]"; done ;;
  environment) env | cut -d= -f1 | grep -vE '^(_|PWD|OLDPWD|SHLVL)$' | sort | tr '\\n' ' ' ;;
  hostile) printf 'one\\033[2Jtwo\\342\\200\\256three\\nsecond line\\n' ;;
esac
`;

/** The program in a folder of its own. */
export interface SwitchProgram {
  readonly path: string;
  readonly folder: string;
  /** All words by their names. */
  readonly words: () => Record<string, string>;
  readonly write: (name: string, word: string) => void;
  readonly writes: () => number;
  readonly remove: () => void;
}

/** Installs the program. */
export function switchProgram(): SwitchProgram {
  const folder = rigFolder('switch');
  const path = join(folder, 'switch');
  writeFileSync(path, SCRIPT);
  chmodSync(path, 0o755);
  mkdirSync(join(folder, 'words'));
  return {
    path,
    folder,
    words: () =>
      Object.fromEntries(
        readdirSync(join(folder, 'words')).map((name) => [name, readFileSync(join(folder, 'words', name), 'utf8')]),
      ),
    write: (name, word) => writeFileSync(join(folder, 'words', name), word),
    writes: () => (existsSync(join(folder, 'writes')) ? readFileSync(join(folder, 'writes'), 'utf8').length / 2 : 0),
    remove: () => removeFolder(folder),
  };
}
