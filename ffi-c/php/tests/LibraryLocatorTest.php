<?php

declare(strict_types=1);

namespace Countermark\Tests;

use PHPUnit\Framework\TestCase;

/** The library of the C library that this PHP has, whatever else is installed. */
final class LibraryLocatorTest extends TestCase
{
    public function testThePlatformIsThatOfThisPhp(): void
    {
        $package = \dirname(__DIR__);
        foreach ([[], ['-d', "open_basedir=$package"], ['-d', 'ffi.enable=false']] as $flags) {
            self::assertStringEndsWith('-gnu', self::platform($flags));
        }
    }

    /** A C library without the function that only GNU's has, as the loader tells it. */
    public function testThatOfMuslIsItsOwn(): void
    {
        $source = WebServer::folder() . '/musl.c';
        $library = \substr($source, 0, -1) . 'so';
        \file_put_contents($source, <<<'C'
            #define _GNU_SOURCE
            #include <link.h>
            #include <string.h>
            unsigned int la_version(unsigned int version) {
                return version;
            }
            unsigned int la_objopen(struct link_map *map, Lmid_t space, uintptr_t *cookie) {
                return LA_FLG_BINDTO | LA_FLG_BINDFROM;
            }
            uintptr_t la_symbind64(Elf64_Sym *symbol, unsigned int at, uintptr_t *from, uintptr_t *to, unsigned int *flags, const char *name) {
                return strcmp(name, "gnu_get_libc_version") == 0 ? 0 : symbol->st_value;
            }
            C);
        \exec(\implode(' ', \array_map(\escapeshellarg(...), ['cc', '-shared', '-fPIC', '-o', $library, $source])), $output, $status);
        self::assertSame(0, $status);
        // Without the extensions of php.ini, some of which take no such loader.
        $flags = ['-n', '-d', 'extension=ffi', '-d', 'open_basedir=' . \dirname(__DIR__)];
        self::assertStringEndsWith('-musl', self::platform($flags, ['LD_AUDIT' => $library]));
    }

    /**
     * @param list<string> $flags
     * @param array<string, string> $environment
     */
    private static function platform(array $flags, array $environment = []): string
    {
        $code = 'require $argv[1]; echo (new Countermark\LibraryLocator())->platform();';
        $command = [\PHP_BINARY, ...$flags, '-r', $code, '--', \dirname(__DIR__) . '/autoload.php'];
        $process = \proc_open($command, [1 => ['pipe', 'w'], 2 => ['redirect', 1]], $pipes, null, $environment);
        self::assertIsResource($process);
        $said = (string) \stream_get_contents($pipes[1]);
        \proc_close($process);
        return $said;
    }
}
