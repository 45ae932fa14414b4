import { spawn, type ChildProcess } from 'node:child_process';
import { Socket } from 'node:net';

/**
 * The guardian outlives this process: it reads orders from a pipe, and when the pipe closes, for whatever reason
 * (SIGKILL included), it kills the process groups and removes the folders, network namespaces and network links it was
 * told of; and what still runs with a file of such a folder in its command line, such as the Redis of a killed service.
 */
const SCRIPT = `
trap "" HUP INT TERM
groups=
namespaces=
links=
shared=
while read -r order what; do
  case $order in
    kill) groups="$groups $what" ;;
    spare) kept=; for g in $groups; do [ "$g" = "$what" ] || kept="$kept $g"; done; groups=$kept ;;
    remove) set -- "$@" "$what" ;;
    namespace) namespaces="$namespaces $what" ;;
    link) links="$links $what" ;;
    shared) shared="$shared $what" ;;
  esac
done
for g in $groups; do kill -s KILL -- "-$g" 2>/dev/null; done
for f in $shared; do [ -e "$f" ] && id=$(sed -n 7p "$f") && ipcrm -m "\${id##* }" 2>/dev/null; done
for l in $links; do ip link del "$l" 2>/dev/null; done
for n in $namespaces; do ip netns del "$n" 2>/dev/null; done
for folder in "$@"; do
  pkill -KILL -f -- "$folder/" 2>/dev/null
  for attempt in 1 2 3 4 5; do rm -rf -- "$folder" 2>/dev/null && break; sleep 0.1; done
done
`;

let guardian: ChildProcess | undefined;

/** Has the process group killed when this process is gone. */
export function killWhenGone(group: number): void {
  order(`kill ${group}`);
}

/** Takes back `killWhenGone`, because the group has ended and its number may be given to others. */
export function spare(group: number): void {
  order(`spare ${group}`);
}

/** Has the folder removed when this process is gone. */
export function removeWhenGone(folder: string): void {
  order(`remove ${folder}`);
}

/** Has the shared memory removed that a PostgreSQL, once killed, leaves behind: its `postmaster.pid` says which. */
export function freeSharedMemoryWhenGone(postmasterFile: string): void {
  order(`shared ${postmasterFile}`);
}

/** Has the network namespace removed when this process is gone; it may have been removed before. */
export function dropNamespaceWhenGone(name: string): void {
  order(`namespace ${name}`);
}

/** Has the network link removed when this process is gone; it may have been removed before. */
export function dropLinkWhenGone(name: string): void {
  order(`link ${name}`);
}

function order(line: string): void {
  guardian ??= start();
  guardian.stdin?.write(`${line}\n`);
}

function start(): ChildProcess {
  const child = spawn('sh', ['-c', SCRIPT, 'rig-guardian'], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
  // Neither the guardian nor its pipe may keep this process alive.
  child.unref();
  if (child.stdin instanceof Socket) child.stdin.unref();
  return child;
}
