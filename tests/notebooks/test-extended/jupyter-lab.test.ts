import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { root } from '../notebooks.ts';

test('npm run notebook prints an address, serves the tutorial and the kernel of the repository there, and is gone after Ctrl-C', async () => {
  // The port that JupyterLab asks for first is taken.
  const taken = createServer().listen(8888, '127.0.0.1');
  await once(taken, 'listening').catch(() => undefined);
  onTestFinished(() => void taken.close());

  const { DISPLAY: _, WAYLAND_DISPLAY: __, ...environment } = process.env;
  const command = spawn('npm', ['run', 'notebook'], { cwd: root, env: environment, detached: true });
  onTestFinished(() => void command.kill('SIGTERM'));
  const address = await addressIn(command.stdout);

  expect(address.port).not.toBe('8888');
  await expect(status(address)).resolves.toBe(200);
  await expect(status(new URL(address.pathname, address))).resolves.not.toBe(200);
  const kernels = (await answer(new URL('/api/kernelspecs', address), address)) as { kernelspecs: object };
  expect(Object.keys(kernels.kernelspecs)).toContain('tslab');
  const listed = (await answer(new URL('/api/contents/', address), address)) as { content: { name: string }[] };
  expect(listed.content.map(({ name }) => name)).toContain('1-tutorial.ipynb');
  expect(listed.content.map(({ name }) => name)).not.toContain('node_modules');

  // As a terminal does: to every process of the group.
  process.kill(-command.pid!, 'SIGINT');
  await once(command, 'close');
  await expect.poll(() => status(address).catch(() => 'gone'), { timeout: 20_000 }).toBe('gone');
});

async function addressIn(output: NodeJS.ReadableStream): Promise<URL> {
  let text = '';
  for await (const chunk of output) {
    text += String(chunk);
    const found = /http:\S+/.exec(text);
    if (found && text.includes('Ctrl-C')) return new URL(found[0]);
  }
  throw new Error(`No address in: ${text}`);
}

async function status(url: URL): Promise<number> {
  const response = await fetch(url, { redirect: 'manual' });
  await response.text();
  return response.status;
}

async function answer(url: URL, address: URL): Promise<unknown> {
  const token = address.searchParams.get('token');
  const response = await fetch(url, { headers: { authorization: `token ${token}` } });
  return response.json();
}
