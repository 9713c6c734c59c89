import { z } from 'zod';
import { parseQuantity, QUANTITY_EXAMPLES } from '../../../model/quantity.ts';
import { QUANTITY } from '../patterns.ts';
import { choice, count, refuse } from '../values.ts';

const LEAST_MEMORY = 512 * 2 ** 20; // bytes; the guest's file system, Node.js included, is in its memory
const path = (description: string) => z.string().min(1, { error: 'must not be empty' }).describe(description);

/** The section `lab.vm`. */
export const vm = z
  .strictObject({
    scope: choice(
      ['gateway', 'lab'],
      [],
      'What runs in the virtual machine: the gateway, joined to client and backend by taps; or the lab, all three as network namespaces in it.',
    ).prefault('gateway'),
    kernel: path(
      'Kernel to boot, e.g. /boot/vmlinuz-6.12.0. If absent, Debian’s cloud kernel, downloaded once as a package.',
    ).optional(),
    modules: path('Folder of the modules of kernel. If absent, /lib/modules/RELEASE, by the name of kernel.').optional(),
    memory: z
      .string({ error: `expected ${QUANTITY_EXAMPLES}` })
      .transform((text, context) => {
        const bytes = parseQuantity(text);
        if (bytes === undefined) return refuse(context, `expected ${QUANTITY_EXAMPLES}, got ${JSON.stringify(text)}`);
        return bytes < LEAST_MEMORY ? refuse(context, 'must be at least 512Mi') : bytes;
      })
      .meta({ description: 'Memory of the virtual machine, e.g. 2Gi.', pattern: QUANTITY })
      .prefault('1Gi'),
    cpus: count({ min: 1, max: 64 }, 'CPUs of the virtual machine.').prefault(1),
    accel: z
      .enum(['auto', 'kvm', 'tcg'])
      .default('auto')
      .describe('How its CPUs are run: by the processor (kvm) or translated (tcg); auto uses kvm where a kernel boots with it.'),
  })
  .describe('With driver vm: the virtual machine.');

/** What the section is when a scenario with driver vm has none. */
export const VM_DEFAULTS = vm.parse({});
