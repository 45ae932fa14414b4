import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { tryQuietly } from './run.mjs';
import { SetupError } from './say.mjs';

// Debian's maintainer scripts ask this file before they start a service; 101 means "not allowed".
const policy = '/usr/sbin/policy-rc.d';
const aside = `${policy}.kept-by-firebreak`;
const mark = '# Written by the set-up of Firebreak, for as long as it installs packages; its process is';
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/**
 * Does something during which Debian's package manager starts no services; what was there before comes back in any case.
 * The work is handed a function to call between its steps, which throws when a signal has asked to stop.
 */
export async function withoutServices(work) {
  tidyUpServices();
  const offAlready = servicesAreOffAlready();
  let asked;
  const remember = (signal) => (asked = signal);
  const stopIfAsked = () => {
    if (asked) throw new SetupError(`stopped by ${asked}`, 128 + constants.signals[asked]);
  };
  for (const signal of signals) process.on(signal, remember);
  try {
    if (!offAlready) switchOff();
    await work(stopIfAsked);
  } finally {
    if (!offAlready) restore();
    for (const signal of signals) process.off(signal, remember);
  }
}

function switchOff() {
  if (existsSync(policy)) renameSync(policy, aside);
  writeFileSync(policy, `#!/bin/sh\n${mark} ${process.pid}.\nexit 101\n`, { mode: 0o755 });
}

/** Puts back what a killed set-up has left behind. */
export function tidyUpServices() {
  const writer = existsSync(policy) && writerOf(readFileSync(policy, 'utf8'));
  if (writer ? !isAlive(writer) : existsSync(aside)) restore();
}

function restore() {
  if (existsSync(policy) && writerOf(readFileSync(policy, 'utf8'))) rmSync(policy);
  if (existsSync(aside)) renameSync(aside, policy);
}

function writerOf(text) {
  const at = text.indexOf(mark);
  return at < 0 ? undefined : Number.parseInt(text.slice(at + mark.length), 10);
}

function isAlive(pid) {
  return existsSync(`/proc/${pid}`);
}

function servicesAreOffAlready() {
  return existsSync(policy) && tryQuietly(policy, ['any-service', 'start']).status === 101;
}
