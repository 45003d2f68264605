<?php

declare(strict_types=1);

namespace Countermark;

/**
 * Where the native library may be.
 *
 * @internal
 */
final class LibraryLocator
{
    public const VARIABLE = 'COUNTERMARK_LIBRARY';

    private readonly string $package;

    /** @param ?string $package the folder of this package, as a symlink may name it; null: as it is */
    public function __construct(?string $package = null)
    {
        $this->package = $package ?? \dirname(__DIR__);
    }

    /**
     * In this order: the file that the environment names, and then no other; the one that came with this package for this
     * platform; what the system's loader finds.
     *
     * @return list<string>
     */
    public function candidates(): array
    {
        $named = \getenv(self::VARIABLE);
        if ($named !== false && $named !== '') {
            return [$named];
        }
        return [$this->package . '/lib/' . $this->platform() . '/' . $this->fileName(), $this->systemName()];
    }

    /** The file to load, without an environment: for `ffi.preload`, which has none. */
    public function firstExisting(): ?string
    {
        foreach ($this->candidates() as $path) {
            if (\is_file($path)) {
                return $path[0] === '/' ? $path : (string) \realpath($path);
            }
        }
        return null;
    }

    /**
     * The folder of this package by the way on which a program of it was called: a site calls it through `current`, which names the next
     * release when the folder of this one is gone. PHP itself knows only the latter.
     */
    public static function packageAsCalled(string $program): string
    {
        $package = \dirname(__DIR__);
        $folder = (string) \getenv('PWD');
        $folder = $folder !== '' && \realpath($folder) === \getcwd() ? $folder : (string) \getcwd();
        $above = \str_starts_with($program, '/') ? $program : "$folder/$program";
        while (\dirname($above) !== $above) {
            $above = \dirname($above);
            $real = \realpath($above);
            if ($real !== false && \str_starts_with("$package/", "$real/")) {
                return $above . \substr($package, \strlen($real));
            }
        }
        return $package;
    }

    /** The declarations of the C ABI, in the form that PHP reads. */
    public function declarations(): string
    {
        // The directives are for `ffi.preload`; text that is read otherwise may have none.
        return (string) \preg_replace('/^#.*$/m', '', (string) \file_get_contents($this->header()));
    }

    /** The package has a copy; in the repository there is only the original. */
    private function header(): string
    {
        $packaged = \dirname(__DIR__) . '/include/countermark.ffi.h';
        return \is_file($packaged) ? $packaged : \dirname(__DIR__, 2) . '/include/countermark.ffi.h';
    }

    /** Such as `linux-x86_64-gnu`. */
    public function platform(): string
    {
        $architecture = match (\strtolower(\php_uname('m'))) {
            'x86_64', 'amd64' => 'x86_64',
            'aarch64', 'arm64' => 'aarch64',
            default => \strtolower(\php_uname('m')),
        };
        return match (\PHP_OS_FAMILY) {
            'Linux' => "linux-$architecture-" . (Native::isOfMusl() ? 'musl' : 'gnu'),
            'Darwin' => "macos-$architecture",
            'Windows' => "windows-$architecture",
            default => \strtolower(\PHP_OS_FAMILY) . "-$architecture",
        };
    }

    private function fileName(): string
    {
        return match (\PHP_OS_FAMILY) {
            'Darwin' => 'libcountermark.dylib',
            'Windows' => 'countermark.dll',
            default => 'libcountermark.so',
        };
    }

    /** What `cargo cinstall` calls it: a system may have several, one for each ABI. */
    private function systemName(): string
    {
        return match (\PHP_OS_FAMILY) {
            'Darwin' => 'libcountermark.' . Native::ABI_VERSION . '.dylib',
            'Windows' => 'countermark.dll',
            default => 'libcountermark.so.' . Native::ABI_VERSION,
        };
    }
}
