// The platforms that have a package of their own, `@countermark/node-…`, with the addon for it.

const linux = (cpu, libc) => ({ os: ['linux'], cpu: [cpu], libc: [libc === 'gnu' ? 'glibc' : libc] });

/** What npm goes by when it chooses one. */
export const platforms = {
  'darwin-arm64': { os: ['darwin'], cpu: ['arm64'] },
  'darwin-x64': { os: ['darwin'], cpu: ['x64'] },
  'linux-arm64-gnu': linux('arm64', 'gnu'),
  'linux-arm64-musl': linux('arm64', 'musl'),
  'linux-x64-gnu': linux('x64', 'gnu'),
  'linux-x64-musl': linux('x64', 'musl'),
  'win32-arm64': { os: ['win32'], cpu: ['arm64'] },
  'win32-x64': { os: ['win32'], cpu: ['x64'] },
};

const libc = () => (process.report.getReport().header.glibcVersionRuntime ? '-gnu' : '-musl');

/** The platform of this machine. */
export const platform = `${process.platform}-${process.arch}${process.platform === 'linux' ? libc() : ''}`;
