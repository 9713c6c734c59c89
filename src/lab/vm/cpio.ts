/** A file of an archive: its bytes, or where a symbolic link points. */
export type CpioEntry = { readonly bytes: Buffer; readonly executable?: boolean } | { readonly link: string };

const FOLDER = 0o040755;
const LINK = 0o120777;
const FILE = 0o100644;
const EXECUTABLE = 0o100755;

/**
 * A cpio archive in the format that Linux unpacks as its first file system ("newc",
 * Documentation/driver-api/early-userspace/buffer-format.rst), in pieces to be written one after the other. Keys are absolute
 * paths; the folders above them are made.
 */
export function* cpio(entries: Iterable<readonly [path: string, entry: CpioEntry]>): Generator<Buffer> {
  const folders = new Set<string>(['']);
  let inode = 0;
  for (const [path, entry] of entries) {
    for (const folder of foldersAbove(path)) {
      if (folders.has(folder)) continue;
      folders.add(folder);
      yield* record(++inode, folder, FOLDER, Buffer.alloc(0));
    }
    const name = path.slice(1);
    if ('link' in entry) yield* record(++inode, name, LINK, Buffer.from(entry.link));
    else yield* record(++inode, name, entry.executable === true ? EXECUTABLE : FILE, entry.bytes);
  }
  yield* record(0, 'TRAILER!!!', 0, Buffer.alloc(0));
}

/** `/usr/sbin/ip` → `usr`, `usr/sbin` */
function foldersAbove(path: string): string[] {
  const parts = path.slice(1).split('/').slice(0, -1);
  return parts.map((_, index) => parts.slice(0, index + 1).join('/'));
}

function* record(inode: number, name: string, mode: number, bytes: Buffer): Generator<Buffer> {
  const nameSize = Buffer.byteLength(name) + 1;
  const fields = [inode, mode, 0, 0, 1, 0, bytes.length, 0, 0, 0, 0, nameSize, 0];
  const head = `070701${fields.map((field) => field.toString(16).padStart(8, '0')).join('')}${name}\0`;
  yield padded(Buffer.from(head));
  if (bytes.length > 0) yield padded(bytes);
}

/** To a multiple of four bytes. */
function padded(bytes: Buffer): Buffer {
  const missing = -bytes.length & 3;
  return missing === 0 ? bytes : Buffer.concat([bytes, Buffer.alloc(missing)]);
}
