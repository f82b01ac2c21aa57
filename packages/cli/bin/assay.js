#!/usr/bin/env node
// Plain JavaScript that an old Node can read, so that it gets the message and not a syntax error.
import module from 'node:module';
import { homedir } from 'node:os';
import { join } from 'node:path';

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 22 || (major === 22 && minor < 18)) {
  console.error(`assay needs Node 22.18 or newer, found ${process.versions.node}`);
  process.exitCode = 1;
} else {
  startServerSmall();
  keepCompiledCode();
  import('../dist/main.js').then(({ main }) => main(process.argv.slice(2)));
}

/**
 * A server lives for long, and V8 would let its nursery grow to 128 MB. The flag against that works from the start only, so
 * this process begins anew with it: it keeps its id, its streams and its signals.
 */
function startServerSmall() {
  const { argv, env, execArgv, execPath, platform } = process;
  const isSmall = execArgv.some((argument) => argument.startsWith('--max-semi-space-size'));
  if (!argv.includes('serve') || isSmall || platform === 'win32') return;
  process.execve(execPath, [execPath, '--max-semi-space-size=8', ...execArgv, ...argv.slice(1)], env);
}

/** The next start need not compile again what this one has. Where the folder cannot be written to, it does. */
function keepCompiledCode() {
  try {
    // Not in Node's own default, the folder for temporary files: what is run should be in nobody else's reach.
    module.enableCompileCache(process.env['NODE_COMPILE_CACHE'] || join(cacheFolder(), 'assay', 'compiled'));
  } catch {
    // A user without a home.
  }
}

function cacheFolder() {
  const { LOCALAPPDATA, XDG_CACHE_HOME } = process.env;
  if (process.platform === 'win32' && LOCALAPPDATA) return LOCALAPPDATA;
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Caches');
  return XDG_CACHE_HOME || join(homedir(), '.cache');
}
