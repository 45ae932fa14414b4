import { spawn, type ChildProcess } from 'node:child_process';
import { Socket } from 'node:net';

/**
 * The guardian outlives this process: it reads orders from a pipe, and when the pipe closes, for whatever reason (SIGKILL
 * included), it kills the children that are still there. Those that listen have ended by themselves by then; one that is
 * busy with itself would go on forever.
 */
const SCRIPT = `
trap "" HUP INT TERM
groups=
while read -r order what; do
  case $order in
    kill) groups="$groups $what" ;;
    spare) kept=; for g in $groups; do [ "$g" = "$what" ] || kept="$kept $g"; done; groups=$kept ;;
  esac
done
sleep 1
for g in $groups; do kill -s KILL -- "-$g" 2>/dev/null; done
`;

let guardian: ChildProcess | undefined;

/** Has a process group killed when this process is gone. */
export function killWhenGone(group: number): void {
  order(`kill ${group}`);
}

/** Takes that back, because the group has ended and its number may be given to others. */
export function spare(group: number): void {
  order(`spare ${group}`);
}

function order(line: string): void {
  // there is no sh; a child that is busy with itself then has to be ended by hand
  if (process.platform === 'win32') return;
  guardian ??= start();
  guardian.stdin?.write(`${line}\n`);
}

function start(): ChildProcess {
  const child = spawn('/bin/sh', ['-c', SCRIPT, 'firebreak-guardian'], {
    detached: true,
    env: { PATH: '/usr/bin:/bin' },
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  child.on('error', () => undefined);
  child.unref();
  child.stdin.on('error', () => undefined);
  if (child.stdin instanceof Socket) child.stdin.unref();
  return child;
}
