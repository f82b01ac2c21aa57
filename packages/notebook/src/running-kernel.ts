import { denoKernel } from './deno-kernel.ts';
import type { Kernel } from './kernel.ts';
import { tslabKernel } from './tslab-kernel.ts';

/** The kernel that runs this process; `null` in a script. */
export function runningKernel(): Kernel | null {
  return tslabKernel() ?? denoKernel();
}
