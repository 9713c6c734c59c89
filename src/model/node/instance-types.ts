import { didYouMean } from '../suggest.ts';
import { EC2_CATALOGUE } from './ec2-catalogue.ts';

export interface InstanceType {
  /** `m5.large` */
  readonly name: string;
  readonly cores: number;
  /** What the machine is sold with. */
  readonly memoryBytes: number;
  /** Whether it runs on Nitro, which tracks connections in a table of its own, beside the kernel's. */
  readonly nitro: boolean;
}

const MIB = 2 ** 20;
const STANDARD_SIZES: Readonly<Record<string, number>> = { medium: 1, large: 2 }; // vCPUs
const XEN = new Set('c1 c3 c4 d2 h1 i2 i3 m1 m2 m3 m4 r3 r4 t1 t2 x1 x1e'.split(' ')); // label instance-hypervisor, same source

const types: ReadonlyMap<string, InstanceType> = new Map(
  EC2_CATALOGUE.trim()
    .split('\n')
    .flatMap(typesOfLine)
    .map((type) => [type.name, type]),
);

/** Every known EC2 instance type, in the order of the catalogue. */
export const INSTANCE_TYPES: readonly InstanceType[] = [...types.values()];

/** An EC2 instance type by its name; undefined when the catalogue has none such. */
export function instanceType(name: string): InstanceType | undefined {
  return types.get(name.trim().toLowerCase());
}

/** Why `name` is no instance type, with the nearest that is. */
export function unknownInstanceType(name: string): string {
  const [family = ''] = name.split('.');
  const families = [...new Set(INSTANCE_TYPES.map((type) => familyOf(type.name)))];
  if (families.includes(family)) {
    const sizes = INSTANCE_TYPES.filter((type) => familyOf(type.name) === family).map((type) => type.name);
    return `unknown instance type ${name}${didYouMean(name, sizes) || `; ${family} has ${sizes.join(', ')}`}`;
  }
  const names = INSTANCE_TYPES.map((type) => type.name);
  return `unknown instance type ${name}${didYouMean(name, names) || didYouMean(family, families) || '; expected one such as m5.large'}`;
}

function typesOfLine(line: string): InstanceType[] {
  const [families = '', ratio = '', sizes = ''] = line.split(': ');
  return families.split(' ').flatMap((family) =>
    sizes.split(' ').map((size): InstanceType => {
      const [short = '', shape] = size.split('=');
      const [cores = 0, mib = 0] = shape?.split('/').map(Number) ?? standardShape(short, Number(ratio));
      const nitro = !XEN.has(family);
      return { name: `${family}.${longSize(short)}`, cores, memoryBytes: mib * MIB, nitro };
    }),
  );
}

function standardShape(size: string, gibPerCore: number): [cores: number, mib: number] {
  const cores = STANDARD_SIZES[size] ?? 4 * Number(size.replace('xl', '') || 1);
  return [cores, cores * gibPerCore * 1024];
}

/** `2xl` → `2xlarge`; `metal-48xl` is AWS's own name. */
function longSize(size: string): string {
  return size.startsWith('metal') ? size : size.replace(/xl$/, 'xlarge');
}

function familyOf(name: string): string {
  return name.split('.')[0] ?? '';
}
