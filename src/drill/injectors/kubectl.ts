import { spawn } from 'node:child_process';
import type { Kubectl } from './chaos-mesh.js';

const TIMEOUT_MS = 30_000;

/**
 * Runs the kubectl of this machine, with whatever cluster and rights it has.
 *
 * @param command another program that understands the same
 */
export function kubectlOf(command = 'kubectl'): Kubectl {
  return (args, input) =>
    new Promise((resolve, reject) => {
      // an interrupt of the terminal goes to the drill alone, which then takes the fault back by another kubectl
      const child = spawn(command, [...args], { timeout: TIMEOUT_MS, stdio: 'pipe', detached: true });
      let [output, complaint] = ['', ''];
      child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
      child.stderr.setEncoding('utf8').on('data', (text: string) => (complaint += text));
      child.on('error', (error) => reject(new Error(`${command} cannot be started: ${error.message}`)));
      child.on('close', (code) => {
        if (code === 0) resolve(output);
        else
          reject(
            new Error(
              `${command} ${args[0] ?? ''} failed: ${complaint.trim().slice(0, 500) || `it ended with ${code}`}`,
            ),
          );
      });
      child.stdin.on('error', () => undefined);
      child.stdin.end(input);
    });
}
